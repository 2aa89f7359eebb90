"""Pages of the hall that need money or the buyer's contact, mounted under the centre's address."""

from django.urls import path

from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>
from orders.web import handouts, recalls, shortages, trips

app_name = "orders_centre"
urlpatterns = [
    path("<str:code>/kursy/<bigint:pk>/opoznienie/", trips.delay, name="trip_delay"),
    path("<str:code>/kursy/<bigint:pk>/odwolanie/", trips.cancel, name="trip_cancel"),
    path("<str:code>/braki/", shortages.desk, name="shortages"),
    path("<str:code>/braki/szukaj/", shortages.search, name="shortages_search"),
    path("<str:code>/braki/regula/", shortages.rule, name="shortage_rule"),
    path("<str:code>/wydania/", handouts.waiting, name="handouts"),
    path("<str:code>/wycofania/<bigint:pk>/kupujacy/", recalls.buyers, name="recall_buyers"),
    path("<str:code>/wydania/<bigint:pk>/rozdysponuj/", handouts.clear, name="clear"),
    path("<str:code>/wydania/<str:number>/", handouts.hand_out, name="hand_out"),
    path("<str:code>/wydania/<str:number>/cofnij/", handouts.take_back, name="take_back"),
]

"""Pages of baskets and orders."""

from django.urls import path

from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>
from orders.web import baskets, checkout, orders

app_name = "orders"
urlpatterns = [
    path("koszyk/", baskets.basket, name="basket"),
    path("koszyk/pozycje/<bigint:offer_id>/", baskets.line, name="line"),
    path("koszyk/ceny/", baskets.prices, name="prices"),
    path("koszyk/poprawki/", baskets.fixes, name="fixes"),
    path("zamowienie/", checkout.collection, name="checkout"),
    path("zamowienie/dane/", checkout.details, name="checkout_details"),
    path("zamowienie/zaplata/", checkout.payment, name="checkout_payment"),
    path("zamowienia/", orders.order_list, name="list"),
    path("zamowienia/odnosnik/", orders.link, name="link"),
    path("zamowienia/<str:number>/", orders.order, name="order"),
    path("zamowienia/<str:number>/anulowanie/", orders.cancellation, name="cancel"),
    path("zamowienia/<str:number>/spoznione/", orders.late, name="late"),
    path("zamowienia/<str:number>/potwierdzenie/", orders.confirmation, name="confirm"),
    path("zamowienia/<str:number>/kalendarz.ics", orders.calendar, name="calendar"),
]

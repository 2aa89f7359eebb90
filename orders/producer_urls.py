"""The producer's desk, under /producent/: pages of three packages at one address."""

from django.urls import path

from distribution.web import deliveries, my_products, promises, quotas
from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>
from orders.web import producer_orders
from producers.web import allergens, offers, products

app_name = "desk"
urlpatterns = [
    path("", producer_orders.desk, name="choose"),
    path("<slug:slug>/", producer_orders.today, name="today"),
    path("<slug:slug>/produkty/", my_products.products, name="products"),
    path("<slug:slug>/produkty/nowy/", products.add, name="product_add"),
    path("<slug:slug>/produkty/<bigint:pk>/", products.product, name="product"),
    path("<slug:slug>/produkty/<bigint:pk>/dane/", products.edit, name="product_edit"),
    path("<slug:slug>/produkty/<bigint:pk>/alergeny/", allergens.allergens, name="allergens"),
    path("<slug:slug>/produkty/<bigint:pk>/zdjecie/", products.picture, name="picture"),
    path("<slug:slug>/produkty/<bigint:pk>/opublikuj/", products.publish, name="publish"),
    path("<slug:slug>/produkty/<bigint:pk>/ukryj/", products.hide, name="hide"),
    path("<slug:slug>/produkty/<bigint:pk>/zapowiedzi/", promises.product, name="product_promises"),
    path("<slug:slug>/produkty/<bigint:pk>/opakowania/nowe/", offers.add, name="offer_add"),
    path("<slug:slug>/opakowania/<bigint:pk>/", offers.offer, name="offer"),
    path("<slug:slug>/opakowania/<bigint:pk>/sprzedawaj/", offers.publish, name="offer_publish"),
    path("<slug:slug>/opakowania/<bigint:pk>/wycofaj/", offers.withdraw, name="offer_withdraw"),
    path("<slug:slug>/zapowiedzi/", promises.overview, name="promises"),
    path("<slug:slug>/zapowiedzi/<slug:code>/<str:on>/", promises.day, name="promises_day"),
    path("<slug:slug>/dostawy/", deliveries.deliveries, name="deliveries"),
    path("<slug:slug>/dostawy/<bigint:pk>/", deliveries.delivery, name="delivery"),
    path("<slug:slug>/dostawy/<bigint:pk>/oddaj/", deliveries.give_back, name="delivery_give_back"),
    path("<slug:slug>/zapowiedzi/<slug:code>/<str:on>/pule/", quotas.day, name="quotas"),
    path("<slug:slug>/zamowienia/", producer_orders.orders, name="orders"),
    path("<slug:slug>/zamowienia/<bigint:pk>/", producer_orders.round_, name="round"),
    path("<slug:slug>/zamowienia/<bigint:pk>/druk/", producer_orders.sheet, name="sheet"),
]

from django.urls import path

from orders.api import baskets, handouts, orders, producer_orders, shortages

urlpatterns = [
    path("baskets/", baskets.Baskets.as_view()),
    path("baskets/<uuid:pk>/", baskets.BasketDetail.as_view()),
    path("baskets/<uuid:pk>/lines/<bigint:offer_id>/", baskets.BasketLineDetail.as_view()),
    path("baskets/<uuid:pk>/checkout/", baskets.Checkout.as_view()),
    path("orders/", orders.Orders.as_view()),
    path("orders/<str:number>/", orders.OrderDetail.as_view()),
    path("orders/<str:number>/cancel/", orders.OrderCancel.as_view()),
    path("orders/<str:number>/confirm/", orders.OrderConfirm.as_view()),
    path("orders/<str:number>/give-up/", orders.OrderGiveUp.as_view()),
    path("centres/<str:code>/orders/", handouts.Waiting.as_view()),
    path("centres/<str:code>/orders/<str:number>/hand-out/", handouts.HandOut.as_view()),
    path("centres/<str:code>/orders/<str:number>/take-back/", handouts.TakeBack.as_view()),
    path("centres/<str:code>/uncollected/", handouts.Uncollected.as_view()),
    path("centres/<str:code>/uncollected/<bigint:pk>/clear/", handouts.UncollectedClear.as_view()),
    path("centres/<str:code>/shortages/", shortages.Shortages.as_view()),
    path("centres/<str:code>/shortages/search/", shortages.ShortagesSearch.as_view()),
    path("centres/<str:code>/shortage-rule/", shortages.ShortageRuleDetail.as_view()),
    path("producer/orders/", producer_orders.ProducerOrders.as_view()),
]

from django.urls import path

from producers.api import desk

urlpatterns = [
    path("producer/products/", desk.Products.as_view()),
    path("producer/products/<bigint:pk>/", desk.ProductDetail.as_view()),
    path("producer/offers/", desk.Offers.as_view()),
    path("producer/offers/<bigint:pk>/", desk.OfferDetail.as_view()),
]

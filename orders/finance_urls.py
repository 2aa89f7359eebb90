"""Finance pages, under /finanse/."""

from django.urls import path

from orders.web import finance

app_name = "finance"
urlpatterns = [
    path("", finance.awaited, name="awaited"),
    path("<str:number>/", finance.order, name="order"),
]

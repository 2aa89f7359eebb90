"""Pages of one's own account, under /konto/ beside those of sign-in."""

from django.urls import path

from orders.web import account

app_name = "account"
urlpatterns = [
    path("", account.overview, name="overview"),
    path("klucze/", account.tokens, name="tokens"),
    path("klucze/<slug:key>/usun/", account.delete_token, name="delete_token"),
    path("dane/", account.data, name="data"),
    path("usun/", account.erase, name="erase"),
]

"""The shop's addresses; the home page and the lists join here."""

from django.urls import path

from marketplace.shop.web import pictures, preferences, style

app_name = "shop"
urlpatterns = [
    path("pictures/<slug:slug>.svg", pictures.picture, name="picture"),
    path("theme/", preferences.theme, name="theme"),
    # Answer 404 except in the local run.
    path("style/", style.market, name="style"),
    path("style/hall/", style.hall, name="style_hall"),
    path("style/print/", style.sheet, name="style_print"),
]

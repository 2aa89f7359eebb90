"""The shop's addresses: the market for buyers, pages of prose, drawings."""

from django.urls import path

from marketplace.shop.web import (
    api_docs,
    clusters,
    heritage,
    home,
    makers,
    pictures,
    places,
    preferences,
    product,
    products,
    regions,
    style,
    texts,
)

app_name = "shop"
urlpatterns = [
    path("", home.home, name="home"),
    path("miejsce/", places.place, name="place"),
    path("produkty/", products.products, name="products"),
    path("produkty/<slug:producer>/<slug:slug>/", product.product, name="product"),
    path("producenci/", makers.producers, name="producers"),
    path("producenci/<slug:slug>/", makers.producer, name="producer"),
    path("regiony/<slug:slug>/", regions.region, name="region"),
    path("klastry/", clusters.clusters, name="clusters"),
    path("klastry/<slug:slug>/", clusters.cluster, name="cluster"),
    path("dziedzictwo/", heritage.library, name="heritage"),
    path("dziedzictwo/<slug:slug>/", heritage.entry, name="entry"),
    path("regulamin/", texts.text("shop/terms.html"), name="terms"),
    path("prywatnosc/", texts.text("shop/privacy.html"), name="privacy"),
    path("dostepnosc/", texts.text("shop/accessibility.html"), name="accessibility"),
    path("pomoc/", texts.text("shop/help.html"), name="help"),
    path("api/docs/", api_docs.api_docs, name="api_docs"),
    path("pictures/<slug:slug>.svg", pictures.picture, name="picture"),
    path("theme/", preferences.theme, name="theme"),
    # Answer 404 except in the local run.
    path("style/", style.market, name="style"),
    path("style/hall/", style.hall, name="style_hall"),
    path("style/print/", style.sheet, name="style_print"),
]

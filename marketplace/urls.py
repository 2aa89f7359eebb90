from django.urls import include, path

urlpatterns = [
    path("", include("marketplace.shop.urls")),
    path("konto/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

from django.contrib import admin
from django.urls import include, path

from marketplace.kernel import health

urlpatterns = [
    path("", include("marketplace.shop.urls")),
    path("konto/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
]

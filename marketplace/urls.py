from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from marketplace.accounts import admin
from marketplace.kernel import health
from producers.web import pictures

urlpatterns = [
    path("", include("marketplace.shop.urls")),
    path("", include("orders.urls")),
    path("centrum/", include("orders.centre_urls")),
    path("centrum/", include("distribution.urls")),
    path("producent/", include("orders.producer_urls")),
    path("media/products/<slug:name>.webp", pictures.photograph),
    path("klaster/", include("producers.cluster_urls")),
    path("finanse/", include("orders.finance_urls")),
    path("konto/", include("orders.account_urls")),
    path("konto/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("marketplace.shop.api.urls")),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
]

"""The site's addresses, and the floor the catalogue is held against: served by the same server, middleware and
sign-in."""

from django.urls import include, path

from tests.bench import floors

urlpatterns = [
    path("bench/list/", floors.BareList.as_view()),
    path("bench/keys/", floors.ByKey.as_view()),
    path("", include("marketplace.urls")),
]

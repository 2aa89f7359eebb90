"""The root of the API: what each package offers, under /api/v1/."""

from django.urls import include, path

from marketplace.kernel import converters  # noqa: F401 - registers <bigint:…>
from marketplace.shop.api import catalogue, library, sign_in

urlpatterns = [
    path("places/", catalogue.Places.as_view()),
    path("centres/", catalogue.Centres.as_view()),
    path("centres/<str:code>/rounds/", catalogue.CentreRounds.as_view()),
    path("categories/", catalogue.Categories.as_view()),
    path("producers/", catalogue.Producers.as_view()),
    path("producers/<slug:slug>/", catalogue.ProducerDetail.as_view()),
    path("offers/", catalogue.Offers.as_view()),
    path("offers/<bigint:pk>/", catalogue.OfferDetail.as_view()),
    path("heritage/", library.Heritage.as_view()),
    path("heritage/<slug:slug>/", library.HeritageDetail.as_view()),
    path("clusters/", library.Clusters.as_view()),
    path("clusters/<slug:slug>/", library.ClusterDetail.as_view()),
    path("sign-in/", sign_in.SignIn.as_view()),
    path("sign-out/", sign_in.SignOut.as_view()),
    path("", include("producers.api.urls")),
    path("", include("distribution.api.urls")),
    path("", include("orders.api.urls")),
]

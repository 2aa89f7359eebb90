"""The coordinator's pages, under /klaster/."""

from django.urls import path

from producers.web import clusters

app_name = "cluster"
urlpatterns = [
    path("", clusters.choose, name="choose"),
    path("<slug:slug>/", clusters.members, name="members"),
]

"""Clusters: the national association and its regional ones, with members by kind and what they offer."""

from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.kernel.errors import NotFound
from marketplace.shop.queries import offers
from orders.web.visit import visit
from producers.models import Cluster, Member

PRODUCTS = 8
STILL = Q(members__left_on=None)


@require_safe
def clusters(request):
    rows = Cluster.objects.select_related("voivodeship").annotate(members_now=Count("members", filter=STILL))
    context = {"clusters": rows.order_by("-parent_id", "sort_key", "pk")}
    return render(request, "shop/clusters.html", context)


@require_safe
def cluster(request, slug):
    here = visit(request)
    row = Cluster.objects.select_related("voivodeship", "parent").filter(slug=slug).first()
    if row is None:
        raise NotFound(_("Nie ma takiego klastra."))
    members = list(
        row.members.filter(left_on=None).select_related("producer__place").order_by("sort_key", "pk")
    )
    sellers = [member.producer_id for member in members if member.producer_id]
    listed = offers.for_households().filter(producer_id__in=sellers).order_by("-published_at", "-offer_id")
    context = {
        "cluster": row,
        "kinds": [
            {"label": label, "members": [member for member in members if member.kind == kind]}
            for kind, label in _kinds()
            if any(member.kind == kind for member in members)
        ],
        "regional": row.regional.select_related("voivodeship"),
        "cards": offers.shelf(listed, rounds=here.rounds, size=PRODUCTS),
        "quantities": here.quantities,
        "back": request.path,
        "crumbs": [
            {"label": _("Targ"), "url": reverse("shop:home")},
            {"label": _("Klastry"), "url": reverse("shop:clusters")},
            {"label": row.name, "url": ""},
        ],
    }
    return render(request, "shop/cluster.html", context)


def _kinds():
    """Headings over members of a kind."""
    return [
        (Member.Kind.PRODUCER, _("Producenci")),
        (Member.Kind.SERVICE, _("Usługodawcy")),
        (Member.Kind.SCIENCE, _("Nauka")),
        (Member.Kind.SCHOOL, _("Szkoły")),
        (Member.Kind.AUTHORITY, _("Samorządy")),
        (Member.Kind.SUPPORT, _("Instytucje otoczenia")),
    ]

"""A coordinator's page: the cluster's members by readiness."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from marketplace.kernel.clock import local_date
from marketplace.kernel.paging import page as keyset_page
from producers.models import Member
from producers.queries import readiness
from producers.web.door import page_at

PAGE = 40


@login_required
def choose(request):
    """The way in: straight to the only cluster, else a choice."""
    clusters = readiness.coordinated_by(request.user)
    if not clusters:
        raise Http404
    if len(clusters) == 1:
        return redirect("cluster:members", clusters[0].slug)
    return render(request, "producers/cluster/choose.html", {"clusters": clusters})


@login_required
def members(request, slug):
    """Members who have not left, by name."""
    cluster = next((one for one in readiness.coordinated_by(request.user) if one.slug == slug), None)
    if cluster is None:
        raise Http404
    rows = Member.objects.filter(cluster=cluster, left_on=None).select_related("producer__place")
    found = keyset_page(rows, order=["sort_key", "pk"], cursor=request.GET.get("cursor"), size=PAGE)
    return render(
        request,
        "producers/cluster/members.html",
        {
            "cluster": cluster,
            "count": rows.count(),
            "members": readiness.of_members(members=found.rows, on=local_date(timezone.now())),
            "regional": cluster.regional.order_by("sort_key") if cluster.parent_id is None else [],
            "next": page_at(request, found.next),
            "previous": page_at(request, found.previous),
        },
    )

"""A producer's orders to prepare, by round, on the screen and on paper; and what matters today."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from distribution.queries import promises
from marketplace.kernel.clock import local_date
from marketplace.kernel.templatetags.polish_text import day
from orders.queries import producer_orders
from producers.models import Producer, Product
from producers.operations import products
from producers.states import Publication
from producers.web.door import at_desk, page
from producers.web.products import missing_links

DRAFTS = 12


@login_required
def desk(request):
    """The way in: straight to the only desk, else a choice."""
    mine = list(Producer.objects.kept_by(request.user).select_related("place").order_by("sort_key", "pk"))
    if not mine:
        raise Http404
    if len(mine) == 1:
        return redirect("desk:today", mine[0].slug)
    return render(request, "orders/desk/choose.html", {"producers": mine})


@at_desk
def today(request, producer):
    """Three things only: what to bring next, promises that run short, drafts that lack facts."""
    now = timezone.now()
    found = producer_orders.next_to_bring(producer=producer, today=local_date(now))
    round_, orders = found or (None, 0)
    return page(
        request,
        producer,
        "orders/desk/today",
        tab="today",
        round=round_,
        orders=orders,
        totals=producer_orders.totals(producer=producer, round_=round_) if round_ else [],
        short=promises.running_short(producer=producer, today=local_date(now)),
        drafts=_drafts(producer, now),
    )


def _drafts(producer, now):
    rows = Product.objects.filter(producer=producer, state=Publication.DRAFT).select_related(
        "producer__place"
    )
    drafts = list(rows.order_by("-pk")[:DRAFTS])
    lacking = products.missing_of(drafts, now) if drafts else {}
    return [(row, missing_links(row, lacking[row.pk])) for row in drafts]


@at_desk
def orders(request, producer):
    return page(
        request,
        producer,
        "orders/desk/orders",
        tab="orders",
        rounds=producer_orders.rounds_with_orders(producer=producer),
    )


@at_desk
def round_(request, producer, pk):
    """Totals to bring, then order by order."""
    found = _to_prepare(producer, pk)
    return page(
        request,
        producer,
        "orders/desk/round",
        tab="orders",
        crumbs=[
            (_("Zamówienia"), reverse("desk:orders", args=[producer.slug])),
            (day(found["round"].packs_on, "short"), ""),
        ],
        **found,
    )


@at_desk
def sheet(request, producer, pk):
    """The same for paper."""
    return render(request, "orders/desk/sheet.html", {"producer": producer, **_to_prepare(producer, pk)})


def _to_prepare(producer, pk):
    chosen, count = _round(producer, pk)
    return {
        "round": chosen,
        "count": count,
        "totals": producer_orders.totals(producer=producer, round_=chosen),
        "orders": producer_orders.orders_to_prepare(producer=producer, round_=chosen),
    }


def _round(producer, pk):
    for pair in producer_orders.rounds_with_orders(producer=producer):
        if pair[0].pk == pk:
            return pair
    raise Http404

"""The first page: choose a place, see the next round, look at the market."""

from django.db.models import Case, IntegerField, Value, When
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from distribution.queries import rounds
from marketplace.shop.queries import offers, reference
from marketplace.shop.queries.makers import makers
from marketplace.shop.web.places import PlaceForm
from orders.web.visit import visit
from producers.models import Voivodeship
from producers.policies.poland import borders

PRODUCTS, MAKERS = 6, 2


@require_safe
def home(request):
    """`/`: the round of the chosen place or the question for one, six products, shelves, map, two producers."""
    here = visit(request)
    region = here.place.centre.voivodeship_id if here.place else ""
    context = {
        **round_state(here),
        "form": PlaceForm(),
        "cards": offers.shelf(
            offers.for_households().order_by(_near(region), "-published_at", "-offer_id"),
            rounds=here.rounds,
            size=PRODUCTS,
        ),
        "quantities": here.quantities,
        "back": request.path,
        "shelves": reference.shelves(),
        "regions": regions(region),
        "makers": makers().order_by(_near(region), "-joined_on", "pk")[:MAKERS],
    }
    return render(request, "shop/home.html", context)


def round_state(here):
    """What <c-deadline> shows of the visitor's place and its next round."""
    if here.place is None:
        return {"chosen_place": None, "round": None}
    if here.round is None:
        opening = rounds.next_opening(place=here.place, at=here.at)
        return {
            "chosen_place": here.place,
            "round": opening,
            "opens_at": opening.opens_at if opening else None,
            "state": "closed",
        }
    return {"chosen_place": here.place, "round": here.round, "state": here.round_state}


def regions(here=""):
    """For <c-region-map>: every voivodeship with a link to what it offers."""
    counts, path = reference.offers_by_region(), reverse("shop:products")
    slugs = dict(Voivodeship.objects.values_list("teryt", "slug"))
    return [
        {
            "teryt": teryt,
            "name": region["name"],
            "url": f"{path}?voivodeship={slugs.get(teryt, teryt)}",
            "count": counts.get(teryt, 0),
            "here": teryt == here,
        }
        for teryt, region in borders()["regions"].items()
    ]


def _near(region):
    """Goods and people of the place's region first."""
    return Case(When(voivodeship_id=region, then=Value(0)), default=Value(1), output_field=IntegerField())

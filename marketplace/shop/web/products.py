"""The market's list: search, filters, sorting, pages, and what to try when nothing is found."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from distribution.queries.availability import reaching
from marketplace.kernel.limits import limited
from marketplace.kernel.templatetags.polish_text import day
from marketplace.kernel.units import Temperature
from marketplace.shop.filters import OfferFilter
from marketplace.shop.queries import offers, reference
from marketplace.shop.queries.suggestions import nearest_spelling
from marketplace.shop.web import addresses
from orders.web.visit import visit
from producers.models import Allergen, Mark, Producer, Voivodeship

FILTERS = (
    "q", "category", "voivodeship", "mark", "producer", "without_allergens", "temperature", "min_price", "max_price",
)  # fmt: skip
SINGLE = ("q", "producer", "temperature", "min_price", "max_price", "ordering")
HIDDEN = {"q", "producer", "ordering", "termin"}
ALL = "caly-targ"  # of `termin`: not only what reaches the place by a day
DAYS_OFFERED = 3  # hand-over days one may ask for
SIZE = 24
MOST_DROPS = 6  # filters tried one by one when nothing is found


@require_safe
@limited("search", methods=("GET",))
def products(request):
    """`/produkty/`: a page of cards for the chosen place; every filter may be taken off by itself."""
    here, path = visit(request), reverse("shop:products")
    pairs, skipped = _asked(request)
    filters, scope = _scoped(pairs, here.rounds, request.GET.get("termin", ""))
    found = offers.offers_page(
        filters=filters, rounds=here.rounds, cursor=request.GET.get("cursor"), size=SIZE
    )
    chosen = [pair for pair in pairs if pair[0] != "ordering"]
    facets = _facets(pairs)
    labels = _labels(facets, chosen)
    context = {
        "cards": found.rows,
        "count": scope["count"] if "count" in scope else filters.qs.count(),
        "links": addresses.page_links(path, [*pairs, *scope["pairs"]], found),
        "tabs": scope["tabs"],
        "fell_back": scope.get("fell_back"),
        "quantities": here.quantities,
        "back": request.get_full_path(),
        "query": dict(pairs).get("q", ""),
        "values": dict(pairs),
        "facets": facets,
        "hidden": [pair for pair in [*pairs, *scope["pairs"]] if pair[0] in HIDDEN],
        "chips": addresses.chips(path, chosen, labels, kept=scope["pairs"]),
        "clear": path,
        "sorts": _sorts(path, pairs, scope["pairs"]),
        "skipped": skipped,
        "chosen_place": here.place,
        "round": here.round,
    }
    if not found.rows:
        context |= _nothing(path, chosen, labels)
    return render(request, "shop/products.html", context)


def _scoped(pairs, rounds, asked):
    """The filter, and its tabs: what reaches the place by the next hand-over comes first, later days and the
    whole market are one step away; when nothing reaches it, the whole market is shown."""
    everything = _filter(pairs)
    if not rounds:
        return everything, {"tabs": [], "pairs": []}
    path, days = reverse("shop:products"), rounds[:DAYS_OFFERED]
    chosen = next((n for n, round_ in enumerate(days) if asked == round_.hands_over_on.isoformat()), 0)
    within = _filter(pairs, stock_item_id__in=reaching(rounds=rounds[: chosen + 1]))
    count, whole = within.qs.count(), everything.qs.count()
    shows_all = asked == ALL or count == 0
    tabs = [
        {
            "label": _("Na najbliższy odbiór")
            if n == 0
            else _("Odbiór do %s") % day(round_.hands_over_on, "short"),
            "url": addresses.with_query(path, [*pairs, *_termin(n, round_)]),
            "current": n == chosen and not shows_all,
            "count": count if n == chosen else None,
        }
        for n, round_ in enumerate(days)
    ]
    tabs.append(
        {
            "label": _("Cały targ"),
            "url": addresses.with_query(path, [*pairs, ("termin", ALL)]),
            "current": shows_all,
            "count": whole,
        }
    )
    return (everything if shows_all else within), {
        "tabs": tabs,
        "pairs": [("termin", ALL)] if asked == ALL else _termin(chosen, days[chosen]),
        "count": whole if shows_all else count,
        "fell_back": shows_all and asked != ALL and whole > 0,
    }


def _termin(number, round_):
    return [("termin", round_.hands_over_on.isoformat())] if number else []


def _asked(request):
    """Known filters of the query, and the names of those whose values mean nothing."""
    pairs = addresses.pairs_of(request, (*FILTERS, "ordering"))
    seen, kept = set(), []
    for name, value in pairs:
        if name in SINGLE and name in seen:
            continue
        seen.add(name)
        kept.append((name, value))
    probe = _filter(kept)
    wrong = [] if probe.is_valid() else list(probe.form.errors)
    return [pair for pair in kept if pair[0] not in wrong], wrong


def _filter(pairs, **more):
    given = {}
    for name, value in pairs:
        given[name] = f"{given[name]},{value}" if name in given else value
    rows = offers.for_households().filter(**more)
    return OfferFilter(given, queryset=rows)


def _facets(pairs):
    shelves = reference.shelves()
    categories = [(row.slug, str(row)) for shelf in shelves for row in (shelf.category,)]
    chosen = {value for name, value in pairs if name == "category"}
    for shelf in shelves:
        if {shelf.category.slug, *(child.slug for child in shelf.children)} & chosen:
            at = next(n for n, pair in enumerate(categories) if pair[0] == shelf.category.slug)
            categories[at + 1 : at + 1] = [(child.slug, f"– {child}") for child in shelf.children]
    return {
        "category": addresses.choices(pairs, "category", categories),
        "voivodeship": addresses.choices(
            pairs, "voivodeship", [(row.slug, str(row)) for row in Voivodeship.objects.all()]
        ),
        "mark": addresses.choices(pairs, "mark", [(row.code, str(row)) for row in Mark.objects.all()]),
        "without_allergens": addresses.choices(
            pairs, "without_allergens", [(row.key, str(row)) for row in Allergen.objects.all()]
        ),
        "temperature": [
            {"value": "", "label": _("dowolnie"), "checked": "temperature" not in dict(pairs)},
            *addresses.choices(pairs, "temperature", [(t.value, t.label) for t in Temperature]),
        ],
    }


def _labels(facets, chosen):
    labels = {
        (name, choice["value"]): choice["label"].removeprefix("– ")
        for name, group in facets.items()
        for choice in group
    }
    for name, value in chosen:
        if name == "without_allergens":
            labels[name, value] = _("bez: %s") % labels.get((name, value), value)
        if name == "producer":
            row = Producer.objects.filter(slug=value).only("name").first()
            labels[name, value] = row.name if row else value
    return labels | {"q": "„{}”", "min_price": _("od {} zł"), "max_price": _("do {} zł")}


def _sorts(path, pairs, kept):
    others = [*addresses.without(pairs, "ordering"), *kept]
    now = dict(pairs).get("ordering", "")
    named = [
        ("", _("trafność") if "q" in dict(pairs) else _("nazwa")),
        ("price", _("cena")),
        ("unit_price", _("cena za kg")),
        ("newest", _("najnowsze")),
    ]
    return [
        {
            "label": label,
            "url": addresses.with_query(path, [*others, ("ordering", key)] if key else others),
            "current": key == now,
        }
        for key, label in named
    ]


def _nothing(path, chosen, labels):
    """The nearest spelling, and each filter whose absence would show something."""
    query = dict(chosen).get("q", "")
    drops = []
    for pair in chosen[:MOST_DROPS]:
        rest = addresses.without(chosen, pair)
        if rest and (count := _filter(rest).qs.count()):
            label = addresses.chips(path, [pair], labels)[0]["label"]
            drops.append({"label": label, "url": addresses.with_query(path, rest), "count": count})
    nearest = nearest_spelling(query) if query else ""
    return {
        "nearest": nearest,
        "nearest_url": addresses.with_query(path, [("q", nearest)]),
        "drops": drops,
    }

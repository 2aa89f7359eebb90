"""Every address × every role: who is answered, who is sent to sign in, and for whom it does not exist.

The table is closed: an address that no rule names fails the test, so a new page must say who may see it.
"""

import re
import uuid
from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from distribution.models import Arrival, Balance, DockSlot, Document, Fulfilment, HandlingUnit, Task
from distribution.operations import counts, recalls, rounds
from marketplace.accounts.models import User
from orders.models import FinanceRole
from orders.operations import checkout, preparation
from producers.models import Cluster, ClusterRole, ProducerPerson
from tests.factories import StaffFactory, UserFactory
from tests.factories.live import live_market
from tests.factories.network import LegFactory, TripFactory

pytestmark = pytest.mark.django_db

PUBLIC, SIGNED_IN = "public", "signed in"
# The first pattern that matches says who may open the address; the rest get 404, guests are asked to sign in.
RULES = [
    (r"^centrum/$", {"worker", "lead", "elsewhere"}),
    (r"^(centrum/siec|api/v1/network/(trips|overview))/$", {"worker", "lead", "elsewhere", "coordinator"}),
    (r"^centrum/<str:code>/zadania-systemu/|^api/v1/centres/<str:code>/jobs/", {"lead"}),
    (r"^centrum/<str:code>/kursy/<bigint:pk>/(ladunek|skrzynie)/", {"lead"}),
    (r"^centrum/<str:code>/.*(stan|storno|cofnij)/$", {"lead"}),  # beside it, a worker is told 403
    ((r"^centrum/<str:code>/(liczenia/.*(otworz|rozlicz|odwolaj|ponownie)/|wycofania/.*|temperatury/karta.pdf"
      r"|partie/<bigint:pk>/znalezione/|kwarantanna/<bigint:pk>/dopusc/|braki/regula/|zrodla/.+|pule/.+)$"), {"lead"}),
    (r"^centrum/<str:code>/(rozklad/.+|kursy/dodatkowy|kursy/<bigint:pk>/(opoznienie|odwolanie|pojazd))/$", {"lead"}),
    (r"^centrum/<str:code>/(dostawy/okna/<bigint:pk>|skrzynie/(nowe|wycofaj))/$", {"lead"}),
    (r"^centrum/", {"worker", "lead"}),
    (r"^(producent|api/v1/producer/(products|offers|supply|orders|arrivals|quotas))/$", {"producer", "rival"}),  # own
    (r"^producent/", {"producer"}),
    (r"^klaster/", {"coordinator"}),
    (r"^finanse/", {"finance"}),
    (r"^admin/", {"admin"}),
    (r"^api/v1/(centres/<str:code>/(counts/proposals/|readings/sheet.pdf)|counts/<bigint:pk>/.+)$", {"lead"}),
    (r"^api/v1/recalls/", {"lead", "elsewhere"}),  # of the whole network, for the lead of any centre
    ((r"^api/v1/(centres/<str:code>/(tasks|receipts|lots|arrivals|balances|documents|orders|legs|trips|counts|readings"
      r"|quarantine|returns|finds|donations|board|dock-slots|crates|sources|shortages|shortage-rule|quotas|uncollected)"
      r"|tasks|lots|legs|trips|counts|loads)/"),
     {"worker", "lead"}),
    (r"^api/v1/producer/", {"producer"}),
    (r"^api/v1/(sign-out|orders)/$", SIGNED_IN),
    (r"^api/v1/orders/", {"buyer"}),
    (r"^api/v1/", PUBLIC),
    (r"^zamowienia/<str:number>/", {"buyer"}),
    (r"^konto/(login|signup|password/reset|logout|inactive|confirm-email|\^|2fa/authenticate|login/code)", PUBLIC),
    (r"^konto/", SIGNED_IN),
    ((r"^(miejsce|produkty|producenci|regiony|klastry|dziedzictwo|regulamin|prywatnosc|dostepnosc|pomoc|koszyk"
     r"|zamowienie|zamowienia|api|pictures|theme|style|i18n|health|media|favicon)"), PUBLIC),
    (r"^$", PUBLIC),
]  # fmt: skip
ROLES = ["guest", "buyer", "stranger", "producer", "rival", "worker", "lead", "elsewhere", "coordinator",
         "finance", "admin"]  # fmt: skip


def addresses(patterns, prefix=""):
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            if here != "admin/":
                yield from addresses(pattern.url_patterns, here)
        else:
            yield here


ADDRESSES = ["admin/", *addresses(get_resolver().url_patterns)]


@pytest.fixture
def world():
    """A market with one order on its way, and a person of every role."""
    m = live_market()
    offer = m.add(stock=10)
    people = {role: UserFactory() for role in ROLES if role != "guest"}
    ProducerPerson.objects.create(producer=m.producer, user=people["producer"], role="OWNER")
    ProducerPerson.objects.create(producer=live_market().producer, user=people["rival"], role="OWNER")
    StaffFactory(centre=m.centre, user=people["worker"])
    StaffFactory(centre=m.centre, user=people["lead"], role="LEAD")
    StaffFactory(user=people["elsewhere"], role="LEAD")
    cluster = Cluster.objects.create(slug="smaki", name="Smaki", sort_key="smaki")
    ClusterRole.objects.create(cluster=cluster, user=people["coordinator"])
    FinanceRole.objects.create(user=people["finance"])
    User.objects.filter(pk=people["admin"].pk).update(is_staff=True, is_superuser=True)
    now = timezone.now()
    basket = m.basket([(offer, 2)], by=people["buyer"], at=now)
    order = checkout.place_order(
        basket=basket, key=uuid.uuid4(), request=m.request(), by=people["buyer"], at=now, address=None
    ).order
    anonymous = m.basket([(offer, 1)], at=now)
    rounds.close_round(round_id=m.round.pk, by=None, at=m.round.orders_close_at)
    preparation.release(round_id=m.round.pk, by=None, at=m.round.orders_close_at)
    arrival = Arrival.objects.create(
        centre=m.centre, producer=m.producer, due_on=m.round.packs_on + timedelta(days=1)
    )
    slot = DockSlot.objects.create(
        centre=m.centre, on=arrival.due_on, starts=time(8), ends=time(9), capacity=1
    )
    balance = Balance.objects.get(units__gt=0)
    leg = LegFactory(from_centre=m.centre)
    count = counts.open_count(centre=m.centre.pk, locations=[balance.location_id], by=None, at=now)
    drill = recalls.start(lot=balance.lot_id, reason="ćwiczenie", by=people["lead"], at=now, drill=True)
    return people, {
        "code": m.centre.code, "order": order, "offer": offer, "producer": m.producer, "basket": anonymous,
        "slot": slot, "crate": HandlingUnit.objects.filter(centre=m.centre).first(),
        "leg": leg, "trip": TripFactory(to_centre=m.centre),
        "task": Task.objects.get(kind="PICK"), "arrival": arrival, "balance": balance, "lot": balance.lot,
        "count": count, "counted": count.places.get(), "recall": drill,
        "document": Document.objects.get(), "fulfilment": Fulfilment.objects.get(), "round": m.round,
        "product": offer.stock_item.product, "cluster": cluster, "day": m.round.packs_on,
    }  # fmt: skip


def address_of(route, things):
    """The route with the ids of the world's things in it."""
    pk = next(
        (
            things[name].pk
            for part, name in [
                ("okna/", "slot"), ("dock-slots/", "slot"),
                ("liczenia/miejsca", "counted"), ("liczenia/", "count"), ("counts/", "count"), ("partia/", "lot"),
                ("wycofania/", "recall"), ("recalls/", "recall"), ("kwarantanna/", "balance"),
                ("darowizny/", "balance"),
                ("rozdysponuj", "fulfilment"), ("uncollected/", "fulfilment"), ("rozklad/", "leg"),
                ("legs/", "leg"), ("kursy/", "trip"),
                ("trips/", "trip"),
                ("zadania/", "task"), ("tasks/", "task"), ("dostawy/", "arrival"),
                ("arrivals/", "arrival"), ("spisz", "balance"), ("balances/", "balance"), ("partie/", "lot"),
                ("lots/", "lot"), ("dokumenty/", "document"), ("documents/", "document"), ("produkty/", "product"),
                ("products/", "product"), ("opakowania/", "offer"), ("offers/", "offer"), ("zamowienia/", "round"),
            ]
            if part in route
        ),
        1,
    )  # fmt: skip
    if "uuid" in route:
        pk = things["basket"].pk
    slug = (
        things["producer"].slug
        if route.startswith(("producent", "producenci", "api"))
        else things["cluster"].slug
    )
    values = {
        "code": things["code"], "number": things["order"].number, "pk": pk, "slug": slug, "key": "none",
        "offer_id": things["offer"].pk, "producer": things["producer"].slug, "on": things["day"].isoformat(),
        "place": things["counted"].pk, "name": "none", "tile": "terminy", "line": 1, "load": 1, "unit": 1,
        "photo": 1, "sscc": things["crate"].sscc,
    }  # fmt: skip
    route = re.sub(r"\^|\$|\\Z", "", route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "none", route)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


def allowed(route):
    for pattern, who in RULES:
        if re.search(pattern, route):
            return who
    raise AssertionError(f"no rule says who may open {route}")


@pytest.fixture
def bare_client(monkeypatch):
    """A client that keeps no copy of what templates were given; the copies took most of the time."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
    return Client()


def test_every_address_has_a_rule():
    for route in ADDRESSES:
        allowed(route)


@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_whom_it_should(world, bare_client, role):
    people, things = world
    if role != "guest":
        bare_client.force_login(people[role])
    wrong = []
    for route in ADDRESSES:
        who = allowed(route)
        if who == PUBLIC and role != "guest":
            continue
        status = bare_client.get(address_of(route, things), secure=True).status_code
        if status >= 500 and not route.startswith("health"):
            wrong.append((route, status))
        welcome = who == PUBLIC or (role != "guest" if who == SIGNED_IN else role in who)
        # A page for POST alone says so (405) before or after it looks who asks; both tell nothing.
        if not welcome and status not in {302, 401, 403, 404, 405}:
            wrong.append((route, status))
        if not welcome and role not in {"guest", "worker"} and status == 403 and "admin" not in route:
            wrong.append((route, status, "a stranger learns that it exists"))
        if welcome and who != PUBLIC and status in {401, 403} and "admin" not in route:
            wrong.append((route, status, "is refused what is theirs"))
    assert wrong == []

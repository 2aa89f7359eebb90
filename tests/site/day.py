"""A day of a small network for the fault tests: orders, the closing, pickers, hand-over, and the judgement."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import time, timedelta
from queue import SimpleQueue

from django.db import Error, connection
from django.utils import timezone
from knox.models import AuthToken

from distribution.models import Document, HandlingUnit, Location, Movement, Round, Task
from distribution.operations import receipts, rounds
from distribution.operations.receipts import Counted
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.models import Job
from marketplace.kernel.references import check_digit
from orders.models import Line, Order
from orders.operations import collection
from orders.queries.totals import due_grosze
from producers.models import Price
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.factories import CentreFactory, OfferFactory, ProducerFactory, ProductFactory, StockItemFactory
from tests.factories.distribution import RoundFactory, StaffFactory
from tests.site.people import Answers, Phone, Picker, buy
from tests.site.processes import wait_until


@dataclass
class Place:
    """A centre with an open round, as people see it."""

    pk: int
    code: str
    round: int
    slot: int
    offers: list[int]
    crates: SimpleQueue = field(default_factory=SimpleQueue)

    def next_crate(self):
        return self.crates.get_nowait()


@dataclass
class Day:
    """`orders` are spread over `centres` by turns. `port` is the web's, once there is one."""

    orders: int = 40
    pickers: int = 4
    centres: int = 1
    seed: int = 1
    buyers: int = 8
    port: int = 0
    places: list[Place] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    over: threading.Event = field(default_factory=threading.Event)

    def open(self):
        """Makes the network: stock enough for every order in each centre, a crate for each."""
        now, producer = timezone.now(), ProducerFactory()
        items = [StockItemFactory(product=ProductFactory(producer=producer)) for _ in range(8)]
        offers = [OfferFactory(stock_item=item) for item in items]
        Price.objects.bulk_create(
            Price(offer=o, amount="12.50", valid_from=now - timedelta(days=1)) for o in offers
        )
        for _ in range(self.centres):
            self.places.append(self._open_place(producer, items, [offer.pk for offer in offers], now))
        return self

    def _open_place(self, producer, items, offers, now):
        centre, today = CentreFactory(), local_date(now)
        round_ = RoundFactory(
            centre=centre,
            opens_at=now - timedelta(days=1),
            closes_on=today + timedelta(days=1),
            packs_on=today + timedelta(days=1),
            hands_over_on=today + timedelta(days=2),
            ends_at=moment(today + timedelta(days=2), time(18)),
        )
        shelf = centre.locations.get(code="A-01").pk
        receipts.post_receipt(
            centre=centre.pk,
            producer=producer.pk,
            counted=[
                Counted(item.pk, "L1", self.orders * 2, today + timedelta(days=60), location=shelf)
                for item in items
            ],
            by=None,
            at=now,
        )
        place = Place(centre.pk, centre.code, round_.pk, round_.slots.get().pk, offers)
        for sscc in self._crates(centre):
            place.crates.put(sscc)
        return place

    def _crates(self, centre):
        bodies = [f"0590{centre.pk % 10000:04d}{n:09d}" for n in range(2 * self.orders)]
        inside = Location.objects.bulk_create(
            Location(centre=centre, kind="CRATE", code=f"BOX-{n}") for n in range(len(bodies))
        )
        crates = HandlingUnit.objects.bulk_create(
            HandlingUnit(centre=centre, sscc=body + check_digit(body), inside=location)
            for body, location in zip(bodies, inside, strict=True)
        )
        return [crate.sscc for crate in crates]

    def phone(self, token=None):
        return Phone(self.port, self.answers, token=token)

    def place_orders(self, *, meanwhile=lambda: None):
        """Every buyer orders over HTTP and gets an answer, however long it takes; `meanwhile` runs beside them."""

        def one(n):
            phone = self.phone()
            status, body = buy(phone, self.places[n % self.centres], seed=f"{self.seed}:{n}")
            phone.hang_up()
            assert status == 201, body
            return body["number"]

        with ThreadPoolExecutor(self.buyers) as pool:
            answers = pool.map(one, range(self.orders))
            meanwhile()
            self.accepted = list(answers)

    def close(self):
        for place in self.places:
            rounds.close_round(round_id=place.round, by=None, at=timezone.now())

    def hire(self):
        """Pickers with their tokens, not yet at work."""
        made = []
        for n in range(self.pickers):
            place = self.places[n % self.centres]
            staff = StaffFactory(centre_id=place.pk, user__name=f"Zbieracz {self.seed}-{n}")
            _row, token = AuthToken.objects.create(staff.user)
            made.append(
                Picker(
                    self.phone(token), place, name=staff.user.label, over=self.over, seed=f"{self.seed}:{n}"
                )
            )
        return made

    def work(self, *, meanwhile=lambda: None, seconds=60):
        """Pickers work until everything is packed; `meanwhile` runs beside them, once they have begun."""
        pickers = self.hire()
        with ThreadPoolExecutor(len(pickers)) as pool:
            shifts = [pool.submit(picker.work) for picker in pickers]
            try:
                meanwhile()
                wait_until(self.is_packed, seconds=seconds, what="everything is packed")
            finally:
                self.over.set()
            for shift in shifts:
                shift.result()
        return pickers

    def is_released(self):
        ids = [place.round for place in self.places]
        return answered(lambda: Round.objects.filter(pk__in=ids, state="RELEASED").count() == len(ids))

    def is_packed(self):
        return self.is_released() and answered(lambda: not Task.objects.unfinished().exists())

    def settle(self, *, seconds=20):
        """Until the workers have done every job that is due."""
        return wait_until(lambda: answered(nothing_due), seconds=seconds, what="no job is due")

    def judge(self):
        """The oracle: each accepted order is there once and ready; nothing else is; the audit is clean."""
        assert_no_job_is_due()
        orders = list(Order.objects.values_list("number", "state"))
        assert sorted(number for number, _state in orders) == sorted(set(self.accepted))
        assert len(self.accepted) == self.orders
        assert {state for _number, state in orders} == {"READY"}
        ordered = sum(Line.objects.values_list("pieces", flat=True))
        assert sum(Movement.objects.filter(reason="PICK").values_list("units", flat=True)) == ordered
        for message in ("placed", "ready"):
            assert Job.objects.filter(key__startswith=f"mail:{message}:").count() == self.orders
        assert_audit_clean()

    def hand_out(self):
        """Everybody comes and pays."""
        for order in Order.objects.select_related("round"):
            collection.hand_out(
                number=order.number,
                centre=order.round.centre_id,
                by=None,
                at=timezone.now(),
                paid_grosze=due_grosze(order),
            )
        assert set(Order.objects.values_list("state", flat=True)) == {"COLLECTED"}
        assert Document.objects.filter(kind="WZ").count() == self.orders
        assert_audit_clean()


def nothing_due():
    return not Job.objects.open().extra(where=["run_after <= now()"]).exists()


def answered(question):
    """The database's answer, or False while it is away."""
    try:
        return question()
    except Error:
        connection.close()
        return False

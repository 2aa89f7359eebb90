"""A day of a small network for the fault tests: orders, the closing, pickers. `judgement` says whether it was clean."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from queue import SimpleQueue

from django.db import Error, connection
from django.utils import timezone
from knox.models import AuthToken

from distribution.models import Centre, HandlingUnit, Location, Round, Task
from distribution.operations import receipts, rounds, routes
from distribution.operations.receipts import Counted
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.models import Job
from marketplace.kernel.references import check_digit
from producers.models import Price
from tests.factories import CentreFactory, OfferFactory, ProducerFactory, ProductFactory, StockItemFactory
from tests.factories.distribution import RoundFactory, StaffFactory
from tests.factories.network import TripFactory
from tests.site import judgement
from tests.site.judgement import Expected
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
    """`orders` are spread over `centres` by turns, each with some of the place's offers (`lines`, from and to).
    `port` is the web's, once there is one. `accepted` are the orders that were answered, with their tokens.
    `scarce` makes the first offer's goods too few for all; `far` offers of the first centre lie at the second.
    `picker` says what its people are like. While `busy` is set there is more to come, though no task is open."""

    orders: int = 40
    pickers: int = 4
    centres: int = 1
    seed: int = 1
    buyers: int = 8
    port: int = 0
    places: list[Place] = field(default_factory=list)
    lines: tuple[int, int] = (1, 2)
    scarce: bool = False
    far: int = 0
    picker: type[Picker] = Picker
    accepted: dict[str, str] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    phones: list[Phone] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    busy: threading.Event = field(default_factory=threading.Event)
    trip: int = 0
    opened_at: datetime = None

    def open(self):
        """Makes the network: stock enough for every order in each centre, a crate for each."""
        now, producer = timezone.now(), ProducerFactory()
        self.opened_at = now
        offers = self._offers(8 + self.far, producer, now)
        near = offers[:8]
        for _ in range(self.centres):
            self.places.append(self._open_place(near, now))
        if self.far:
            self._open_the_way(offers[8:], now)
        for place in self.places:
            rows = HandlingUnit.objects.filter(inside__code__startswith="BOX-", centre=place.pk)
            for sscc in rows.values_list("sscc", flat=True):
                place.crates.put(sscc)
        return self

    def _offers(self, count, producer, now):
        items = [StockItemFactory(product=ProductFactory(producer=producer)) for _ in range(count)]
        offers = [OfferFactory(stock_item=item) for item in items]
        Price.objects.bulk_create(
            Price(offer=o, amount="12.50", valid_from=now - timedelta(days=1)) for o in offers
        )
        return offers

    def _open_place(self, offers, now):
        centre, today = CentreFactory(), local_date(now)
        round_ = RoundFactory(
            centre=centre,
            opens_at=now - timedelta(days=1),
            closes_on=today + timedelta(days=1),
            packs_on=today + timedelta(days=1),
            hands_over_on=today + timedelta(days=2),
            ends_at=moment(today + timedelta(days=2), time(18)),
        )
        self._receive(centre, offers, now)
        self._crates(centre)
        ids = [offer.pk for offer in offers]
        return Place(centre.pk, centre.code, round_.pk, round_.slots.get().pk, ids)

    def _receive(self, centre, offers, now):
        shelves = list(centre.locations.filter(code__in=["A-01", "A-02", "A-03"]).order_by("code"))
        receipts.post_receipt(
            centre=centre.pk,
            producer=offers[0].stock_item.product.producer_id,
            counted=[
                Counted(
                    offer.stock_item_id,
                    f"L{offer.pk}",
                    self.scarce_pieces if self.scarce and n == 0 else self.orders * 2,
                    local_date(now) + timedelta(days=60),
                    location=shelves[n % len(shelves)].pk,
                )
                for n, offer in enumerate(offers)
            ],
            by=None,
            at=now,
        )

    @property
    def scarce_pieces(self):
        """What each centre has of the goods that are too few: about half of what is asked for."""
        return max(1, self.orders // self.centres // 2)

    def _open_the_way(self, offers, now):
        """A lorry goes from the second centre to the first in the night before the hand-over, with these goods."""
        here, there = self.places[:2]
        self._receive(Centre.objects.get(pk=there.pk), offers, now)
        day = local_date(now) + timedelta(days=2)
        trip = TripFactory(
            from_centre_id=there.pk,
            to_centre_id=here.pk,
            departs_on=day,
            planned_departs_at=moment(day, time(2)),
            rooms={"AMBIENT": 40_000_000},
        )
        routes.refresh(rounds=[here.round])
        here.offers += [offer.pk for offer in offers]
        self.trip = trip.pk

    def _crates(self, centre):
        bodies = [f"0590{centre.pk % 10000:04d}{n:09d}" for n in range(2 * self.orders)]
        inside = Location.objects.bulk_create(
            Location(centre=centre, kind="CRATE", code=f"BOX-{n}") for n in range(len(bodies))
        )
        HandlingUnit.objects.bulk_create(
            HandlingUnit(centre=centre, sscc=body + check_digit(body), inside=location)
            for body, location in zip(bodies, inside, strict=True)
        )

    def phone(self, token=None):
        made = Phone(self.port, self.answers, token=token)
        self.phones.append(made)
        return made

    def hang_up(self):
        """Ends every call; nobody is talking any more."""
        for phone in self.phones:
            phone.hang_up()

    def place_orders(self, *, meanwhile=lambda: None):
        """Every buyer orders over HTTP and gets an answer, however long it takes; `meanwhile` runs beside them."""

        def one(n):
            phone = self.phone()
            place = self.places[n % self.centres]
            status, body = buy(phone, place, seed=f"{self.seed}:{n}", lines=self.lines)
            phone.hang_up()
            assert status == 201, body
            self.accepted[body["number"]] = body["token"]

        with ThreadPoolExecutor(self.buyers) as pool:
            answers = pool.map(one, range(self.orders))
            meanwhile()
            list(answers)

    def close(self):
        for place in self.places:
            rounds.close_round(round_id=place.round, by=None, at=timezone.now())

    def hire(self):
        """Pickers with their tokens, not yet at work."""
        return [self.hire_one(n, self.places[n % self.centres], self.picker) for n in range(self.pickers)]

    def hire_one(self, n, place, kind=Picker, *, role="WORKER"):
        """One more person of a centre; `n` tells them apart."""
        staff = StaffFactory(centre_id=place.pk, role=role, user__name=f"Zbieracz {self.seed}-{n}")
        _row, token = AuthToken.objects.create(staff.user)
        return kind(self.phone(token), place, name=staff.user.label, over=self.over, seed=f"{self.seed}:{n}")

    def work(self, *, meanwhile=lambda: None, seconds=60):
        """Pickers work until everything is packed; `meanwhile` runs beside them, once they have begun."""
        pickers = self.hire()
        with ThreadPoolExecutor(len(pickers)) as pool:
            shifts = [pool.submit(picker.work) for picker in pickers]

            def is_over():
                for shift in shifts:
                    if shift.done():
                        shift.result()
                return self.over.is_set() or (not self.busy.is_set() and self.is_packed())

            try:
                meanwhile()
                wait_until(is_over, seconds=seconds, what="everything is packed")
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

    def judge(self, expected=None):
        """The oracle: see `judgement`."""
        judgement.judge(self, expected or Expected())

    def hand_out(self):
        """Everybody comes and pays."""
        judgement.hand_out()


def nothing_due():
    return not Job.objects.open().extra(where=["run_after <= now()"]).exists()


def answered(question):
    """The database's answer, or False while it is away."""
    try:
        return question()
    except Error:
        connection.close()
        return False

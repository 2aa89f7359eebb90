"""One market day, played through the operations people use: orders, release, receipts, tasks, hand-over."""

import time as seconds
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

from distribution.models import Centre, Recall, Round, Trip
from distribution.operations import rounds
from distribution.operations.rounds import NewSlot
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.models import Job
from marketplace.local.rehearsal import buyers, lorries, recall, staff
from marketplace.local.rehearsal.stopwatch import Stopwatch
from orders.models import Line, Order
from orders.states import OrderState

LATE_TRIP, SHORT_INTAKE, RECALL = FAULTS = ("late-trip", "short-intake", "recall")
USUAL_DELIVERIES, SHORT_DELIVERIES = 12, 3  # of which one comes short
PATIENCE = 120  # seconds without any progress of the workers before the day is called off


class WorkersAway(Exception):
    """Nothing moves: no worker does the jobs."""


@dataclass
class Day:
    """`orders` are spread over the centres by turns. `faults` may name a late trip, a short intake and a recall:
    then a second night follows, for what had to wait."""

    orders: int
    seed: int
    at: datetime
    threads: int = 4
    faults: frozenset[str] = frozenset()
    watch: Stopwatch = field(default_factory=Stopwatch)
    rounds: list[Round] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    later: list[Round] = field(default_factory=list)
    later_trips: list[Trip] = field(default_factory=list)
    recalled: Recall | None = None
    refused: int = 0

    def open(self):
        """A round at every centre with staff, and a night's lorries between them."""
        day = local_date(self.at)
        centres = list(Centre.objects.active().filter(staff__is_active=True).distinct().order_by("code"))
        self.trips = lorries.timetable(centres, evening=day + timedelta(days=2), at=self.at)
        self.rounds = [self._round(centre, day, after=0) for centre in centres]
        if LATE_TRIP in self.faults:
            self.later_trips = lorries.timetable(centres, evening=day + timedelta(days=3), at=self.at)
            self.later = [self._round(centre, day, after=1) for centre in centres]

    def _round(self, centre, day, *, after):
        return rounds.open_round(
            place=centre.places.filter(kind="CENTRE").get(),
            opens_at=self.at - timedelta(minutes=1),
            closes_on=day + timedelta(days=1 + after),
            closes_hour=time(20),
            packs_on=day + timedelta(days=2 + after),
            hands_over_on=day + timedelta(days=3 + after),
            slots=[NewSlot(time(h), time(h + 1), 2000) for h in range(14, 18)],
            is_rehearsal=True,
        )

    @property
    def closing(self):
        return moment(local_date(self.at) + timedelta(days=1), time(20))

    @property
    def packing(self):
        return moment(local_date(self.at) + timedelta(days=2), time(9))

    @property
    def laying_out(self):
        return moment(local_date(self.at) + timedelta(days=3), time(9))

    @property
    def handing_out(self):
        return moment(local_date(self.at) + timedelta(days=3), time(15))

    def place_orders(self, progress):
        shelves = {round_.pk: buyers.shelf(round_) for round_ in self.rounds}
        open_rounds = [round_ for round_ in self.rounds if shelves[round_.pk]]

        def one(n):
            round_ = open_rounds[n % len(open_rounds)]
            return buyers.order(
                round_=round_,
                offers=shelves[round_.pk],
                seed=f"{self.seed}:{n}",
                at=self.at,
                watch=self.watch,
            )

        with self.watch.span("order"), ThreadPoolExecutor(self.threads) as pool:
            for number in progress(pool.map(one, range(self.orders)), self.orders):
                self.refused += number is None

    def close(self):
        """Closes every round; the workers release them."""
        with self.watch.span("release"), self.watch.step("release"):
            for round_ in self.rounds:
                rounds.close_round(round_id=round_.pk, by=None, at=self.closing)
            self._wait(
                lambda: Round.objects.filter(pk__in=[r.pk for r in self.rounds], state="RELEASED").count(),
                len(self.rounds),
            )

    def receive(self, progress):
        one_in = SHORT_DELIVERIES if SHORT_INTAKE in self.faults else USUAL_DELIVERIES
        self._per_centre(
            "receive",
            staff.receive_everything,
            progress,
            seed=self.seed,
            at=self.packing,
            short_one_in=one_in,
        )
        self._settle()

    def work(self, progress):
        """Picks and packs everything; the workers make orders ready."""
        with self.watch.span("pack"):
            self._per_centre("pick", staff.work, progress, at=self.packing)
        self._settle()

    def drive(self, progress):
        """Evening lorries to the hub, then night lorries from it; what arrives is staged."""
        if LATE_TRIP in self.faults:
            lorries.break_down(self.trips, at=self.packing + timedelta(hours=6))
            self._settle()
        self._drive(self.trips, progress, at=self.laying_out)

    def _drive(self, trips, progress, *, at):
        departures = sorted({trip.departs_at for trip in trips})
        with self.watch.span("load"), self.watch.span("unload"):
            for departs_at in departures:
                leaving = [trip for trip in trips if trip.departs_at == departs_at]
                with ThreadPoolExecutor(self.threads) as pool:
                    rides = pool.map(lambda trip: lorries.ride(trip, self.watch), leaving)
                    list(progress(rides, len(leaving)))
                if RECALL in self.faults and self.recalled is None:
                    self.recalled = recall.of_a_lot_aboard(at=departs_at + timedelta(hours=5))
        self._settle()
        self._per_centre("stage", staff.work, progress, at=at)
        self._settle()

    def hand_out(self, progress):
        self._hand_out(self.rounds, progress, at=self.handing_out)

    def _hand_out(self, over, progress, *, at):
        numbers = list(
            Order.objects.filter(round__in=over, state=OrderState.READY)
            .order_by("pk")
            .values_list("number", flat=True)
        )

        def one(number):
            return staff.hand_out(number=number, seed=self.seed, at=at, watch=self.watch)

        with self.watch.span("hand_out"), ThreadPoolExecutor(self.threads) as pool:
            list(progress(pool.map(one, numbers), len(numbers)))

    def second_night(self, progress):
        """What missed its lorry comes a day later, and is handed out then."""
        for round_ in self.later:
            rounds.close_round(round_id=round_.pk, by=None, at=round_.orders_close_at)
        self._settle()
        day = timedelta(days=1)
        self._drive(self.later_trips, progress, at=self.laying_out + day)
        self._hand_out(self.later, progress, at=self.handing_out + day)

    def more_stages(self):
        return [("next night", self.second_night)] if self.later else []

    def end(self):
        for round_ in [*self.rounds, *self.later]:
            rounds.end_round(round_id=round_.pk, by=None, at=round_.ends_at)
        self._settle()

    def table(self):
        """(centre, orders, lines, pieces short, handed out) per centre."""
        placed, handed = Counter(), Counter()
        for code, state in Order.objects.filter(round__in=self._ids).values_list(
            "round__centre__code", "state"
        ):
            placed[code] += 1
            handed[code] += state == OrderState.COLLECTED
        lines, short = Counter(), Counter()
        rows = Line.objects.filter(order__round__in=self._ids).values_list(
            "order__round__centre__code", "short"
        )
        for code, missing in rows:
            lines[code] += 1
            short[code] += missing
        return [(code, placed[code], lines[code], short[code], handed[code]) for code in sorted(placed)]

    @property
    def _ids(self):
        return [round_.pk for round_ in [*self.rounds, *self.later]]

    def _per_centre(self, stage, effect, progress, **arguments):
        def one(round_):
            return effect(centre=round_.centre, watch=self.watch, **arguments)

        with self.watch.span(stage), ThreadPoolExecutor(self.threads) as pool:
            list(progress(pool.map(one, self.rounds), len(self.rounds)))

    def _settle(self):
        """Waits until the workers have done every job that is due, mail included."""
        jobs = Job.objects.open()
        self._wait(lambda: -jobs.filter(run_after__lte=timezone.now()).count(), 0)

    def _wait(self, count, goal):
        best, since = count(), seconds.monotonic()
        while best < goal:
            if seconds.monotonic() - since > PATIENCE:
                raise WorkersAway
            seconds.sleep(0.1)
            if (now := count()) > best:
                best, since = now, seconds.monotonic()

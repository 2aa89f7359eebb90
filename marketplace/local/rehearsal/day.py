"""One market day, played through the operations people use: orders, release, receipts, tasks, hand-over."""

import time as seconds
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

from distribution.models import Centre, Round, Trip
from distribution.operations import rounds
from distribution.operations.rounds import NewSlot
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.models import Job
from marketplace.local.rehearsal import buyers, lorries, staff
from marketplace.local.rehearsal.stopwatch import Stopwatch
from orders.models import Line, Order
from orders.states import OrderState

PATIENCE = 120  # seconds without any progress of the workers before the day is called off


class WorkersAway(Exception):
    """Nothing moves: no worker does the jobs."""


@dataclass
class Day:
    """`orders` are spread over the centres by turns; `say` gets one line per stage and its progress."""

    orders: int
    seed: int
    at: datetime
    threads: int = 4
    watch: Stopwatch = field(default_factory=Stopwatch)
    rounds: list[Round] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    refused: int = 0

    def open(self):
        """A round at every centre with staff, and a night's lorries between them."""
        day = local_date(self.at)
        centres = list(Centre.objects.active().filter(staff__is_active=True).distinct().order_by("code"))
        self.trips = lorries.timetable(centres, evening=day + timedelta(days=2))
        hours = [NewSlot(time(h), time(h + 1), 2000) for h in range(14, 18)]
        for centre in centres:
            self.rounds.append(
                rounds.open_round(
                    place=centre.places.filter(kind="CENTRE").get(),
                    opens_at=self.at - timedelta(minutes=1),
                    closes_on=day + timedelta(days=1),
                    closes_hour=time(20),
                    packs_on=day + timedelta(days=2),
                    hands_over_on=day + timedelta(days=3),
                    slots=hours,
                    is_rehearsal=True,
                )
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
                lambda: Round.objects.filter(pk__in=self._ids, state="RELEASED").count(), len(self.rounds)
            )

    def receive(self, progress):
        self._per_centre("receive", staff.receive_everything, progress, seed=self.seed, at=self.packing)
        self._settle()

    def work(self, progress):
        """Picks and packs everything; the workers make orders ready."""
        with self.watch.span("pack"):
            self._per_centre("pick", staff.work, progress, at=self.packing)
        self._settle()

    def drive(self, progress):
        """Evening lorries to the hub, then night lorries from it; what arrives is staged."""
        departures = sorted({trip.departs_at for trip in self.trips})
        with self.watch.span("load"), self.watch.span("unload"):
            for n, departs_at in enumerate(departures):
                leaving = [trip for trip in self.trips if trip.departs_at == departs_at]
                # The hub's lorries are loaded one by one: one lorry's arrival opens another's loading.
                with ThreadPoolExecutor(self.threads) as pool:
                    rides = pool.map(lambda trip: lorries.ride(trip, self.watch), leaving)
                    list(progress(rides, len(leaving)) if n else rides)
        self._per_centre("stage", staff.work, progress, at=self.laying_out)
        self._settle()

    def hand_out(self, progress):
        numbers = list(
            Order.objects.filter(round__in=self._ids, state=OrderState.READY)
            .order_by("pk")
            .values_list("number", flat=True)
        )

        def one(number):
            return staff.hand_out(number=number, seed=self.seed, at=self.handing_out, watch=self.watch)

        with self.watch.span("hand_out"), ThreadPoolExecutor(self.threads) as pool:
            list(progress(pool.map(one, numbers), len(numbers)))

    def end(self):
        for round_ in self.rounds:
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
        return [round_.pk for round_ in self.rounds]

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

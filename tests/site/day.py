"""A day of a small network for the fault tests: orders, the closing, pickers. `judgement` says whether it was clean."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error, connection
from django.utils import timezone
from knox.models import AuthToken

from distribution.models import Round, Task
from distribution.operations import rounds
from marketplace.kernel.models import Job
from tests.factories.distribution import StaffFactory
from tests.site import judgement, network
from tests.site.judgement import Expected
from tests.site.network import Place
from tests.site.people import Answers, Phone, Picker, buy
from tests.site.processes import wait_until


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
        """Makes the network: stock enough for every order in each centre, crates for more than all."""
        self.opened_at = now = timezone.now()
        near, far = network.offers(8, at=now), network.offers(self.far, at=now)
        stock = dict.fromkeys(near, 2 * self.orders)
        if self.scarce:
            stock[near[0]] = self.scarce_pieces
        for _ in range(self.centres):
            self.places.append(network.open_place(stock, crates=2 * self.orders, at=now))
        if far:
            here, there = self.places[:2]
            self.trip = network.open_way(there, here, dict.fromkeys(far, 2 * self.orders), at=now)
        return self

    @property
    def scarce_pieces(self):
        """What each centre has of the goods that are too few: about half of what is asked for."""
        return max(1, self.orders // self.centres // 2)

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

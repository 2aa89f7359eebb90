"""A network worked at random: every step leaves the books right. Operations may refuse; they may not break."""

import uuid
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from distribution.models import (
    Allocation,
    Balance,
    Fulfilment,
    HandlingUnit,
    Load,
    Location,
    Lot,
    Task,
    Trip,
)
from distribution.operations import (
    corrections,
    counting,
    counts,
    exits,
    loading,
    lots,
    recalls,
    rounds,
    scanning,
    supply,
    tasks,
    trips,
    unloading,
)
from marketplace.kernel.errors import DomainError
from orders.models import Order
from orders.operations import collection, endings
from orders.operations.preparation import release
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean
from tests.distribution.operations.test_network_story import scan
from tests.factories.market import AFTER_CLOSE, HANDING_OUT, NOW, PACKING
from tests.factories.network_market import network
from tests.orders.operations.test_replanning import later_round
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db

WHICH = st.integers(0, 99)


def one_of(rows, which):
    """One of the rows by a number that hypothesis can shrink; None when there is none."""
    found = list(rows.order_by("pk"))
    return found[which % len(found)] if found else None


class Floor(RuleBasedStateMachine):
    """Two joined centres, two products at each, one round, one evening lorry and the next one."""

    @initialize()
    def open(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.net = network()
        self.markets = [self.net.here, self.net.there]
        self.offers = [
            market.add(stock=stock, temperature=temperature)
            for market in self.markets
            for stock, temperature in ((6, "AMBIENT"), (3, "CHILLED"))
        ]
        later_round(self.net)
        self.leads = {market.centre.pk: market.worker("LEAD") for market in self.markets}
        self.at = NOW

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @invariant()
    def books_are_right(self):
        if hasattr(self, "net"):
            assert_audit_clean()

    def lead(self, centre):
        return self.leads[centre]

    @property
    def is_open(self):
        self.net.here.round.refresh_from_db()
        return self.net.here.round.state == "OPEN"

    @rule(which=WHICH, other=WHICH, quantity=st.integers(1, 4))
    def order(self, which, other, quantity):
        with suppress(DomainError):
            first, second = self.offers[which % 4], self.offers[other % 4]
            self.net.here.order([(first, quantity)] if first == second else [(first, quantity), (second, 1)])

    @rule(which=WHICH)
    def cancel(self, which):
        if order := one_of(Order.objects.all(), which):
            with suppress(DomainError):
                endings.cancel(number=order.number, by=None, at=self.at)

    @rule(which=WHICH, pieces=st.integers(0, 6))
    def promise(self, which, pieces):
        market, offer = self.markets[which % 2], self.offers[(which % 2) * 2]
        with suppress(DomainError):
            supply.promise(
                item=offer.stock_item,
                centre=market.centre,
                available_on=PACKING.date(),
                pieces=pieces,
                by=None,
                at=self.at,
            )

    @rule(which=WHICH, units=st.integers(1, 5), lot=st.sampled_from(["L1", "L2"]), on_ramp=st.booleans())
    def receive(self, which, units, lot, on_ramp):
        market, offer = self.markets[which % 2], self.offers[which % 4]
        if offer.stock_item.product.producer_id == market.producer.pk:
            with suppress(DomainError):
                market.receive(offer.stock_item, units, code=lot, at=self.at, on_ramp=on_ramp)

    @precondition(lambda self: self.is_open)
    @rule()
    def close(self):
        rounds.close_round(round_id=self.net.here.round.pk, by=None, at=AFTER_CLOSE)
        release(round_id=self.net.here.round.pk, by=None, at=AFTER_CLOSE)
        self.at = PACKING

    @rule(which=WHICH, steps=st.integers(1, 4))
    def work(self, which, steps):
        """A few right scans of one task."""
        task = one_of(Task.objects.unfinished().filter(kind__in=scanning.ROOMS), which)
        if task is None or task.kind in {"COUNT", "PULL"}:
            return
        by = self.lead(task.centre_id)
        with suppress(DomainError):
            tasks.claim(task=task.pk, by=by, at=self.at)
            for _step in range(steps):
                task.refresh_from_db()
                step = scanning.next_step(task=task)
                if code := self.code(task, step):
                    scan(task, code, by, self.at)

    def code(self, task, step):
        if task.kind in Task.FROM_RAMP:
            return step.lot if step.expects == "goods" else step.to or "OK"
        if step.expects == "stage":
            return "STAGE-A"
        if step.expects == "crate" and task.kind == "PICK":
            own = HandlingUnit.objects.filter(fulfilment=task.fulfilment_id, centre=task.centre_id).first()
            return (own or HandlingUnit.objects.filter(centre=task.centre_id, fulfilment=None).first()).sscc
        if step.expects == "crate" and task.kind == "UNLOAD":
            load = Load.objects.filter(trip=task.trip_id, state="LOADED").first()
            return load and load.unit.sscc
        return step.code

    @rule(which=WHICH, reason=st.sampled_from(["MISSING", "DAMAGED"]))
    def short(self, which, reason):
        if stop := one_of(Allocation.objects.filter(state="ACTIVE", task__state="TAKEN"), which):
            with suppress(DomainError):
                exits.report_short(
                    task=stop.task_id,
                    allocation=stop.pk,
                    reason=reason,
                    by=self.lead(stop.location.centre_id),
                    at=self.at,
                )

    @rule(which=WHICH, says=st.sampled_from(["", "brak miejsca"]))
    def drive(self, which, says):
        """A trip goes one state on, whatever it leaves behind."""
        trip = one_of(Trip.objects.live(), which)
        if trip is None or self.is_open:
            return
        by = self.leads.get(trip.from_centre_id)
        with suppress(DomainError):
            if trip.state in {"PLANNED", "LOADING"}:
                loading.depart(trip=trip.pk, by=by, at=self.at, reason=says)
            elif trip.state == "DEPARTED":
                unloading.arrive(trip=trip.pk, by=self.lead(trip.to_centre_id), at=self.at)
            else:
                unloading.confirm(trip=trip.pk, by=self.lead(trip.to_centre_id), at=self.at, reason=says)

    @rule(which=WHICH)
    def cancel_trip(self, which):
        if trip := one_of(Trip.objects.live(), which):
            with suppress(DomainError):
                trips.cancel(trip=trip.pk, reason="awaria", by=None, at=self.at)

    @rule(which=WHICH, found=st.booleans())
    def settle_missing(self, which, found):
        if load := one_of(Load.objects.filter(state="MISSING"), which):
            by = self.lead(load.trip.to_centre_id)
            with suppress(DomainError):
                if found:
                    unloading.find(trip=load.trip_id, unit=load.unit_id, by=by, at=self.at)
                else:
                    unloading.give_up(
                        trip=load.trip_id, unit=load.unit_id, reason="zgubiona", by=by, at=self.at
                    )

    @rule(which=WHICH, off=st.integers(-3, 2), pick_between=st.booleans())
    def count(self, which, off, pick_between):
        """Counts a place blind and settles it; somebody may pick there in between."""
        balance = one_of(Balance.objects.filter(units__gt=0, location__kind="SLOT"), which)
        if balance is None:
            return
        by = self.lead(balance.centre_id)
        with suppress(DomainError):
            made = counts.open_count(
                centre=balance.centre_id, locations=[balance.location_id], by=by, at=self.at
            )
            task = Task.objects.unfinished().get(count_place__count=made)
            tasks.claim(task=task.pk, by=by, at=self.at)
            for code, units in (
                (balance.location.code, None),
                *(
                    (row.lot.code, max(0, row.units + off))
                    for row in Balance.objects.filter(location=balance.location, units__gt=0)
                ),
                ("OK", None),
            ):
                counting.scan(
                    task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=None, by=by, at=self.at
                )
            if pick_between:
                self.work(which, 3)
            counts.settle(count=made.pk, by=by, at=self.at)

    @rule(which=WHICH, new=st.sampled_from(["QUARANTINE", "RELEASED"]))
    def change_lot(self, which, new):
        if lot := one_of(Lot.objects.all(), which):
            with suppress(DomainError):
                lots.change_state(lot=lot.pk, new=new, reason="kontrola", by=None, at=self.at)

    @rule(which=WHICH)
    def recall(self, which):
        if lot := one_of(Lot.objects.all(), which):
            with suppress(DomainError):
                recalls.start(
                    lot=lot.pk, reason="ciało obce", by=self.lead(self.net.here.centre.pk), at=self.at
                )

    @rule(which=WHICH, units=st.integers(1, 3))
    def write_off(self, which, units):
        held = Balance.objects.filter(units__gt=0).exclude(location__kind=Location.Kind.TRANSIT)
        if balance := one_of(held, which):
            with suppress(DomainError):
                corrections.write_off(
                    balance=balance.pk, units=units, reason="stłuczone", by=None, at=self.at
                )

    @rule()
    def workers(self):
        do_jobs()

    @rule(which=WHICH)
    def hand_out(self, which):
        if order := one_of(Order.objects.filter(state="READY"), which):
            with suppress(DomainError):
                collection.hand_out(
                    number=order.number,
                    centre=order.round.centre_id,
                    by=self.lead(self.net.here.centre.pk),
                    at=HANDING_OUT,
                    paid_grosze=max(due_grosze(order), 0),
                )
            assert not Fulfilment.objects.filter(reference=order.number, state="TO_LOAD", route=None).exists()


@pytest.mark.timeout(600)
def test_network_worked_at_random_keeps_its_books():
    run_state_machine_as_test(
        Floor,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

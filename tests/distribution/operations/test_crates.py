"""Crates: numbered, out to producers against a deposit and back anywhere, empty on a lorry, lost and found."""

import uuid

import pytest
from django.conf import settings
from django.utils import timezone

from distribution.models import CrateEvent, Document, HandlingUnit, Load, Task
from distribution.operations import crates, loading, picking, tasks, unloading
from distribution.operations.crates import WrongNumberOfCrates
from distribution.operations.steps import UnknownCode, WrongCrate
from distribution.queries import crates as crate_queries
from marketplace.kernel.errors import DomainError
from marketplace.kernel.references import check_digit
from orders.operations import audit
from tests.audit import assert_audit_clean
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def net():
    return network()


@pytest.fixture
def who(net):
    """Keyword arguments of one who works where the trip starts, now."""
    return {"by": net.there.worker(), "at": timezone.now()}


def empty(net):
    return net.there.centre.handling_units.filter(fulfilment=None).first()


def fresh(crate):
    return HandlingUnit.objects.get(pk=crate.pk)


def test_new_crates_are_numbered_on(net, who):
    first = crates.add(centre=net.there.centre.pk, count=2, **who)
    more = crates.add(centre=net.there.centre.pk, count=1, **who)
    numbers = [crate.sscc for crate in [*first, *more]]
    assert numbers == sorted(set(numbers))
    for number in numbers:
        assert number.startswith(f"0{settings.GS1_COMPANY_PREFIX}")
        assert len(number) == 18
        assert check_digit(number[:-1]) == number[-1]
    for wrong in (0, -1, crates.MOST_AT_ONCE + 1):
        with pytest.raises(WrongNumberOfCrates):
            crates.add(centre=net.there.centre.pk, count=wrong, **who)
    assert_audit_clean()


def test_deposit_is_owed_until_the_crate_is_back_at_any_centre(net, who, settings):
    partner, crate = net.there.producer, empty(net)
    crates.give(centre=net.there.centre.pk, partner=partner.pk, code=f"00{crate.sscc}", **who)
    [debt] = crate_queries.debts()
    assert (debt.partner, debt.crates, debt.deposit) == (partner, 1, settings.CRATE_DEPOSIT / 100)
    with pytest.raises(WrongCrate):
        crates.give(centre=net.there.centre.pk, partner=partner.pk, code=crate.sscc, **who)
    settings.CRATE_DEPOSIT = 9900  # what is paid back is what was taken
    assert crates.take_back(centre=net.here.centre.pk, code=crate.sscc, **who) == partner
    assert crate_queries.debts() == []
    assert sum(CrateEvent.objects.values_list("deposit", flat=True)) == 0
    back = fresh(crate)
    assert (back.centre, back.holder, back.inside.centre) == (net.here.centre, None, net.here.centre)
    assert back.stands_at.kind == "DOCK"
    with pytest.raises(WrongCrate):
        crates.take_back(centre=net.here.centre.pk, code=crate.sscc, **who)
    assert_audit_clean()


def test_nobody_owes_for_their_own_crate(net, who):
    partner = net.there.producer
    [crate] = crates.add(centre=net.there.centre.pk, count=1, owner=partner.pk, **who)
    crates.give(centre=net.there.centre.pk, partner=partner.pk, code=crate.sscc, **who)
    assert crate_queries.debts()[0].deposit == 0


def test_crate_in_use_elsewhere_or_unknown_is_refused(net, who):
    net.here.order([(net.there.add(stock=5), 2)])
    net.here.close_and_release()
    full = empty(net)
    task = Task.objects.get(kind="PICK")
    tasks.claim(task=task.pk, **who)
    picking.scan(task=task.pk, key=uuid.uuid4(), code=full.sscc, units=None, grams=None, **who)
    partner = net.there.producer.pk
    for centre, code, error in (
        (net.there.centre, full.sscc, WrongCrate),
        (net.here.centre, HandlingUnit.objects.filter(centre=net.there.centre).last().sscc, WrongCrate),
        (net.there.centre, "123", UnknownCode),
    ):
        with pytest.raises(error):
            crates.give(centre=centre.pk, partner=partner, code=code, **who)


def test_crate_out_of_the_house_takes_no_goods(net, who):
    crate = empty(net)
    crates.give(centre=net.there.centre.pk, partner=net.there.producer.pk, code=crate.sscc, **who)
    assert crate not in HandlingUnit.objects.standing_at(net.there.centre)


def ride(net, who, crate):
    crates.send(trip=net.trip.pk, code=crate.sscc, **who)
    loading.depart(trip=net.trip.pk, **who)
    unloading.arrive(trip=net.trip.pk, **who)
    return {"by": net.here.worker(), "at": timezone.now()}


def test_empty_crate_rides_and_stands_free_at_the_other_end(net, who):
    crate = empty(net)
    there = ride(net, who, crate)
    task = tasks.claim(task=Task.objects.get(kind="UNLOAD").pk, **there)
    answer = unloading.scan(task=task.pk, key=uuid.uuid4(), code=crate.sscc, **there)
    assert answer["goes"] == "puste skrzynie"
    unloading.confirm(trip=net.trip.pk, **there)
    landed = fresh(crate)
    assert (landed.centre, landed.inside.centre) == (net.here.centre, net.here.centre)
    assert landed in HandlingUnit.objects.standing_at(net.here.centre)
    assert not Document.objects.filter(kind="MM", centre=net.there.centre).exists()
    assert_audit_clean()


def test_lorry_is_loaded_once_and_only_with_crates_that_are_here(net, who):
    crate = empty(net)
    crates.send(trip=net.trip.pk, code=crate.sscc, **who)
    net.trip.refresh_from_db()
    assert net.trip.state == "LOADING"
    assert crate not in HandlingUnit.objects.standing_at(net.there.centre)
    for code in (crate.sscc, net.here.centre.handling_units.first().sscc):
        with pytest.raises(WrongCrate):
            crates.send(trip=net.trip.pk, code=code, **who)
    loading.depart(trip=net.trip.pk, **who)
    with pytest.raises(loading.TripGone):
        crates.send(trip=net.trip.pk, code=empty(net).sscc, **who)


def test_empty_crate_that_did_not_come_is_missed_until_found(net, who):
    crate = empty(net)
    there = ride(net, who, crate)
    with pytest.raises(DomainError):
        unloading.confirm(trip=net.trip.pk, **there)
    unloading.confirm(trip=net.trip.pk, reason="nie ma jej w aucie", **there)
    assert [load.unit for load in crate_queries.missing(net.here.centre)] == [crate]
    with pytest.raises(WrongCrate):
        crates.give(centre=net.there.centre.pk, partner=net.there.producer.pk, code=crate.sscc, **who)
    crates.found(centre=net.here.centre.pk, code=crate.sscc, **there)
    assert not crate_queries.missing(net.here.centre)
    assert fresh(crate).centre == net.here.centre
    with pytest.raises(WrongCrate):
        crates.found(centre=net.here.centre.pk, code=crate.sscc, **there)
    assert_audit_clean()


def test_withdrawn_crate_is_known_to_nobody(net, who):
    crate = empty(net)
    with pytest.raises(DomainError):
        crates.withdraw(centre=net.there.centre.pk, code=crate.sscc, reason=" ", **who)
    crates.withdraw(centre=net.there.centre.pk, code=crate.sscc, reason="pęknięta", **who)
    with pytest.raises(UnknownCode):
        crates.send(trip=net.trip.pk, code=crate.sscc, **who)
    assert crate not in HandlingUnit.objects.standing_at(net.there.centre)


def test_missed_crate_may_be_given_up(net, who):
    crate = empty(net)
    there = ride(net, who, crate)
    unloading.confirm(trip=net.trip.pk, reason="nie ma jej w aucie", **there)
    crates.withdraw(centre=net.here.centre.pk, code=crate.sscc, reason="przepadła", **there)
    assert not crate_queries.missing(net.here.centre)


def test_goods_and_empties_share_a_lorry(net, who):
    net.here.order([(net.there.add(stock=5), 2)])
    net.here.close_and_release()
    pick_everything(net.there, who["by"])
    pack_everything(net.there, who["by"])
    do_jobs()
    load = Load.objects.get(trip=net.trip)
    loading.put_elsewhere(load=load.pk, chamber=load.temperature, reason="proba", **who)
    crate = empty(net)
    there = ride(net, who, crate)
    task = tasks.claim(task=Task.objects.get(kind="UNLOAD").pk, **there)
    for unit in (load.unit, crate):
        unloading.scan(task=task.pk, key=uuid.uuid4(), code=unit.sscc, **there)
    assert unloading.confirm(trip=net.trip.pk, **there) == []
    assert_audit_clean()


def test_the_audit_sees_a_crate_with_the_wrong_holder_and_an_unsettled_deposit(net, who):
    crate = empty(net)
    crates.give(centre=net.there.centre.pk, partner=net.there.producer.pk, code=crate.sscc, **who)
    HandlingUnit.objects.filter(pk=crate.pk).update(holder=None)
    breaches = audit.run().breaches
    assert breaches["crate_is_with_whom_it_was_given"] == 1
    assert breaches["deposit_for_a_crate_that_came_back_is_settled"] == 1

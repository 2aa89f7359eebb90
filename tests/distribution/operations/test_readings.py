"""Temperatures: a reading above the limit holds exactly the lots it touched, in the same transaction."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from distribution.models import (
    Balance,
    Document,
    HandlingUnit,
    Leg,
    Load,
    Lot,
    LotStatusChange,
    Reading,
    Supply,
    Trip,
)
from distribution.operations import lots, readings
from distribution.operations.readings import ImpossibleTemperature
from distribution.operations.receipts import Counted, post_receipt
from distribution.queries import readings as reading_queries
from marketplace.kernel.clock import local_date
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def of_zone(m, tenths, code="B", at=NOW, **more):
    return readings.of_zone(zone=m.centre.zones.get(code=code).pk, tenths=tenths, by=None, at=at, **more)


def states():
    return dict(Lot.objects.order_by("code").values_list("code", "state"))


def test_reading_within_the_limit_holds_nothing():
    m = market()
    m.add(stock=5, temperature="CHILLED")
    reading = of_zone(m, 80, sensor="B-góra")
    assert (reading.is_breach, reading.limit_tenths) == (False, 80)
    assert states() == {"L1": "RELEASED"}


def test_breach_holds_the_lots_of_its_zone_and_no_others():
    m, other = market(), market()
    cheese = m.add(stock=5, temperature="CHILLED", code="SER")
    m.add(stock=5, temperature="CHILLED", code="TWAROG")
    m.add(stock=5, code="DZEM")
    m.add(stock=5, temperature="FROZEN", code="LODY")
    other.add(stock=5, temperature="CHILLED", code="GDZIE_INDZIEJ")
    order = m.order([(cheese, 2)])
    reading = of_zone(m, 94)
    assert states() == {
        "DZEM": "RELEASED",
        "GDZIE_INDZIEJ": "RELEASED",
        "LODY": "RELEASED",
        "SER": "QUARANTINE",
        "TWAROG": "QUARANTINE",
    }
    why = LotStatusChange.objects.get(lot__code="SER")
    assert why.reason == f"Odczyt nr {reading.pk}: 9,4 °C przy dopuszczalnych 8,0 °C (strefa B)"
    assert Supply.objects.get(item=cheese.stock_item).quantity == 0
    do_jobs()
    assert order.lines.get().short == 2
    assert_audit_clean()
    lots.change_state(lot=why.lot_id, new="RELEASED", reason="zbadane", by=None, at=NOW)
    assert Supply.objects.get(item=cheese.stock_item).quantity == 5
    assert_audit_clean()


def test_breach_reaches_crates_that_stand_in_the_zone():
    m = market()
    m.order([(m.add(stock=5, temperature="CHILLED"), 5)])
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    crate = HandlingUnit.objects.get(fulfilment__isnull=False)
    HandlingUnit.objects.filter(pk=crate.pk).update(stands_at=m.centre.locations.get(code="STAGE-B"))
    of_zone(m, 120)
    assert states() == {"L1": "QUARANTINE"}
    assert_audit_clean()


def test_what_is_held_already_stays_as_it_is():
    m = market()
    m.add(stock=5, temperature="CHILLED", code="WYCOFANA")
    m.add(stock=5, temperature="CHILLED", code="INNA")
    gone = Lot.objects.get(code="WYCOFANA")
    lots.change_state(lot=gone.pk, new="RECALLED", reason="metal", by=None, at=NOW)
    of_zone(m, 94)
    of_zone(m, 99)
    assert states() == {"INNA": "QUARANTINE", "WYCOFANA": "RECALLED"}
    assert LotStatusChange.objects.count() == 2


@pytest.mark.parametrize("tenths", [-601, 601, 10_000, -30_000])
def test_impossible_temperatures_are_refused(tenths):
    m = market()
    m.add(stock=5, temperature="CHILLED")
    with pytest.raises(ImpossibleTemperature):
        of_zone(m, tenths)
    assert Reading.objects.count() == 0
    assert states() == {"L1": "RELEASED"}


def trip_of(m):
    """A departed trip, with the crate of one chilled and the crate of one ambient order aboard."""
    to = CentreFactory()
    leg = Leg.objects.first()
    trip = Trip.objects.create(
        leg=leg,
        from_centre=m.centre,
        to_centre=to,
        departs_on=local_date(NOW),
        cutoff_at=NOW,
        planned_departs_at=NOW + timedelta(hours=1),
        planned_arrives_at=NOW + timedelta(hours=5),
        departs_at=NOW + timedelta(hours=1),
        arrives_at=NOW + timedelta(hours=5),
    )
    for unit in HandlingUnit.objects.filter(fulfilment__isnull=False):
        Load.objects.create(
            trip=trip, unit=unit, temperature=unit.fulfilment.temperature, state="LOADED", loaded_at=NOW
        )
    return trip


def test_breach_on_a_trip_holds_its_chamber():
    m = market()
    m.order([(m.add(stock=5, temperature="CHILLED", code="SER"), 2), (m.add(stock=5, code="DZEM"), 2)])
    m.add(stock=5, temperature="CHILLED", code="ZOSTAL")
    m.close_and_release()
    pick_everything(m, m.worker())
    trip = trip_of(m)
    reading = readings.of_trip(
        trip=trip.pk, centre=m.centre.pk, temperature="CHILLED", tenths=95, by=None, at=PACKING
    )
    assert reading.limit_tenths == 80
    assert states() == {"DZEM": "RELEASED", "SER": "QUARANTINE", "ZOSTAL": "RELEASED"}
    assert_audit_clean()


def test_breach_on_a_receipt_holds_its_lots_of_the_class():
    m = market()
    m.add(stock=5, temperature="CHILLED", code="SER")
    m.add(stock=5, temperature="CHILLED", code="INNA_DOSTAWA")
    document = Document.objects.get(lines__lot__code="SER")
    readings.of_receipt(document=document.pk, temperature="FROZEN", tenths=-10, by=None, at=NOW)
    assert set(states().values()) == {"RELEASED"}
    readings.of_receipt(document=document.pk, temperature="CHILLED", tenths=130, by=None, at=NOW)
    assert states() == {"INNA_DOSTAWA": "RELEASED", "SER": "QUARANTINE"}
    assert_audit_clean()


def test_measured_delivery_is_logged_once_by_class():
    m = market()
    cheese, milk = m.add(temperature="CHILLED"), m.add(temperature="CHILLED")
    document = post_receipt(
        centre=m.centre.pk,
        producer=m.producer.pk,
        counted=[
            Counted(cheese.stock_item_id, "L1", 5, GOOD_UNTIL, temperature_tenths=45),
            Counted(milk.stock_item_id, "L2", 5, GOOD_UNTIL, temperature_tenths=92),
        ],
        by=None,
        at=NOW,
    )
    reading = Reading.objects.get()
    assert (reading.document, reading.tenths, reading.is_breach) == (document, 92, True)
    assert Balance.objects.get(lot__code="L2").location.kind == "QUARANTINE"
    assert set(states().values()) == {"RELEASED"}
    assert_audit_clean()


def test_readings_only_grow():
    m = market()
    of_zone(m, 40)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.update(tenths=20)


def test_sheet_of_a_day_names_missing_hours():
    m = market()
    evening = NOW.replace(hour=20)
    of_zone(m, 40, at=NOW.replace(hour=6, minute=20))
    of_zone(m, 94, at=NOW.replace(hour=11, minute=40))
    of_zone(m, 40, at=NOW - timedelta(days=1))
    sheets = {
        s.zone.code: s for s in reading_queries.of_day(centre=m.centre, day=local_date(NOW), now=evening)
    }
    assert [len(sheets[code].missing) for code in "ABC"] == [3, 1, 3]
    assert (len(sheets["B"].readings), sheets["B"].breaches) == (2, 1)
    early = reading_queries.of_day(centre=m.centre, day=local_date(NOW), now=NOW.replace(hour=5))
    assert all(sheet.missing == [] for sheet in early)

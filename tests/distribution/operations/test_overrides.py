"""A lead moves a line by hand before it is picked; the promise to its buyer stays."""

from datetime import date

import pytest

from distribution.models import (
    Allocation,
    Fulfilment,
    FulfilmentLine,
    Hold,
    Lot,
    SourceChange,
    Supply,
    Task,
    TripRoom,
)
from distribution.operations import overrides, tasks
from distribution.operations.corrections import ReasonMissing
from distribution.operations.overrides import LineBegun, NoSuchSource
from marketplace.kernel.errors import NotFound
from tests.audit import assert_audit_clean
from tests.distribution.operations.test_network_story import scan
from tests.factories.market import NOW, PACKING, market
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def both():
    """The same goods here and there; the order holds those here."""
    net = network()
    jam = net.here.add(stock=5)
    net.there.producer = net.here.producer
    net.there.receive(jam.stock_item, 5, code="L9")
    net.order = net.here.order([(jam, 2)])
    net.lead = net.here.worker("LEAD")
    return net


def far(net):
    return Supply.objects.get(centre=net.there.centre, kind="STOCK")


def move(net, *, centre=None, at=NOW, reason="na życzenie", **where):
    return overrides.move_line(
        reference=net.order.number, line=1, centre=(centre or net.here.centre).pk, reason=reason, by=net.lead,
        at=at, **where,
    )  # fmt: skip


def test_before_release_the_hold_moves_with_its_room_and_its_reason():
    net = both()
    change = move(net, supply=far(net).pk)
    hold = Hold.objects.exclude(state="RELEASED").get()
    assert (hold.supply, hold.reason, hold.explained) == (far(net), "OVERRIDE", "na życzenie")
    assert (change.by, change.why, change.pieces) == (net.lead, "OVERRIDE", 2)
    assert TripRoom.objects.get(trip=net.trip, temperature="AMBIENT").booked_grams == hold.load_grams > 0
    assert_audit_clean()


def test_release_leaves_a_line_where_the_lead_put_it():
    net = both()
    move(net, supply=far(net).pk)
    net.here.close_and_release()
    assert Fulfilment.objects.get().centre == net.there.centre
    assert_audit_clean()


def test_after_release_the_line_goes_to_a_part_at_the_other_centre():
    net = both()
    net.here.close_and_release()
    move(net, supply=far(net).pk, at=PACKING)
    parts = {part.centre: part.state for part in Fulfilment.objects.all()}
    assert parts == {net.here.centre: "EMPTY", net.there.centre: "RELEASED"}
    assert FulfilmentLine.objects.get().fulfilment.centre == net.there.centre
    assert Task.objects.unfinished().get().centre == net.there.centre
    assert_audit_clean()
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    do_jobs()
    assert_audit_clean()


def test_after_release_a_lot_of_the_same_centre_may_be_named():
    m = market()
    jam = m.add(stock=4, code="L1", until=date(2026, 12, 24))
    m.receive(jam.stock_item, 4, code="L2", until=date(2026, 12, 28))
    m.order_ = m.order([(jam, 3)])
    m.close_and_release()
    allocation = Allocation.objects.get()
    assert allocation.lot.code == "L1"
    lot = Lot.objects.get(code="L2")
    change = overrides.move_line(
        reference=m.order_.number, line=1, centre=m.centre.pk, lot=lot.pk, reason="klient chce świeższe",
        by=None, at=PACKING,
    )  # fmt: skip
    assert (Allocation.objects.get().lot, change.lot) == (lot, lot)
    assert_audit_clean()
    pick_everything(m, m.worker())
    assert_audit_clean()


@pytest.mark.parametrize("begun", ["picked", "short"])
def test_line_that_is_begun_stays(begun):
    net = both()
    net.here.close_and_release()
    if begun == "picked":
        pick_everything(net.here, net.here.worker())
    else:
        FulfilmentLine.objects.update(short=1, pieces=3)
    with pytest.raises(LineBegun):
        move(net, supply=far(net).pk, at=PACKING)


def test_goods_that_are_not_free_too_late_or_the_same_are_no_source():
    net = both()
    with pytest.raises(NoSuchSource):
        move(net, supply=far(net).pk, at=net.trip.cutoff_at)
    with pytest.raises(NoSuchSource):
        move(net, supply=Hold.objects.get().supply_id)
    Supply.objects.filter(pk=far(net).pk).update(reserved=4)
    with pytest.raises(NoSuchSource):
        move(net, supply=far(net).pk)
    with pytest.raises(ReasonMissing):
        move(net, supply=far(net).pk, reason=" ")
    with pytest.raises(NotFound):
        move(net, supply=far(net).pk, centre=net.there.centre)
    assert not SourceChange.objects.exists()


def test_page_lists_lines_and_moves_one_and_the_api_does_the_same(client):
    net = both()
    client.force_login(net.lead)
    at = f"/centrum/{net.here.centre.code}/zrodla/"
    assert "Teraz nic nie jedzie" in client.get(at, secure=True).content.decode()
    assert "Zmień źródło" in client.get(f"{at}?code={net.order.number}", secure=True).content.decode()
    form = f"{at}{net.order.number}/1/"
    assert net.there.centre.name in client.get(form, secure=True).content.decode()
    assert "Błąd:" in client.post(form, {"source": f"s{far(net).pk}"}, secure=True).content.decode()
    done = client.post(form, {"source": f"s{far(net).pk}", "reason": "bliżej"}, secure=True, follow=True)
    assert "Źródło zmienione" in done.content.decode()
    back = Supply.objects.get(centre=net.here.centre, kind="STOCK").pk
    api = f"/api/v1/centres/{net.here.centre.code}"
    answer = client.post(
        f"{api}/orders/{net.order.number}/move-line/", {"line": 1, "supply": back, "reason": "z powrotem"},
        content_type="application/json", secure=True,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["reason"]) == (201, "override")
    found = client.get(f"{api}/sources/?order={net.order.number}", secure=True).json()
    assert [row["centre"] for row in found["results"]] == [net.here.centre.pk]
    assert len(found["changes"]) == 2
    client.force_login(net.here.worker())
    assert client.get(form, secure=True).status_code == 403
    assert_audit_clean()


def test_picker_with_the_task_in_hand_goes_on_with_what_is_left():
    net = both()
    other = net.here.add(stock=5)
    net.order = net.here.order([(net.here.offers[0], 2), (other, 1)])
    net.here.close_and_release()
    task = Task.objects.get(fulfilment__reference=net.order.number)
    by = net.here.worker()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task, net.here.centre.handling_units.first().sscc, by, PACKING)
    move(net, supply=far(net).pk, at=PACKING)
    task.refresh_from_db()
    assert task.state == "TAKEN"
    assert set(task.allocations.values_list("fulfilment_line__line", flat=True)) == {2}
    assert_audit_clean()

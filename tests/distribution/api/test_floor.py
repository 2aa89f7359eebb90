"""The floor over the API: who may come in, scans, receipts, lots; what is wrong is refused and changes nothing."""

import uuid

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from distribution.models import Allocation, Document, HandlingUnit, Movement, Scan, Task
from distribution.operations import rounds
from marketplace.kernel.references import check_digit
from orders.operations import checkout, preparation
from producers.models import StockItem
from tests.factories import UserFactory
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def worker(m):
    return m.worker()


@pytest.fixture
def api(worker):
    client = APIClient()
    client.force_authenticate(worker)
    return client


@pytest.fixture
def task(m):
    """A pick task of three jars."""
    jam = m.add(stock=10, code="L26-11")
    now = timezone.now()
    checkout.place_order(
        basket=m.basket([(jam, 3)], at=now),
        key=uuid.uuid4(),
        request=m.request(),
        by=None,
        at=now,
        address=None,
    )
    rounds.close_round(round_id=m.round.pk, by=None, at=m.round.orders_close_at)
    preparation.release(round_id=m.round.pk, by=None, at=m.round.orders_close_at)
    return Task.objects.get(kind="PICK")


def scan(api, task, code, key=None, **counted):
    body = {"key": key or str(uuid.uuid4()), "code": code, **counted}
    return api.post(f"/api/v1/tasks/{task.pk}/scan/", body, format="json")


def crate(m):
    return HandlingUnit.objects.filter(centre=m.centre, fulfilment=None).first().sscc


def test_task_is_picked_packed_and_completed(api, m, task):
    assert api.get(f"/api/v1/centres/{m.centre.code}/tasks/").json()["results"][0]["id"] == task.pk
    assert api.post(f"/api/v1/tasks/{task.pk}/claim/").json()["next"]["expects"] == "crate"
    assert scan(api, task, f"00{crate(m)}").json()["next"]["expects"] == "location"
    step = scan(api, task, "A-01").json()["next"]
    assert (step["expects"], step["units"], step["lot"]) == ("goods", 3, "L26-11")
    assert api.post(f"/api/v1/tasks/{task.pk}/complete/").json()["code"] == "task_not_finished"
    assert scan(api, task, "L26-11", units=1).json()["next"]["units"] == 2
    assert scan(api, task, "L26-11").json()["next"]["expects"] == "nothing"
    assert api.post(f"/api/v1/tasks/{task.pk}/complete/").json()["state"] == "done"
    packing = Task.objects.get(kind="PACK")
    api.post(f"/api/v1/tasks/{packing.pk}/claim/")
    assert scan(api, packing, "stage-a").json()["result"] == "packed"


def test_same_key_counts_once(api, m, task):
    api.post(f"/api/v1/tasks/{task.pk}/claim/")
    scan(api, task, crate(m))
    scan(api, task, "A-01")
    key = str(uuid.uuid4())
    first = scan(api, task, "L26-11", key=key, units=1)
    again = scan(api, task, "L26-11", key=key, units=1)
    other = scan(api, task, "L26-11", key=key, units=2)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Allocation.objects.get().picked == 1


@pytest.mark.parametrize(
    ("steps", "code", "refusal"),
    [
        ([], "nothing-like-it", "unknown_code"),
        ([], "A-01", "unknown_code"),
        (["crate"], "A-02", "wrong_location"),
        (["crate"], "Z-99", "unknown_code"),
        (["crate", "A-01"], "OTHER-LOT", "unknown_code"),
        (["crate", "A-01"], "A-01", "unknown_code"),
        (["crate", "A-01"], "(10)OTHER", "wrong_goods"),
        (["crate", "A-01"], "0105900000000015", "wrong_goods"),
        (["crate", "A-01"], "\x1d\x1d", "unknown_code"),
    ],
)
def test_wrong_scan_is_refused_logged_and_changes_nothing(api, m, task, steps, code, refusal):
    api.post(f"/api/v1/tasks/{task.pk}/claim/")
    for step in steps:
        scan(api, task, crate(m) if step == "crate" else step)
    before = Movement.objects.count()
    answer = scan(api, task, code)
    assert (answer.status_code, answer.json()["code"]) == (409, refusal)
    assert Scan.objects.get().refused == refusal
    assert Movement.objects.count() == before


@pytest.mark.parametrize("units", [0, -1, 4, 10**9, "x", 1.5])
def test_wrong_counts_are_refused(api, m, task, units):
    api.post(f"/api/v1/tasks/{task.pk}/claim/")
    scan(api, task, crate(m))
    scan(api, task, "A-01")
    assert scan(api, task, "L26-11", units=units).status_code == 422
    assert Allocation.objects.get().picked == 0


def test_crate_of_another_order_is_refused(api, m, task):
    busy = HandlingUnit.objects.filter(centre=m.centre).first()
    HandlingUnit.objects.filter(pk=busy.pk).update(fulfilment=task.fulfilment)
    other = Task.objects.create(
        centre=m.centre, kind="PICK", wave=task.wave, due_at=task.due_at,
        fulfilment=type(task.fulfilment).objects.create(
            round=m.round, centre=m.centre, destination=m.centre, reference="Z-X", recipient_label="x",
            temperature="CHILLED",
        ),
    )  # fmt: skip
    Allocation.objects.update(task=other)
    api.post(f"/api/v1/tasks/{other.pk}/claim/")
    assert scan(api, other, busy.sscc).json()["code"] == "wrong_crate"


def test_task_of_a_colleague_is_taken_until_the_lead_takes_over(api, m, task):
    api.post(f"/api/v1/tasks/{task.pk}/claim/")
    second, lead = APIClient(), APIClient()
    second.force_authenticate(m.worker())
    lead.force_authenticate(m.worker("LEAD"))
    assert second.post(f"/api/v1/tasks/{task.pk}/claim/").json()["code"] == "task_taken"
    assert scan(second, task, crate(m)).json()["code"] == "task_taken"
    assert lead.post(f"/api/v1/tasks/{task.pk}/claim/").status_code == 200
    assert scan(api, task, crate(m)).json()["code"] == "task_taken"


def test_strangers_find_nothing(m, task):
    guest, stranger = APIClient(), APIClient()
    stranger.force_authenticate(UserFactory())
    for address in (f"centres/{m.centre.code}/tasks/", f"centres/{m.centre.code}/lots/", f"tasks/{task.pk}/"):
        assert guest.get(f"/api/v1/{address}").status_code == 401
        assert stranger.get(f"/api/v1/{address}").status_code == 404
    assert stranger.post(f"/api/v1/tasks/{task.pk}/claim/").status_code == 404


def receipt(api, m, **line):
    body = {"key": str(uuid.uuid4()), "producer": m.producer.slug, "lines": [{"units": 5, **line}]}
    return api.post(f"/api/v1/centres/{m.centre.code}/receipts/", body, format="json")


def test_receipt_posts_a_numbered_pz(api, m):
    item = m.add().stock_item
    answer = receipt(api, m, item=item.pk, lot_code="L1", printed_on="2027-09-01", location="A-02")
    assert answer.status_code == 201
    assert answer.json()["number"].startswith(f"PZ/{m.centre.code}/")
    lots = api.get(f"/api/v1/centres/{m.centre.code}/lots/").json()["results"]
    assert (lots[0]["units"], lots[0]["location"]) == (5, "A-02")
    trace = api.get(f"/api/v1/lots/{lots[0]['lot']}/trace/").json()
    assert (trace["received"], trace["on_hand"], trace["outside"]) == (5, 5, 0)


def test_gs1_label_fills_lot_and_date(api, m):
    item = m.add().stock_item
    gtin = "0590000000001"
    gtin += check_digit(gtin)
    StockItem.objects.filter(pk=item.pk).update(gtin=gtin)
    answer = receipt(api, m, gtin=f"01{gtin}15271200\x1d10L7")
    assert answer.status_code == 201
    lot = Document.objects.get(pk=answer.json()["id"]).lines.get().lot
    assert (lot.code, lot.usable_until.isoformat()) == ("L7", "2027-12-31")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"lot_code": "L1"}, "lot_without_date"),
        ({"printed_on": "2027-09-01"}, "lot_without_number"),
        ({"lot_code": "L1", "printed_on": "2020-01-01"}, "lot_expired"),
        ({"lot_code": "L1", "printed_on": "jutro"}, "invalid"),
        ({"lot_code": "x" * 21, "printed_on": "2027-09-01"}, "invalid"),
        ({"lot_code": "L1", "printed_on": "2027-09-01", "units": 0}, "wrong_quantity"),
        ({"lot_code": "L1", "printed_on": "2027-09-01", "units": 10**9}, "invalid"),
        ({"lot_code": "L1", "printed_on": "2027-09-01", "location": "NIE"}, "not_found"),
        ({"lot_code": "L1", "printed_on": "2027-09-01", "location": "B-01"}, "wrong_location"),
        ({"lot_code": "L1", "printed_on": "2027-09-01", "item": 10**15}, "foreign_item"),
    ],
)
def test_wrong_receipts_are_refused_by_name(api, m, line, code):
    item = m.add().stock_item
    answer = receipt(api, m, **{"item": item.pk, **line})
    assert answer.status_code in {404, 422}
    assert answer.json()["code"] == code
    assert Document.objects.count() == 0


def test_unknown_gtin_is_refused(api, m):
    m.add()
    assert receipt(api, m, gtin="05900000000022").json()["code"] == "unknown_product"
    assert receipt(api, m, gtin="garbage").json()["code"] == "unknown_product"


def test_too_warm_goods_go_to_quarantine_and_are_not_sold(api, m):
    item = m.add(temperature="CHILLED").stock_item
    assert (
        receipt(api, m, item=item.pk, lot_code="L1", printed_on="2027-09-01", temperature="12.5").status_code
        == 201
    )
    lots = api.get(f"/api/v1/centres/{m.centre.code}/lots/").json()["results"]
    assert lots[0]["location"] == "QUAR-1"
    assert not item.supply.filter(quantity__gt=0).exists()

"""Counts, readings, quarantine, returns, recalls over the API: the same operations, the same refusals."""

import uuid

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from distribution.models import Balance, Count, Document, Lot, Reading, Recall, Task
from distribution.operations import counts
from tests.audit import assert_audit_clean
from tests.factories import StaffFactory, UserFactory
from tests.factories.live import live_market
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def m():
    m = live_market()
    m.add(stock=10)
    return m


def client(user):
    made = APIClient()
    made.force_authenticate(user)
    made.user = user
    return made


@pytest.fixture
def lead(m):
    return client(m.worker("LEAD"))


@pytest.fixture
def worker(m):
    return client(m.worker())


def post(api, address, **body):
    return api.post(f"{V1}/{address}", body, format="json")


def scan(api, task, code, **counted):
    return post(api, f"tasks/{task.pk}/scan/", key=str(uuid.uuid4()), code=code, **counted)


def test_count_from_opening_to_settlement(m, lead, worker):
    centre = f"centres/{m.centre.code}"
    assert post(worker, f"{centre}/counts/", locations=["A-01"]).status_code == 403
    proposed = lead.get(f"{V1}/{centre}/counts/proposals/").json()["results"]
    assert "A-01" in {row["location"] for row in proposed}
    made = post(lead, f"{centre}/counts/", locations=["a-01"], reason="próba")
    assert made.status_code == 201
    task = Task.objects.get(kind="COUNT")
    assert task.pk in {row["id"] for row in worker.get(f"{V1}/{centre}/tasks/").json()["results"]}
    post(worker, f"tasks/{task.pk}/claim/")
    assert scan(worker, task, "A-01").json()["result"] == "location"
    assert scan(worker, task, "L1", units=-1).status_code == 422
    assert scan(worker, task, "L1", units=8).json()["next"]["counted"][0]["units"] == 8
    assert scan(worker, task, "OK").json()["result"] == "done"
    pk = made.json()["id"]
    assert worker.get(f"{V1}/counts/{pk}/").json()["places"][0]["lines"] is None
    (line,) = lead.get(f"{V1}/counts/{pk}/").json()["places"][0]["lines"]
    assert (line["counted"], line["booked"], line["difference"]) == (8, 10, -2)
    assert post(worker, f"counts/{pk}/settle/").status_code == 403
    assert post(lead, f"counts/{pk}/settle/").json()["state"] == "settled"
    assert post(lead, f"counts/{pk}/settle/").json()["code"] == "wrong_state"
    assert_audit_clean()


def test_nobody_tells_the_counter_before_the_end(m, lead):
    post(lead, f"centres/{m.centre.code}/counts/", zone="A")
    count = Count.objects.get()
    seen = lead.get(f"{V1}/counts/{count.pk}/").json()
    assert {place["lines"] is None for place in seen["places"]} == {True}


@pytest.mark.parametrize(
    "body", [{}, {"zone": "Q"}, {"locations": []}, {"locations": ["NIE"]}, {"locations": ["CRATE-01"]}]
)
def test_wrong_counts_are_not_opened(m, lead, body):
    answer = post(lead, f"centres/{m.centre.code}/counts/", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_count")
    assert Count.objects.count() == 0


def test_count_and_place_of_another_centre_do_not_exist(m, lead):
    other = live_market()
    place = other.centre.locations.get(code="A-01")
    foreign = counts.open_count(centre=other.centre.pk, locations=[place.pk], by=None, at=timezone.now())
    mine = post(lead, f"centres/{m.centre.code}/counts/", locations=["A-01"]).json()
    assert lead.get(f"{V1}/counts/{foreign.pk}/").status_code == 404
    assert post(lead, f"counts/{foreign.pk}/settle/").status_code == 404
    wrong = foreign.places.get().pk
    assert post(lead, f"counts/{mine['id']}/places/{wrong}/recount/").status_code == 404
    assert post(lead, f"counts/{mine['id']}/cancel/").json()["state"] == "cancelled"


def test_readings_of_a_zone_and_the_sheet(m, worker, lead):
    m.add(stock=4, temperature="CHILLED", code="SER")
    address = f"centres/{m.centre.code}/readings/"
    assert post(worker, address, zone="b", celsius="4.0").json()["breach"] is False
    assert post(worker, address, zone="B", celsius="9.1").json()["breach"] is True
    assert Lot.objects.get(code="SER").state == "QUARANTINE"
    sheet = worker.get(f"{V1}/{address}sheet/").json()
    assert [zone["zone"] for zone in sheet["zones"]] == ["A", "B", "C"]
    assert len(sheet["zones"][1]["readings"]) == 2
    assert worker.get(f"{V1}/{address}sheet.pdf").status_code == 403
    made = lead.get(f"{V1}/{address}sheet.pdf", HTTP_ACCEPT="application/pdf")
    assert (made.status_code, made.content[:4]) == (200, b"%PDF")
    held = lead.get(f"{V1}/centres/{m.centre.code}/quarantine/").json()["results"]
    assert held[0]["why"].startswith("Odczyt nr")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"zone": "B", "celsius": "99.9"}, 422),
        ({"zone": "B", "celsius": "-60.1"}, 422),
        ({"zone": "B", "celsius": "zimno"}, 422),
        ({"zone": "B", "celsius": "NaN"}, 422),
        ({"zone": "B"}, 422),
        ({"celsius": "4"}, 422),
        ({"zone": "B", "trip": 1, "celsius": "4"}, 422),
        ({"trip": 1, "celsius": "4"}, 422),
        ({"zone": "B", "temperature": "CHILLED", "celsius": "4"}, 422),
        ({"zone": "Q", "celsius": "4"}, 404),
        ({"trip": 10**15, "temperature": "CHILLED", "celsius": "4"}, 404),
        ({"document": 10**15, "temperature": "CHILLED", "celsius": "4"}, 404),
    ],
)
def test_wrong_readings_are_refused(m, worker, body, status):
    assert post(worker, f"centres/{m.centre.code}/readings/", **body).status_code == status
    assert Reading.objects.count() == 0


def test_finds_releases_and_write_offs(m, lead, worker):
    lot, centre = Lot.objects.get(), f"centres/{m.centre.code}"
    body = {"lot": lot.pk, "location": "QUAR-1", "units": 3, "reason": "znalezione"}
    assert post(worker, f"{centre}/finds/", **body).status_code == 403
    assert post(lead, f"{centre}/finds/", **body).status_code == 201
    held = Balance.objects.get(location__code="QUAR-1")
    release = {"location": "A-02", "units": 2, "reason": "zbadane"}
    assert post(worker, f"{centre}/balances/{held.pk}/release/", **release).status_code == 403
    assert post(lead, f"{centre}/balances/{held.pk}/release/", **release).json()["number"].startswith("PW/")
    assert post(lead, f"{centre}/balances/{held.pk}/release/", **release).json()["code"] == "not_enough_there"
    gift = {"units": 1, "reason": "termin", "donated": True}
    assert (
        post(worker, f"{centre}/balances/{held.pk}/write-off/", **gift).json()["code"] == "receiver_missing"
    )
    gift |= {"taken_by": "Caritas", "weight": 300}
    assert post(worker, f"{centre}/balances/{held.pk}/write-off/", **gift).status_code == 201
    assert worker.get(f"{V1}/{centre}/donations/").json() == {"receiver": "Caritas", "results": []}
    assert_audit_clean()


def test_return_of_what_was_never_handed_out(m, worker):
    body = {"order": "Z-0000-0000", "lot": Lot.objects.get().pk, "units": 1, "reason": "zepsute"}
    answer = post(worker, f"centres/{m.centre.code}/returns/", **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "never_handed_out")
    assert Document.objects.filter(kind="ZW").count() == 0


def test_recall_drill_report_and_closing(m, lead, worker):
    lot = Lot.objects.get()
    assert post(worker, f"lots/{lot.pk}/recall/", reason="szkło").status_code == 403
    assert post(client(UserFactory()), f"lots/{lot.pk}/recall/", reason="szkło").status_code == 404
    assert post(lead, f"lots/{lot.pk}/recall/", reason=" ").status_code == 422
    drill = post(lead, f"lots/{lot.pk}/recall/", reason="ćwiczenie", drill=True)
    assert (drill.status_code, drill.json()["drill"], drill.json()["may_close"]) == (201, True, False)
    made = post(lead, f"lots/{lot.pk}/recall/", reason="szkło").json()
    assert post(lead, f"lots/{lot.pk}/recall/", reason="szkło").json()["code"] == "already_recalled"
    assert (made["balance"]["received"], made["balance"]["outside"], made["loose"]) == (10, 0, 10)
    assert post(lead, f"recalls/{made['id']}/close/").json()["code"] == "not_accounted_for"
    (task,) = made["open_tasks"]
    task = Task.objects.get(pk=task["id"])
    post(worker, f"tasks/{task.pk}/claim/")
    scan(worker, task, "A-01")
    assert scan(worker, task, "L1").json()["result"] == "done"
    assert post(lead, f"recalls/{made['id']}/close/").json()["closed_at"]
    assert len(lead.get(f"{V1}/recalls/").json()["results"]) == 2
    csv = lead.get(f"{V1}/recalls/{made['id']}/report.csv")
    assert (csv.status_code, csv["Content-Type"]) == (200, "text/csv; charset=utf-8")
    pdf = lead.get(f"{V1}/recalls/{made['id']}/report.pdf")
    assert pdf.content.startswith(b"%PDF")
    for stranger in (worker, client(UserFactory())):
        assert stranger.get(f"{V1}/recalls/{made['id']}/").status_code == 404
        assert stranger.get(f"{V1}/recalls/{made['id']}/report.csv").status_code == 404
    do_jobs()
    assert_audit_clean()


def test_recall_by_the_state_of_a_lot_is_a_recall(m, lead):
    lot = Lot.objects.get()
    post(lead, f"lots/{lot.pk}/state/", state="RECALLED", reason="szkło")
    assert Recall.objects.get().lot == lot


def test_order_of_another_centre_is_not_traced(m, worker):
    assert worker.get(f"{V1}/centres/{m.centre.code}/orders/Z-0000-0000/trace/").status_code == 404
    elsewhere = client(StaffFactory().user)
    assert elsewhere.get(f"{V1}/centres/{m.centre.code}/orders/Z-0000-0000/trace/").status_code == 404

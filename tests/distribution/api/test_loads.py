"""The floor of trips over the API: what one end may do, and what the other hears."""

import uuid

import pytest
from rest_framework.test import APIClient

from distribution.models import HandlingUnit, Load, Task
from tests.audit import assert_audit_clean
from tests.factories import StaffFactory, UserFactory
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def net():
    made = network()
    made.here.order([(made.there.add(stock=5), 2)])
    made.here.close_and_release()
    return made


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def pack(net):
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    do_jobs()
    return by


def post(user, net, what, **body):
    return api(user).post(f"/api/v1/trips/{net.trip.pk}/{what}/", body, format="json")


def scan(user, kind, code):
    task = Task.objects.unfinished().get(kind=kind)
    client = api(user)
    client.post(f"/api/v1/tasks/{task.pk}/claim/")
    body = {"key": str(uuid.uuid4()), "code": code}
    return client.post(f"/api/v1/tasks/{task.pk}/scan/", body, format="json").json()


def test_whole_ride(net):
    by, unit = pack(net), HandlingUnit.objects.get(loads__trip=net.trip)
    rows = api(by).get(f"/api/v1/centres/{net.there.centre.code}/tasks/").json()["results"]
    assert [(row["kind"], row["order"], row["trip"]) for row in rows] == [("load", None, net.trip.pk)]
    assert scan(by, "LOAD", unit.sscc)["next"]["code"] == "KOM-A"
    assert scan(by, "LOAD", "KOM-B") == {
        **scan(by, "LOAD", "KOM-B"),
        "code": "wrong_chamber",
        "wanted": "KOM-A",
    }
    assert scan(by, "LOAD", "KOM-A")["result"] == "loaded"
    crates = api(by).get(f"/api/v1/trips/{net.trip.pk}/crates/").json()
    assert (crates["may_leave"], [row["state"] for row in crates["crates"]]) == (True, ["loaded"])
    assert post(by, net, "depart").json()["state"] == "departed"
    end = net.here.worker()
    assert post(end, net, "arrive").json()["state"] == "arrived"
    assert scan(end, "UNLOAD", unit.sscc)["goes"] == "pole wydań"
    assert post(end, net, "confirm").json()["state"] == "closed"
    assert post(end, net, "confirm").json()["code"] == "arrival_confirmed"
    assert_audit_clean()


def test_blocked_departure_names_orders_and_crates(net):
    by = net.there.worker()
    problem = post(by, net, "depart")
    assert problem.status_code == 409
    assert (problem.json()["code"], problem.json()["crates"]) == ("not_loaded", [])
    assert len(problem.json()["orders"]) == 1
    assert post(by, net, "depart", reason="już").status_code == 403
    assert post(net.there.worker("LEAD"), net, "depart", reason="już").json()["state"] == "departed"


def test_crate_elsewhere_found_and_given_up_are_the_leads(net):
    pack(net)
    load, lead = Load.objects.get(), net.there.worker("LEAD")
    address, body = (
        f"/api/v1/loads/{load.pk}/put-elsewhere/",
        {"chamber": "CHILLED", "reason": "brak miejsca"},
    )
    assert api(net.there.worker()).post(address, body, format="json").status_code == 403
    assert api(lead).post(address, {"chamber": "OVEN", "reason": "x"}, format="json").status_code == 422
    assert api(lead).post(address, body, format="json").json()["chamber"] == "CHILLED"
    assert api(lead).post(address, body, format="json").json()["code"] == "wrong_crate"
    post(lead, net, "depart")
    end, end_lead = net.here.worker(), net.here.worker("LEAD")
    post(end, net, "arrive")
    assert post(end, net, "confirm").status_code in {409, 422}
    post(end, net, "confirm", reason="nie ma jej")
    rows = api(end).get(f"/api/v1/trips/{net.trip.pk}/discrepancies/").json()
    assert [(row["unit"], row["reason"]) for row in rows] == [(load.unit_id, "nie ma jej")]
    what = f"discrepancies/{load.unit_id}"
    assert post(end, net, f"{what}/find").status_code == 403
    assert post(end_lead, net, f"{what}/give-up").status_code == 422
    assert post(end_lead, net, f"{what}/find").json() == {"goes": "pole wydań"}
    assert post(end_lead, net, f"{what}/give-up", reason="x").json()["code"] == "nothing_missing"
    assert_audit_clean()


@pytest.mark.parametrize("what", ["depart", "arrive", "confirm"])
def test_strangers_find_nothing_and_the_other_end_may_not(net, what):
    for user in (UserFactory(), StaffFactory(role="LEAD").user):
        assert post(user, net, what).status_code == 404
    other = net.here if what == "depart" else net.there
    assert post(other.worker("LEAD"), net, what).status_code == 403
    net.trip.refresh_from_db()
    assert net.trip.state == "PLANNED"


def test_exits_of_a_pick(net):
    by, task = net.there.worker(), Task.objects.get(centre=net.there.centre)
    scan(by, "PICK", net.there.centre.handling_units.first().sscc)
    client, address = api(by), f"/api/v1/tasks/{task.pk}"
    assert client.post(f"{address}/bin-full/").json()["code"] == "crate_empty"
    stop = task.allocations.get().pk
    answer = client.post(f"{address}/skip/", {"allocation": stop}, format="json")
    assert answer.json()["code"] == "nothing_to_skip"
    assert (
        client.post(f"{address}/not-empty/", {"place": "A-01"}, format="json").json()["code"]
        == "wrong_location"
    )
    scan(by, "PICK", "A-01")
    body = {"code": "L1", "units": 1}
    keys = [{"key": str(uuid.uuid4())} for _ in range(3)]
    assert client.post(f"{address}/scan/", body | keys[0], format="json").json()["result"] == "picked"
    asked = client.post(f"{address}/scan/", body | keys[1], format="json")
    assert (asked.status_code, asked.json()["code"]) == (409, "another_one")
    again = client.post(f"{address}/scan/", body | keys[2] | {"again": True}, format="json")
    assert again.json()["next"]["expects"] == "nothing"


def test_board_over_the_api(net):
    body = api(net.there.worker()).get(f"/api/v1/centres/{net.there.centre.code}/board/").json()
    assert body["deadline"]["trip"] == net.trip.pk
    assert [(block["what"], block["count"]) for block in body["deadline"]["blocks"]] == [("pick", 1)]
    assert [(wave["parts"], wave["picked"]) for wave in body["waves"]] == [(1, 0)]
    assert body["expiring"]["days_7"] == {"rows": 0, "value": "0"}

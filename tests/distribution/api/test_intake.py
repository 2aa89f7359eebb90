"""Deliveries over the API: the same rules by another door."""

import uuid
from datetime import time, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from distribution.models import Arrival, ArrivalLine, DockSlot, Document
from marketplace.kernel.clock import local_date
from producers.models import ProducerPerson, StockItem
from tests.distribution.web.test_receiving import picture
from tests.factories import UserFactory
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db
GTIN = "05900000000015"


class World:
    def __init__(self):
        self.m = live_market()
        self.item = self.m.add().stock_item
        StockItem.objects.filter(pk=self.item.pk).update(gtin=GTIN)
        self.day = local_date(timezone.now()) + timedelta(days=1)
        self.arrival = Arrival.objects.create(centre=self.m.centre, producer=self.m.producer, due_on=self.day)
        ArrivalLine.objects.create(arrival=self.arrival, item=self.item, owed=14)
        owner = UserFactory()
        ProducerPerson.objects.create(producer=self.m.producer, user=owner, role="OWNER")
        self.lead, self.worker, self.owner = (
            self.client(user) for user in (self.m.worker("LEAD"), self.m.worker(), owner)
        )

    def client(self, user):
        made = APIClient()
        made.force_authenticate(user)
        return made

    def at(self, path):
        return f"/api/v1/centres/{self.m.centre.code}/{path}"

    def receive(self, client=None, *, seen=None, **line):
        body = {"key": str(uuid.uuid4()), "arrival": self.arrival.pk, "lines": [line]}
        if seen is not None:
            body["seen"] = seen
        return (client or self.worker).post(self.at("receipts/"), body, format="json")


@pytest.fixture
def world():
    return World()


def test_one_label_is_a_whole_line(world):
    until = world.day + timedelta(days=30)
    answer = world.receive(gtin=f"01{GTIN}15{until:%y%m%d}10L7\x1d3014")
    assert answer.status_code == 201
    line = Document.objects.get().lines.get()
    assert (line.units, line.lot.code, line.lot.printed_on) == (14, "L7", until)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"gtin": f"01{GTIN}10A\x1d10B"}, "unreadable_label"),
        ({"units": 3, "refused_units": 1}, "refusal_unexplained"),
        ({"units": 3, "refused_units": 1, "refused_for": "BORED"}, "invalid"),
        ({"units": 3, "printed_on": "2999-01-01"}, "lot_date_impossible"),
        ({"units": 3, "grams": -5}, "invalid"),
        ({}, "wrong_quantity"),
    ],
)
def test_wrong_lines_are_refused_by_name(world, line, code):
    facts = {"item": world.item.pk, "lot_code": "L1", "printed_on": "2027-09-01"} | line
    answer = world.receive(**facts)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Document.objects.exists()


def test_arrival_counted_by_another_is_refused_until_it_is_seen(world):
    line = {"item": world.item.pk, "lot_code": "L1", "printed_on": "2027-09-01", "units": 7}
    assert world.receive(**line).status_code == 201
    answer = world.receive(**line)
    assert (answer.status_code, answer.json()["code"]) == (409, "arrival_changed")
    assert world.receive(seen=7, **line).status_code == 201


def test_refusal_of_everything_is_a_receipt_too(world):
    line = {"item": world.item.pk, "units": 0, "refused_units": 14, "refused_for": "TOO_WARM"}
    assert world.receive(**line).status_code == 201
    assert Document.objects.get().items.get().refused == 14


def test_windows_are_offered_by_the_lead_and_taken_by_the_producer(world):
    body = {"first": world.day.isoformat(), "last": world.day.isoformat(), "weekdays": list(range(7)),
            "starts": "08:00", "ends": "10:00", "capacity": 1}  # fmt: skip
    if world.day.weekday() == 6:
        body["weekdays"] = [6]
    assert world.worker.post(world.at("dock-slots/"), body, format="json").status_code == 403
    made = world.lead.post(world.at("dock-slots/"), body, format="json")
    if made.status_code == 422:  # tomorrow is a holiday
        slot = DockSlot.objects.create(
            centre=world.m.centre, on=world.day, starts=time(8), ends=time(10), capacity=1
        ).pk
    else:
        slot = made.json()["results"][0]["id"]
    mine = f"/api/v1/producer/arrivals/{world.arrival.pk}/slot/"
    assert world.owner.get(mine).json()["windows"][0]["id"] == slot
    assert world.owner.put(mine, {"slot": slot, "crates": 2}, format="json").json()["slot"]["taken"] == 1
    assert world.worker.get(world.at("arrivals/")).json()["results"][0]["slot"]["id"] == slot
    answer = world.lead.post(world.at(f"dock-slots/{slot}/"), {"capacity": 0}, format="json")
    assert answer.json()["code"] == "window_taken"
    assert world.owner.delete(mine).status_code == 204
    assert world.lead.post(world.at(f"dock-slots/{slot}/"), {"capacity": 0}, format="json").status_code == 200
    assert world.owner.put(mine, {"slot": slot}, format="json").status_code == 404


def test_producer_reads_what_is_owed_and_strangers_nothing(world):
    answer = world.owner.get("/api/v1/producer/arrivals/").json()
    assert answer["results"][0]["lines"][0]["owed"] == 14
    assert answer["sold"] == []
    stranger = world.client(UserFactory())
    assert stranger.get(f"/api/v1/producer/arrivals/{world.arrival.pk}/slot/").status_code == 404
    assert stranger.get(world.at("dock-slots/")).status_code == 404


def test_photographs_and_labels_have_the_same_door(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world.receive(item=world.item.pk, lot_code="L1", printed_on="2027-09-01", units=14)
    paper = Document.objects.get()
    photos = world.at(f"documents/{paper.pk}/photos/")
    made = world.worker.post(photos, {"photo": picture()}, format="multipart")
    assert made.status_code == 201
    assert world.worker.get(photos).json()["results"][0]["id"] == made.json()["id"]
    shown = world.worker.get(f"{photos}{made.json()['id']}/")
    assert shown["Content-Type"] == "image/webp"
    assert shown.content.startswith(b"RIFF")
    assert world.client(UserFactory()).get(photos).status_code == 404
    assert world.worker.post(photos, {}, format="multipart").status_code == 422
    lot, crate = paper.lines.get().lot_id, world.m.centre.handling_units.first().sscc
    for address in (f"documents/{paper.pk}/labels.pdf", f"lots/{lot}/label.pdf", f"crates/{crate}/label.pdf"):
        answer = world.worker.get(world.at(address))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")

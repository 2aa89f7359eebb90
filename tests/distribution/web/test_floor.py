"""The floor of trips through its pages: loaded by scan, departed, arrived, unloaded, differences settled."""

import uuid

import pytest

from distribution.models import Discrepancy, Document, Fulfilment, HandlingUnit, Load, Shortage, Task
from distribution.operations import tasks
from tests.audit import assert_audit_clean
from tests.factories import StaffFactory, UserFactory
from tests.factories.distribution import CentreFactory
from tests.factories.market import PACKING
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


class Floor:
    """A network whose goods at `there` are packed and wait for the trip; a client of every person."""

    def __init__(self, client, *, packed=True):
        self.client, self.net = client, network()
        jam = self.net.there.add(stock=5)
        self.net.here.order([(jam, 2)])
        self.net.here.close_and_release()
        self.loader, self.start_lead = self.net.there.worker(), self.net.there.worker("LEAD")
        self.unloader, self.end_lead = self.net.here.worker(), self.net.here.worker("LEAD")
        if packed:
            self.pack()

    def pack(self):
        pick_everything(self.net.there, self.loader)
        pack_everything(self.net.there, self.loader)
        do_jobs()

    @property
    def trip(self):
        self.net.trip.refresh_from_db()
        return self.net.trip

    @property
    def crate(self):
        return HandlingUnit.objects.get(loads__trip=self.net.trip)

    def get(self, user, address, centre=None):
        self.client.force_login(user)
        return self.client.get(self.address(centre or self.net.there.centre, address), secure=True)

    def post(self, user, address, centre=None, **body):
        self.client.force_login(user)
        return self.client.post(
            self.address(centre or self.net.there.centre, address), body, secure=True, follow=True
        )

    def address(self, centre, path):
        return f"/centrum/{centre.code}/{path}"

    def on_trip(self, user, what, **body):
        centre = self.net.there.centre if user in {self.loader, self.start_lead} else self.net.here.centre
        return self.post(user, f"kursy/{self.net.trip.pk}/{what}/", centre, **body)

    def task(self, kind):
        return Task.objects.unfinished().get(kind=kind, trip=self.net.trip)

    def scan(self, user, kind, code):
        task = self.task(kind)
        return self.post(user, f"zadania/{task.pk}/skan/", task.centre, code=code, key=uuid.uuid4())

    def load(self):
        task = self.task("LOAD")
        self.post(self.loader, f"zadania/{task.pk}/wez/")
        self.scan(self.loader, "LOAD", self.crate.sscc)
        return self.scan(self.loader, "LOAD", "KOM-A")

    def ride(self):
        self.load()
        return self.on_trip(self.loader, "odjazd")


@pytest.fixture
def floor(client):
    return Floor(client)


def test_crate_is_loaded_by_scan_and_the_lorry_leaves_under_an_mm(floor):
    task = floor.task("LOAD")
    page = floor.post(floor.loader, f"zadania/{task.pk}/wez/").content.decode()
    assert floor.crate.sscc[-6:] in page
    assert floor.net.here.centre.name.replace(" ", "\u00a0") in page or floor.net.here.centre.name in page
    page = floor.scan(floor.loader, "LOAD", floor.crate.sscc).content.decode()
    assert "KOM-A" in page
    page = floor.scan(floor.loader, "LOAD", "KOM-B").content.decode()
    assert 'data-tone="error"' in page
    assert "Zła komora" in page
    page = floor.scan(floor.loader, "LOAD", "kom-a").content.decode()
    assert "Odjazd kursu" in page
    page = floor.on_trip(floor.loader, "odjazd").content.decode()
    assert floor.trip.state == "DEPARTED"
    paper = Document.objects.get(kind="MM")
    assert f"MM/{floor.net.there.centre.code}/{paper.year}/{paper.number}" in page
    page = floor.get(floor.loader, f"dokumenty/{paper.pk}/").content.decode()
    assert floor.crate.sscc in page
    assert "Wystornuj" not in floor.get(floor.start_lead, f"dokumenty/{paper.pk}/").content.decode()
    assert floor.net.here.centre.name in floor.get(floor.loader, "dokumenty/").content.decode().replace(
        "\u00a0", " "
    )
    assert_audit_clean()


def test_blocked_departure_names_what_is_missing_and_only_the_lead_may_override(client):
    floor = Floor(client, packed=False)
    part = Fulfilment.objects.get()
    page = floor.get(floor.loader, f"kursy/{floor.trip.pk}/").content.decode()
    assert "W\u00a0przygotowaniu 1 część" in page
    assert part.reference in page
    assert "Odjeżdża mimo to" not in page
    page = floor.on_trip(floor.loader, "odjazd").content.decode()
    assert "Kurs nie może odjechać" in page
    assert floor.on_trip(floor.loader, "odjazd", reason="bo tak").status_code == 403
    assert floor.trip.state == "PLANNED"
    assert "Odjeżdża mimo to" in floor.get(floor.start_lead, f"kursy/{floor.trip.pk}/").content.decode()
    floor.on_trip(floor.start_lead, "odjazd", reason="kierowca musi zdążyć")
    assert floor.trip.state == "DEPARTED"
    assert floor.trip.events.order_by("pk").last().reason == "kierowca musi zdążyć"


def test_crate_rides_in_another_chamber_on_the_leads_word(floor):
    load = Load.objects.get()
    address = f"ladunek/{load.pk}/komora"
    assert floor.on_trip(floor.loader, address, chamber="CHILLED", reason="miejsce").status_code == 403
    floor.on_trip(floor.start_lead, address, chamber="CHILLED", reason="")
    load.refresh_from_db()
    assert load.state == "EXPECTED"
    page = floor.on_trip(
        floor.start_lead, address, chamber="CHILLED", reason="brak miejsca w A"
    ).content.decode()
    load.refresh_from_db()
    assert (load.state, load.chamber, load.reason) == ("LOADED", "CHILLED", "brak miejsca w A")
    assert "brak miejsca w\u00a0A" in page


def test_arrival_is_unloaded_and_says_where_each_crate_goes(floor):
    floor.ride()
    task = floor.task("UNLOAD")
    page = floor.post(floor.unloader, f"zadania/{task.pk}/wez/", task.centre).content.decode()
    assert "Kurs przyjechał" in page
    page = floor.on_trip(
        floor.unloader, "przyjazd", next=floor.address(task.centre, f"zadania/{task.pk}/")
    ).content.decode()
    assert "Zeskanuj skrzynię, którą wyjmujesz" in page
    assert 'data-tone="error"' in floor.scan(floor.unloader, "UNLOAD", "12345").content.decode()
    page = floor.scan(floor.unloader, "UNLOAD", floor.crate.sscc).content.decode()
    assert '<p class="hall-where">pole wydań</p>' in page
    page = floor.on_trip(floor.unloader, "zatwierdzenie").content.decode()
    assert floor.trip.state == "CLOSED"
    stage = Task.objects.unfinished().get(kind="STAGE")
    tasks.claim(task=stage.pk, by=floor.unloader, at=PACKING)
    page = floor.get(floor.unloader, f"zadania/{stage.pk}/", stage.centre).content.decode()
    assert floor.crate.sscc in page
    assert "DOCK-1" in page
    assert_audit_clean()


def missing(floor):
    floor.ride()
    floor.on_trip(floor.unloader, "przyjazd")
    return floor.on_trip(floor.unloader, "zatwierdzenie", reason="nie było na pace")


def test_missing_crate_needs_a_reason_and_becomes_a_difference(floor):
    floor.ride()
    floor.on_trip(floor.unloader, "przyjazd")
    assert (
        "Brakuje"
        in floor.get(floor.unloader, f"kursy/{floor.trip.pk}/", floor.net.here.centre).content.decode()
    )
    floor.on_trip(floor.unloader, "zatwierdzenie")
    assert floor.trip.state == "ARRIVED"
    page = floor.on_trip(floor.unloader, "zatwierdzenie", reason="nie było na pace").content.decode()
    assert floor.trip.state == "CLOSED"
    assert "nie było na\u00a0pace" in page or "nie było na pace" in page
    assert "Znalazła się" not in page
    assert floor.on_trip(floor.unloader, f"skrzynie/{floor.crate.pk}/odnaleziona").status_code == 403


def test_second_person_who_confirms_hears_that_it_is_done(floor):
    missing(floor)
    page = floor.on_trip(floor.end_lead, "zatwierdzenie", reason="drugi raz").content.decode()
    assert "Ten przyjazd ktoś już zatwierdził" in page
    assert Discrepancy.objects.count() == 1


def test_lead_finds_a_missing_crate(floor):
    missing(floor)
    page = floor.on_trip(floor.end_lead, f"skrzynie/{floor.crate.pk}/odnaleziona").content.decode()
    assert "Wyjaśnione rozbieżności" in page
    assert "odnalezione" in page
    assert Discrepancy.objects.filter(settled_at=None).count() == 0
    assert_audit_clean()


def test_lead_gives_a_missing_crate_up_with_a_reason(floor):
    missing(floor)
    crate = floor.crate.pk
    floor.on_trip(floor.end_lead, f"skrzynie/{crate}/stracona", reason=" ")
    assert Shortage.objects.count() == 0
    page = floor.on_trip(
        floor.end_lead, f"skrzynie/{crate}/stracona", reason="rozbita po drodze"
    ).content.decode()
    assert Shortage.objects.get().reason == "LOST_TRANSIT"
    assert "RW/" in page
    do_jobs()
    assert_audit_clean()


@pytest.mark.parametrize("what", ["odjazd", "przyjazd", "zatwierdzenie"])
def test_strangers_find_no_trip_and_the_wrong_end_has_no_such_work(floor, what):
    stranger = StaffFactory(role="LEAD").user
    assert floor.on_trip(UserFactory(), what).status_code == 404
    assert floor.post(stranger, f"kursy/{floor.trip.pk}/{what}/").status_code == 404
    elsewhere = CentreFactory()
    local = StaffFactory(centre=elsewhere, role="LEAD").user
    assert floor.post(local, f"kursy/{floor.trip.pk}/{what}/", elsewhere).status_code == 404
    wrong = floor.end_lead if what == "odjazd" else floor.start_lead
    assert floor.on_trip(wrong, what).status_code == 404
    assert floor.trip.state in {"PLANNED", "LOADING"}


def test_label_read_twice_is_asked_about_on_the_page(client):
    floor = Floor(client, packed=False)
    task = floor.net.there.centre.tasks.get()
    floor.post(floor.loader, f"zadania/{task.pk}/wez/")
    address = f"zadania/{task.pk}/skan/"
    floor.post(floor.loader, address, code=floor.net.there.centre.handling_units.first().sscc)
    floor.post(floor.loader, address, code="A-01")
    floor.post(floor.loader, address, code="L1", units="1")
    page = floor.post(floor.loader, address, code="L1", units="1").content.decode()
    assert "Jeszcze jedna?" in page
    page = floor.post(floor.loader, address, code="L1", units="1", again="1").content.decode()
    assert "Pakuję to zamówienie" in page


def test_exits_of_a_pick_on_the_page(client):
    floor = Floor(client, packed=False)
    task = floor.net.there.centre.tasks.get()
    page = floor.post(floor.loader, f"zadania/{task.pk}/wez/").content.decode()
    assert "Dlaczego stąd" in page
    assert "tylko tam jest ten towar" in page
    address = f"zadania/{task.pk}/skan/"
    floor.post(floor.loader, address, code=floor.net.there.centre.handling_units.first().sscc)
    page = floor.post(floor.loader, f"zadania/{task.pk}/pelna/").content.decode()
    assert "W tej skrzynce nic jeszcze nie ma" in page
    stop = task.allocations.get().pk
    page = floor.post(floor.loader, f"zadania/{task.pk}/pomin/", allocation=stop).content.decode()
    assert "To ostatnie miejsce" in page
    page = floor.post(floor.loader, f"zadania/{task.pk}/cos-zostalo/", place="A-01").content.decode()
    assert "nic tu nie zebrano" in page

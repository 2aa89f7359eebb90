"""Pages of counts, quarantine, temperatures, trace and recall: who sees what, and what a tap does."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from distribution.models import Balance, Count, Document, Lot, Reading, Recall, Task
from distribution.operations import counts, recalls
from marketplace.kernel.clock import local_date
from tests.audit import assert_audit_clean
from tests.factories import StaffFactory
from tests.factories.live import live_market
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    m = live_market()
    m.add(stock=10)
    return m


def page_of(m, name, *args):
    return reverse(f"distribution:{name}", args=[m.centre.code, *args])


@pytest.fixture
def lead(m):
    return signed_in(m.worker("LEAD"))


@pytest.fixture
def worker(m):
    return signed_in(m.worker())


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def text(answer):
    return answer.content.decode()


def open_count(m, lead):
    place = m.centre.locations.get(code="A-01")
    lead.post(page_of(m, "count_open"), {"location": [place.pk], "reason": "próba"}, secure=True)
    return Count.objects.latest("pk")


def test_lead_opens_worker_counts_lead_settles(m, lead, worker):
    assert "A-01" in text(lead.get(page_of(m, "counts"), secure=True))
    count = open_count(m, lead)
    answer = worker.post(page_of(m, "take_next"), {"kind": "COUNT"}, secure=True, follow=True)
    assert "A-01" in text(answer)
    task = Task.objects.get(kind="COUNT")
    scan = page_of(m, "lookup_scan", task.pk)

    def say(**body):
        return text(worker.post(scan, body, secure=True, follow=True))

    assert "Dobre miejsce" in say(code="A-01")
    assert "Podaj, ile sztuk" in say(code="L1", units="-3")
    assert "L1: 9 szt." in say(code="L1", units="9")
    assert "Zapisane" in say(code="OK")
    seen = text(worker.get(page_of(m, "count", count.pk), secure=True))
    assert "W księgach" not in seen
    assert "W księgach" in text(lead.get(page_of(m, "count", count.pk), secure=True))
    lead.post(page_of(m, "count_settle", count.pk), secure=True)
    assert Document.objects.get(kind="RW").lines.get().units == 1
    again = text(lead.post(page_of(m, "count_settle", count.pk), secure=True, follow=True))
    assert "Tego nie można już zmienić" in again
    assert_audit_clean()


def test_worker_may_not_open_settle_or_recount(m, lead, worker):
    count = open_count(m, lead)
    place = count.places.get()
    for name, args in [
        ("count_open", []),
        ("count_settle", [count.pk]),
        ("count_cancel", [count.pk]),
        ("recount", [place.pk]),
        ("found", [Lot.objects.get().pk]),
        ("release", [Balance.objects.get().pk]),
    ]:
        assert worker.post(page_of(m, name, *args), secure=True).status_code == 403
    for name, args in [("recalls", []), ("recall_lot", [Lot.objects.get().pk]), ("temperature_sheet", [])]:
        assert worker.get(page_of(m, name, *args), secure=True).status_code == 403
    elsewhere = signed_in(StaffFactory(role="LEAD").user)
    assert elsewhere.post(page_of(m, "count_settle", count.pk), secure=True).status_code == 404


def test_count_of_another_centre_is_not_there(m, lead):
    other = live_market()
    place = other.centre.locations.get(code="A-01")
    foreign = counts.open_count(centre=other.centre.pk, locations=[place.pk], by=None, at=timezone.now())
    assert lead.get(page_of(m, "count", foreign.pk), secure=True).status_code == 404
    assert lead.post(page_of(m, "recount", foreign.places.get().pk), secure=True).status_code == 404
    answer = lead.post(page_of(m, "count_open"), {"location": [place.pk]}, secure=True, follow=True)
    assert "Wybierz strefę albo miejsca tego centrum" in text(answer)


def test_temperature_is_logged_and_a_breach_says_so(m, worker, lead):
    m.add(stock=4, temperature="CHILLED", code="SER")
    page = page_of(m, "temperatures")
    assert "Zapisane" in text(
        worker.post(page, {"of": "zone-B", "celsius": "4,5", "sensor": "góra"}, secure=True, follow=True)
    )
    assert "Za ciepło" in text(
        worker.post(page, {"of": "zone-B", "celsius": "9.5"}, secure=True, follow=True)
    )
    assert Lot.objects.get(code="SER").state == "QUARANTINE"
    seen = text(worker.get(page, secure=True))
    assert 'class="chart-bad"' in seen
    assert "9,5" in seen
    sheet = lead.get(page_of(m, "temperature_sheet"), secure=True)
    assert (sheet.status_code, sheet["Content-Type"]) == (200, "application/pdf")
    assert sheet.content.startswith(b"%PDF")
    assert "SER" in text(worker.get(page_of(m, "quarantine"), secure=True))


@pytest.mark.parametrize("celsius", ["200", "-300", "ciepło", "", "1e9", "NaN"])
def test_impossible_temperatures_are_refused(m, worker, celsius):
    worker.post(page_of(m, "temperatures"), {"of": "zone-B", "celsius": celsius}, secure=True)
    worker.post(page_of(m, "temperatures"), {"of": "zone-Z", "celsius": "4"}, secure=True)
    assert Reading.objects.count() == 0


def test_days_of_the_sheet(m, worker):
    for day in ("2026-01-01", "1-1-1", "2026-02-31", "9999-12-31"):
        assert worker.get(page_of(m, "temperatures"), {"dzien": day}, secure=True).status_code == 200


def test_lead_finds_a_lot_recalls_it_and_follows(m, lead):
    lot = Lot.objects.get()
    assert lot.code in text(lead.get(page_of(m, "recalls"), {"code": "l1"}, secure=True))
    page = page_of(m, "recall_lot", lot.pk)
    assert "A-01" in text(lead.get(page, secure=True))
    assert "Zaznacz" in text(lead.post(page, {"reason": "szkło"}, secure=True, follow=True))
    drilled = text(lead.post(page, {"reason": "ćwiczymy", "drill": "1"}, secure=True, follow=True))
    assert "Ćwiczenie" in drilled
    assert Lot.objects.get().state == "RELEASED"
    done = text(lead.post(page, {"reason": "szkło", "sure": "on"}, secure=True, follow=True))
    assert "Partia jest wstrzymana" in done
    recall = Recall.objects.get(is_drill=False)
    for name, kind in [("recall_pdf", "application/pdf"), ("recall_csv", "text/csv; charset=utf-8")]:
        answer = lead.get(page_of(m, name, recall.pk), secure=True)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    task = Task.objects.get(kind="PULL")
    lead.post(page_of(m, "claim", task.pk), secure=True)
    scan = page_of(m, "lookup_scan", task.pk)
    assert "Idź do" in text(lead.get(page_of(m, "task", task.pk), secure=True))
    lead.post(scan, {"code": "A-01"}, secure=True)
    assert "Odłóż na QUAR-1" in text(lead.get(page_of(m, "task", task.pk), secure=True))
    lead.post(scan, {"code": "L1", "units": "10"}, secure=True)
    assert "Zamknij: bilans" in text(lead.get(page_of(m, "recall", recall.pk), secure=True))
    lead.post(page_of(m, "recall_close", recall.pk), secure=True)
    recall.refresh_from_db()
    assert recall.closed_by == lead.user
    do_jobs()
    assert_audit_clean()


def test_recall_goes_over_the_network_and_needs_a_reason(m, lead):
    other = live_market()
    other.add(stock=3, code="OBCA")
    lot = Lot.objects.get(code="OBCA")
    page = page_of(m, "recall_lot", lot.pk)
    lead.post(page, {"reason": " ", "sure": "on"}, secure=True)
    assert Recall.objects.count() == 0
    lead.post(page, {"reason": "salmonella", "sure": "on"}, secure=True)
    assert Task.objects.get(kind="PULL").centre == other.centre


def test_buyers_are_shown_to_a_lead_alone(m, lead, worker):
    recall = recalls.start(
        lot=Lot.objects.get().pk, reason="szkło", by=lead.user, at=timezone.now(), drill=True
    )
    page = reverse("orders_centre:recall_buyers", args=[m.centre.code, recall.pk])
    assert lead.get(page, secure=True).status_code == 200
    assert worker.get(page, secure=True).status_code == 403
    assert signed_in(StaffFactory().user).get(page, secure=True).status_code == 404


def test_found_goods_and_donations(m, lead, worker):
    lot = Lot.objects.get()
    lead.post(
        page_of(m, "found", lot.pk), {"location": "a-02", "units": "2", "reason": "za regałem"}, secure=True
    )
    assert Document.objects.get(kind="PW").lines.get().units == 2
    for body in (
        {"location": "NIE", "units": 2, "reason": "x"},
        {"location": "A-02", "units": -1, "reason": "x"},
    ):
        lead.post(page_of(m, "found", lot.pk), body, secure=True)
    assert Document.objects.filter(kind="PW").count() == 1
    m.add(stock=4, until=local_date(timezone.now()), code="DZIS")
    balance = Balance.objects.get(lot__code="DZIS")
    assert "DZIS" in text(worker.get(page_of(m, "donations"), secure=True))
    gift = {"units": "4", "taken_by": "Caritas", "weight": "800"}
    worker.post(page_of(m, "donate", balance.pk), gift, secure=True)
    balance.refresh_from_db()
    assert balance.units == 0
    assert Document.objects.get(kind="RW").taken_by == "Caritas"
    assert_audit_clean()


def test_trace_finds_a_lot_and_refuses_nothing(m, worker):
    page = page_of(m, "trace")
    assert worker.get(page, {"code": "L1"}, secure=True).url == page_of(m, "lot", Lot.objects.get().pk)
    for code in ("Z-0000-0000", "nic", "", "00" + "1" * 18, "%", "'"):
        assert worker.get(page, {"code": code}, secure=True).status_code == 200
    assert "Bilans" not in text(worker.get(page_of(m, "returns"), {"code": "Z-0000-0000"}, secure=True))

"""A producer's deliveries: what is owed, and the hour at the ramp."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from distribution.models import Arrival, ArrivalLine, DockSlot
from distribution.operations import crates, supply
from marketplace.kernel.clock import local_date
from producers.models import ProducerPerson
from tests.factories import UserFactory
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db


class Desk:
    """The producer owes 14 jars tomorrow; tomorrow has two windows of one place each."""

    def __init__(self, client):
        self.client, self.m = client, live_market()
        self.jam = self.m.add().stock_item
        self.due = local_date(timezone.now()) + timedelta(days=1)
        self.arrival = Arrival.objects.create(centre=self.m.centre, producer=self.m.producer, due_on=self.due)
        ArrivalLine.objects.create(arrival=self.arrival, item=self.jam, owed=14)
        self.slots = [
            DockSlot.objects.create(
                centre=self.m.centre, on=self.due, starts=time(h), ends=time(h + 2), capacity=1
            )
            for h in (8, 10)
        ]
        self.user = UserFactory()
        ProducerPerson.objects.create(producer=self.m.producer, user=self.user, role="OWNER")
        client.force_login(self.user)

    def at(self, path=""):
        return f"/producent/{self.m.producer.slug}/dostawy/{path}"

    def get(self, path=""):
        return self.client.get(self.at(path), secure=True)

    def post(self, path="", **body):
        return self.client.post(self.at(path), body, secure=True, follow=True)

    def taken(self):
        return list(DockSlot.objects.order_by("starts").values_list("taken", flat=True))


@pytest.fixture
def desk(client):
    return Desk(client)


def test_producer_sees_what_is_owed_and_what_is_sold_meanwhile(desk):
    bread = desk.m.add()
    now = timezone.now()
    supply.promise(
        item=bread.stock_item,
        centre=desk.m.centre,
        available_on=desk.m.round.packs_on,
        pieces=9,
        by=None,
        at=now,
    )
    desk.m.order([(bread, 4)], at=now)
    page = desk.get().content.decode()
    assert "<b>14 ×</b>" in page
    assert "godzina nieumówiona" in page
    assert "jeszcze można zamawiać" in page
    assert '<td class="number" data-label="Sztuk">4</td>' in page


def test_hour_is_taken_changed_and_given_back(desk):
    there = f"{desk.arrival.pk}/"
    first, second = desk.slots
    assert "Umówione:" in desk.post(there, slot=first.pk, crates="3").content.decode()
    assert desk.taken() == [1, 0]
    desk.post(there, slot=second.pk)
    assert desk.taken() == [0, 1]
    desk.post(f"{there}oddaj/")
    assert desk.taken() == [0, 0]


def test_full_window_shows_so_and_is_refused_in_words(desk):
    first, _second = desk.slots
    DockSlot.objects.filter(pk=first.pk).update(taken=1)
    there = f"{desk.arrival.pk}/"
    assert "pełne" in desk.get(there).content.decode()
    answer = desk.post(there, slot=first.pk)
    assert answer.status_code == 422
    assert "To okno jest już pełne" in answer.content.decode()


@pytest.mark.parametrize("body", [{}, {"slot": "x"}, {"slot": "999999"}, {"slot": "1", "crates": "0"}])
def test_wrong_choice_is_no_booking(desk, body):
    assert desk.post(f"{desk.arrival.pk}/", **body).status_code == 422
    assert desk.taken() == [0, 0]


def test_delivery_of_another_producer_does_not_exist(desk):
    other = Arrival.objects.create(centre=desk.m.centre, producer=live_market().producer, due_on=desk.due)
    assert desk.get(f"{other.pk}/").status_code == 404
    assert desk.post(f"{other.pk}/oddaj/").status_code == 404


def test_centre_without_windows_gives_its_phone(desk):
    DockSlot.objects.all().delete()
    assert desk.m.centre.phone in desk.get(f"{desk.arrival.pk}/").content.decode()


@pytest.mark.parametrize("n", [1, 20])
def test_list_takes_the_same_statements_with_one_and_with_twenty(desk, n, django_assert_num_queries):
    for day in range(n):
        row = Arrival.objects.create(
            centre=desk.m.centre, producer=desk.m.producer, due_on=desk.due + timedelta(days=day + 1)
        )
        ArrivalLine.objects.create(arrival=row, item=desk.m.add().stock_item, owed=3)
    desk.get()
    with django_assert_num_queries(10):
        desk.get()


def test_producer_reads_what_crates_they_have_and_the_deposit_for_them(desk):
    crate = desk.m.centre.handling_units.first()
    by, at = desk.m.worker(), timezone.now()
    crates.give(centre=desk.m.centre.pk, partner=desk.m.producer.pk, code=crate.sscc, by=by, at=at)
    assert "kaucja 20,00\xa0zł" in desk.get().content.decode()

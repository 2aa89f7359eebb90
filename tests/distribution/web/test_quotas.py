"""Quotas at the producer's desk, in the hall, and over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.models import Quota
from distribution.operations import supply
from distribution.queries import quotas
from marketplace.kernel.clock import local_date
from producers.models import ProducerPerson
from tests.factories import UserFactory
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    made = live_market()
    made.owner = UserFactory()
    ProducerPerson.objects.create(producer=made.producer, user=made.owner, role="OWNER")
    made.item = made.add().stock_item
    made.day = made.round.packs_on
    supply.promise(
        item=made.item, centre=made.centre, available_on=made.day, pieces=10, by=None, at=timezone.now()
    )
    made.desk = f"/producent/{made.producer.slug}/zapowiedzi/{made.centre.code}/{made.day.isoformat()}/"
    return made


def body(m, **numbers):
    row = m.item.supply.get()
    tomorrow = local_date(timezone.now()) + timedelta(days=1)
    return {f"{row.pk}-{channel}": n for channel, n in numbers.items()} | {
        "day": tomorrow.isoformat(), "hour": "12:00",
    }  # fmt: skip


def test_producer_divides_a_day_and_the_hall_sees_it(m, client):
    client.force_login(m.owner)
    assert m.desk + "pule/" in client.get(m.desk, secure=True).content.decode()
    assert "dla wszystkich zostało: 10" in client.get(m.desk + "pule/", secure=True).content.decode()
    done = client.post(m.desk + "pule/", body(m, WHOLESALE=6, STANDING=1), secure=True, follow=True)
    assert "Pule zapisane" in done.content.decode()
    assert dict(Quota.objects.values_list("channel", "pieces")) == {"WHOLESALE": 6, "STANDING": 1}
    assert m.item.supply.get().reserved == 7
    lead = m.worker("LEAD")
    client.force_login(lead)
    hall = f"/centrum/{m.centre.code}/pule/"
    assert client.get(hall, secure=True).content.decode().count("Zwolnij teraz") == 2
    pk = Quota.objects.get(channel="WHOLESALE").pk
    client.post(f"{hall}{pk}/zwolnij/", secure=True)
    assert m.item.supply.get().reserved == 1
    client.force_login(m.worker())
    assert client.post(f"{hall}{pk}/zwolnij/", secure=True).status_code == 403


def test_more_than_there_is_is_said_on_the_form(m, client):
    client.force_login(m.owner)
    page = client.post(m.desk + "pule/", body(m, WHOLESALE=8, STANDING=5), secure=True).content.decode()
    assert "Błąd:" in page
    assert "Do podziału zostało 2 szt." in page
    assert not Quota.objects.exists()


def test_day_without_promises_has_no_quotas(m, client):
    client.force_login(m.owner)
    other = m.desk.replace(m.day.isoformat(), (m.day + timedelta(days=1)).isoformat())
    assert client.get(other + "pule/", secure=True).status_code == 404


def test_api_keeps_and_frees(m, client):
    client.force_login(m.owner)
    made = {
        "item": m.item.pk, "centre": m.centre.code, "available_on": m.day.isoformat(), "channel": "WHOLESALE",
        "pieces": 4, "flows_back_at": (timezone.now() + timedelta(hours=3)).isoformat(),
    }  # fmt: skip
    answer = client.post("/api/v1/producer/quotas/", made, content_type="application/json", secure=True)
    assert (answer.status_code, answer.json()["pieces"]) == (201, 4)
    refused = client.post(
        "/api/v1/producer/quotas/", made | {"pieces": 40}, content_type="application/json", secure=True
    )
    assert refused.json()["code"] == "wrong_quota"
    assert len(client.get("/api/v1/producer/quotas/", secure=True).json()["results"]) == 1
    client.force_login(m.worker("LEAD"))
    at = f"/api/v1/centres/{m.centre.code}/quotas/"
    pk = client.get(at, secure=True).json()["results"][0]["id"]
    assert client.post(f"{at}{pk}/free/", secure=True).json() == {"freed": 4}


def test_lists_ask_as_often_for_many(m, client, django_assert_num_queries):
    client.force_login(m.owner)
    client.post(m.desk + "pule/", body(m, WHOLESALE=2, STANDING=2), secure=True)
    with django_assert_num_queries(1):
        assert len(list(quotas.live(centre=m.centre))) == 2
    with django_assert_num_queries(2):
        quotas.of_day(producer=m.producer, centre=m.centre, on=m.day)

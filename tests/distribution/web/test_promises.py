from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distribution.models import Supply, SupplyChange
from distribution.operations import supply
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.models import Job
from tests.factories import OfferFactory, RoundFactory
from tests.factories.desk import desk
from tests.factories.distribution import CentreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(client):
    producer, user = desk()
    client.force_login(user)
    offer = OfferFactory(stock_item__product__producer=producer)
    return client, producer, offer.stock_item


def round_in(days, centre=None):
    day = local_date(timezone.now()) + timedelta(days=days)
    return RoundFactory(
        centre=centre or CentreFactory(),
        opens_at=timezone.now() - timedelta(days=10),
        closes_on=day - timedelta(days=1),
        packs_on=day,
        hands_over_on=day + timedelta(days=1),
        ends_at=moment(day + timedelta(days=2), RoundFactory.closes_hour),
    )


def test_a_day_is_promised_and_kept_as_history(at_desk):
    client, producer, item = at_desk
    round_ = round_in(7)
    url = reverse("desk:promises_day", args=[producer.slug, round_.centre.code, round_.packs_on.isoformat()])
    key = f"{item.pk}-{round_.packs_on:%Y%m%d}"
    assert f'name="{key}"' in client.get(url).content.decode()
    assert client.post(url, {key: "24"}).status_code == 302
    row = Supply.objects.get()
    assert (row.quantity, row.kind, row.available_on) == (24, "PROMISE", round_.packs_on)
    assert SupplyChange.objects.get().new == 24


@pytest.mark.parametrize("typed", ["-1", "1.5", "1000000000", "dużo"])
def test_a_wrong_number_is_refused_and_kept(at_desk, typed):
    client, producer, item = at_desk
    round_ = round_in(7)
    url = reverse("desk:promises_day", args=[producer.slug, round_.centre.code, round_.packs_on.isoformat()])
    text = client.post(url, {f"{item.pk}-{round_.packs_on:%Y%m%d}": typed}).content.decode()
    assert "<title>Błąd:" in text
    assert f'value="{typed}"' in text
    assert not Supply.objects.exists()


def test_below_what_is_sold_says_what_happens_and_asks(at_desk):
    client, producer, item = at_desk
    round_ = round_in(7)
    row = supply.promise(
        item=item, centre=round_.centre, available_on=round_.packs_on, pieces=20, by=None, at=timezone.now()
    )
    Supply.objects.filter(pk=row.pk).update(held=18)
    url = reverse("desk:promises_day", args=[producer.slug, round_.centre.code, round_.packs_on.isoformat()])
    key = f"{item.pk}-{round_.packs_on:%Y%m%d}"
    text = client.post(url, {key: "12"}).content.decode()
    assert "Sprzedano już 18 szt. Przy tej liczbie zabraknie 6 sztuk" in text
    assert Supply.objects.get().quantity == 20
    client.post(url, {key: "12", "accept": "on"})
    row = Supply.objects.get()
    assert (row.quantity, row.uncovered) == (12, 6)
    assert Job.objects.filter(kind="distribution.supply_uncovered").count() == 1


def test_last_week_is_copied_to_look_over_and_saved_only_then(at_desk):
    client, producer, item = at_desk
    first = round_in(7)
    second = round_in(14, first.centre)
    supply.promise(
        item=item, centre=first.centre, available_on=first.packs_on, pieces=33, by=None, at=timezone.now()
    )
    url = reverse("desk:promises_day", args=[producer.slug, second.centre.code, second.packs_on.isoformat()])
    assert 'value="33"' in client.get(url, {"kopia": "tydzien"}).content.decode()
    assert Supply.objects.count() == 1


def test_a_product_is_promised_for_all_days_at_one_centre(at_desk):
    client, producer, item = at_desk
    first = round_in(7)
    second = round_in(14, first.centre)
    url = reverse("desk:product_promises", args=[producer.slug, item.product_id])
    body = {f"{item.pk}-{one.packs_on:%Y%m%d}": "5" for one in (first, second)}
    answer = client.post(f"{url}?centrum={first.centre.code}", body)
    assert answer.status_code == 302
    assert list(Supply.objects.values_list("quantity", flat=True)) == [5, 5]


@pytest.mark.parametrize("on", ["2020-01-01", "nie-ma", "2026-13-40"])
def test_a_day_without_a_round_is_not_there(at_desk, on):
    client, producer, _item = at_desk
    centre = round_in(7).centre
    assert client.get(reverse("desk:promises_day", args=[producer.slug, centre.code, on])).status_code == 404


@pytest.mark.parametrize("rounds", [1, 5])
def test_the_overview_takes_the_same_statements_for_few_and_many_days(
    at_desk, rounds, django_assert_num_queries
):
    client, producer, _item = at_desk
    centre = CentreFactory()
    for n in range(rounds):
        round_in(3 + n, centre)
    url = reverse("desk:promises", args=[producer.slug])
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)


def test_strangers_see_no_promises(at_desk):
    client, _producer, item = at_desk
    other, _user = desk()
    for name, rest in (("promises", []), ("product_promises", [item.product_id])):
        assert client.get(reverse(f"desk:{name}", args=[other.slug, *rest])).status_code == 404

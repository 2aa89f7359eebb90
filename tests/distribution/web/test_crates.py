"""The page of crates and its twin in the API."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from distribution.models import HandlingUnit
from tests.factories.network_market import network

pytestmark = pytest.mark.django_db


@pytest.fixture
def net():
    made = network()
    made.there.add(stock=1)
    return made


@pytest.fixture
def lead(net):
    client = Client()
    client.force_login(net.there.worker("LEAD"))
    return client


def go(client, net, path, **body):
    return client.post(f"/centrum/{net.there.centre.code}/{path}", body, follow=True).content.decode()


def test_a_lead_adds_gives_takes_back_and_withdraws(net, lead):
    assert "Przybyły 3 skrzynie." in go(lead, net, "skrzynie/nowe/", count="3")
    assert "Podaj liczbę skrzyń" in go(lead, net, "skrzynie/nowe/", count="x")
    crate, partner = HandlingUnit.objects.filter(centre=net.there.centre).last(), net.there.producer
    page = go(lead, net, "skrzynie/wydaj/", code=crate.sscc, partner=partner.pk)
    assert f"Wydana: {partner.name}." in page
    assert f'value="{partner.pk}" selected' in page
    assert "20,00\xa0zł" in page
    assert "Wybierz producenta." in go(lead, net, "skrzynie/wydaj/", code=crate.sscc, partner="7777")
    assert f"Przyjęta od: {partner.name}." in go(lead, net, "skrzynie/przyjmij/", code=crate.sscc)
    assert "nikt nie ma" in go(lead, net, "skrzynie/przyjmij/", code=crate.sscc)
    assert "Wycofana." in go(lead, net, "skrzynie/wycofaj/", code=crate.sscc, reason="pęknięta")
    assert (
        "wycofana"
        in lead.get(f"/centrum/{net.there.centre.code}/skrzynie/?code={crate.sscc}").content.decode()
    )


def test_an_empty_crate_goes_by_a_trip_of_this_centre(net, lead):
    crate = HandlingUnit.objects.filter(centre=net.there.centre).first()
    assert "Pusta skrzynia jedzie tym kursem." in go(
        lead, net, f"kursy/{net.trip.pk}/puste/", code=crate.sscc
    )
    there = Client()
    there.force_login(net.here.worker())
    address = f"/centrum/{net.here.centre.code}/kursy/{net.trip.pk}/puste/"
    assert there.post(address, {"code": crate.sscc}).status_code == 404


@pytest.mark.parametrize("producers", [1, 12])
def test_page_takes_the_same_statements(net, lead, producers, django_assert_num_queries):
    for _n in range(producers):
        net.there.add(stock=1)
    lead.get(f"/centrum/{net.there.centre.code}/skrzynie/")
    # session, person, centre; summary, debts, missed, journal, partners, the lead's role
    with django_assert_num_queries(9):
        lead.get(f"/centrum/{net.there.centre.code}/skrzynie/")


def test_the_same_over_the_api(net):
    api = APIClient()
    api.force_authenticate(net.there.worker("LEAD"))
    here = f"/api/v1/centres/{net.there.centre.code}/crates/"
    [sscc] = api.post(here, {"count": 1}, format="json").json()["crates"]
    body = {"code": sscc, "partner": net.there.producer.slug}
    assert api.post(f"{here}give/", body, format="json").json()["holder"] == net.there.producer.slug
    assert api.get(here).json()["partners"] == [
        {"producer": net.there.producer.slug, "crates": 1, "deposit": "20"}
    ]
    again = api.post(f"{here}give/", body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_crate")
    back = api.post(f"{here}take-back/", {"code": sscc}, format="json").json()
    assert back == {"from": net.there.producer.slug}
    sent = api.post(f"/api/v1/trips/{net.trip.pk}/empties/", {"code": sscc}, format="json")
    assert (sent.status_code, sent.json()["sscc"]) == (201, sscc)
    assert api.get(here).json()["riding"] == 1
    assert api.post(f"{here}found/", {"code": sscc}, format="json").status_code == 409
    out = api.post(f"{here}withdraw/", {"code": sscc, "reason": "x"}, format="json")
    assert out.json()["code"] == "wrong_crate"
    worker = APIClient()
    worker.force_authenticate(net.there.worker())
    assert worker.post(here, {"count": 1}, format="json").status_code == 403
    assert worker.post(f"{here}withdraw/", {"code": sscc, "reason": "x"}, format="json").status_code == 403

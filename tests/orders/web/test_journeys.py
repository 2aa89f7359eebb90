"""A part that comes from another centre, as its buyer follows it."""

from datetime import timedelta

import pytest

from distribution.models import Fulfilment, Trip
from marketplace.kernel.clock import moment
from orders.operations.checkout import order_token
from orders.queries.progress import progress, sources
from orders.web.timeline import timeline
from tests.factories.network_market import network

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered():
    net = network()
    order = net.here.order([(net.there.add(stock=5), 2), (net.here.add(stock=5), 1)])
    return net, order


def travelling(order, state, now):
    Fulfilment.objects.exclude(route=None).update(state=state)
    order.refresh_from_db()
    events = timeline(order, progress(order.number), now)
    return [(event["state"], event["title"], event["at"]) for event in events if "Centrum" in event["title"]]


def test_page_says_where_goods_come_from_and_why(ordered, client):
    net, order = ordered
    answer = client.get(f"/zamowienia/{order.number}/", {"token": order_token(order.number)}, secure=True)
    page = answer.content.decode().replace("\u00a0", " ")
    assert page.count("przyjedzie z:") == 1
    assert f"przyjedzie z: {net.there.centre.name} (tylko tam jest ten towar)" in page
    found = sources(order.number, centre=net.here.centre.pk)
    assert {line: [one.is_here for one in rows] for line, rows in found.items()} == {1: [False], 2: [True]}


def test_part_on_its_way_stands_in_the_timeline(ordered):
    net, order = ordered
    net.here.close_and_release()
    there = net.there.centre.name
    today = net.trip.departs_at - timedelta(hours=2)
    assert travelling(order, "RELEASED", today) == [("now", f"Przygotowuje: {there}", "kurs dziś, 18.00")]
    yesterday = today - timedelta(days=1)
    assert travelling(order, "TO_LOAD", yesterday) == [
        ("now", f"Czeka na kurs w: {there}", "kurs jutro, 18.00")
    ]
    Trip.objects.update(state="DEPARTED", departed_at=net.trip.departs_at)
    assert travelling(order, "IN_TRANSIT", today) == [("now", f"Jedzie z: {there}", "będzie dziś, 23.00")]
    assert travelling(order, "ARRIVED", today) == [("done", f"Przyjechało z: {there}", "")]


def test_cancelled_trip_promises_no_hour(ordered):
    net, order = ordered
    net.here.close_and_release()
    Trip.objects.update(state="CANCELLED")
    assert travelling(order, "TO_LOAD", net.trip.departs_at)[0][2] == ""


def test_after_midnight_is_another_day(ordered):
    net, order = ordered
    net.here.close_and_release()
    early = moment(net.trip.departs_on, net.trip.departs_at.time().replace(hour=0, minute=30))
    Trip.objects.update(state="DEPARTED", departed_at=early)
    assert travelling(order, "IN_TRANSIT", early - timedelta(hours=1))[0][2] == "będzie jutro, 23.00"


def test_api_tells_the_same(ordered, client):
    net, order = ordered
    net.here.close_and_release()
    address = f"/api/v1/orders/{order.number}/?token={order_token(order.number)}"
    body = client.get(address, secure=True).json()
    assert body["journeys"] == [
        {"from": net.there.centre.name, "state": "released", "departs_at": net.trip.departs_at.isoformat(),
         "arrives_at": None},
    ]  # fmt: skip
    assert [row["reason"] for row in body["sources"]] == ["only", "local"]

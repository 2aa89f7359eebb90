"""The first race once more through the real web server, as buyers meet it."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from distribution.models import Supply
from orders.models import Order
from tests.audit import assert_audit_clean
from tests.races.crowd import deadlocks
from tests.site.day import Day
from tests.site.people import check_out
from tests.site.processes import Web, running

pytestmark = pytest.mark.race


def test_two_hundred_buyers_over_http_take_exactly_fifty_pieces(cloned_database, tmp_path):
    web = Web(cloned_database.env, log=tmp_path / "web.log")
    day = Day(orders=25, port=web.port).open()
    place, offer = day.places[0], day.places[0].offers[0]

    def basket(_n):
        phone = day.phone()
        _status, made = phone.call("POST", "baskets/", {"centre": place.code})
        phone.call("PUT", f"baskets/{made['id']}/lines/{offer}/", {"quantity": 1})
        phone.hang_up()  # the server closes lines that stay silent for some seconds
        return phone, made["id"]

    def order(n, phone, made):
        status, body = check_out(phone, made, place, random.Random(n))
        phone.hang_up()
        return status, body.get("code")

    with running(web):
        with ThreadPoolExecutor(16) as pool:
            baskets = list(pool.map(basket, range(200)))
        with ThreadPoolExecutor(200) as pool:
            outcomes = list(pool.map(lambda row: order(row[0], *row[1]), enumerate(baskets)))

    assert outcomes.count((201, None)) == 50
    assert outcomes.count((409, "not_enough_supply")) == 150
    assert day.answers.server_errors == {}
    assert (day.answers.counts["lost"], day.answers.counts["busy"]) == (0, 0)
    assert Order.objects.count() == 50
    assert Supply.objects.get(item__offers=offer).held == 50
    assert deadlocks() == 0
    assert_audit_clean()

"""Sources, shortages, quotas and late lines in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.models import Balance
from distribution.operations import corrections, quotas, supply
from distribution.operations.quotas import Kept
from orders.operations.checkout import order_token
from producers.models import ProducerPerson
from tests.factories import UserFactory
from tests.factories.live import live_market
from tests.factories.market import PACKING
from tests.factories.network_market import network
from tests.journeys.rules import WIDTHS
from tests.journeys.test_hall import sign_in
from tests.orders.operations.test_giving_up import moved
from tests.workers import do_jobs

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(cloned_database):
    """Goods here and there, one order that travels, and two of which one is short."""
    net = network()
    net.lead = net.here.worker("LEAD")
    jam, cheese = net.there.add(stock=6), net.here.add(stock=5)
    net.order = net.here.order([(jam, 2)])
    for _ in range(2):
        net.here.order([(cheese, 2)], substitutes="REFUND")
    net.here.close_and_release()
    broken = Balance.objects.get(item=cheese.stock_item, location__code="A-01")
    corrections.write_off(balance=broken.pk, units=2, reason="pęknięte", by=net.lead, at=PACKING)
    do_jobs()
    return net


def test_lead_searches_again_and_changes_the_rule(watched, page, site, hall):
    sign_in(page, site, hall.lead)
    at = f"{site}/centrum/{hall.here.centre.code}"
    page.goto(f"{at}/braki/")
    page.click("summary")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        watched.rules.obeyed(least=72)
    page.click("text=Szukaj jeszcze raz")
    page.wait_for_load_state()
    assert "Nic nowego nie ma" in page.inner_text("body")
    page.click("#to-rule")
    page.check("input[value=PRO_RATA]")
    page.fill("input[name=reason]", "sprawiedliwiej")
    watched.rules.obeyed(least=72)
    page.click("text=Zapisz regułę")
    page.wait_for_load_state()
    assert "po równo" in page.inner_text("main")


@pytest.mark.parametrize("address", ["zrodla/", "zrodla/{order}/1/", "pule/"])
def test_pages_of_sources_obey(watched, page, site, hall, address):
    sign_in(page, site, hall.lead)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site}/centrum/{hall.here.centre.code}/{address.format(order=hall.order.number)}")
        watched.rules.obeyed(least=72)


def test_producer_divides_a_day(watched, page, site, cloned_database):
    m = live_market()
    owner = UserFactory()
    ProducerPerson.objects.create(producer=m.producer, user=owner, role="OWNER")
    item, day, now = m.add().stock_item, m.round.packs_on, timezone.now()
    supply.promise(item=item, centre=m.centre, available_on=day, pieces=10, by=None, at=now)
    quotas.keep(
        centre=m.centre, available_on=day, kept=[Kept(item, "STANDING", 2)],
        flows_back_at=now + timedelta(hours=2), by=None, at=now,
    )  # fmt: skip
    sign_in(page, site, owner)
    page.goto(f"{site}/producent/{m.producer.slug}/zapowiedzi/{m.centre.code}/{day.isoformat()}/pule/")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        watched.rules.obeyed(least=44)
    page.fill("input[name$=WHOLESALE]", "5")
    page.click("text=Zapisz pule")
    page.wait_for_load_state()
    assert "Pule zapisane" in page.inner_text("body")


def test_buyer_gives_up_what_is_late(watched, page, site, cloned_database):
    net = moved()
    page.goto(f"{site}/zamowienia/{net.order.number}/?token={order_token(net.order.number)}")
    page.click("text=Wybierz, z czego rezygnujesz")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        watched.rules.obeyed(least=44)
    page.check("input[type=checkbox]")
    page.click("text=Rezygnuję z zaznaczonych")
    page.wait_for_load_state()
    assert "Spóźnione pozycje są zdjęte" in page.inner_text("body")

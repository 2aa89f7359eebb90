"""The shortage desk: what is short, what can still be done, who got how much and why; and the centre's rule."""

import pytest

from distribution.models import Balance, Centre, FulfilmentLine, RuleChange, Shortage
from distribution.operations import centre_rules, corrections
from distribution.operations.centre_rules import UnknownRule
from distribution.operations.corrections import ReasonMissing
from marketplace.kernel.models import Job
from orders.operations import rescues
from orders.queries import shortages
from orders.queries.totals import due_grosze, total
from tests.audit import assert_audit_clean
from tests.distribution.operations.test_resourcing import promised
from tests.factories.market import NOW, PACKING, market
from tests.factories.network_market import network
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def lose(m, units, by):
    """Goods on the shelf are broken."""
    balance = Balance.objects.filter(centre=m.centre, location__code="A-01", units__gt=0).first()
    corrections.write_off(balance=balance.pk, units=units, reason="pęknięte", by=by, at=PACKING)
    do_jobs()


@pytest.fixture
def short():
    """Two orders of three; two pieces broke after the release, nothing could stand in."""
    m = market()
    m.jam = m.add(stock=6, price="10.00")
    m.first = m.order([(m.jam, 3)], substitutes="REFUND")
    m.second = m.order([(m.jam, 3)], substitutes="REFUND")
    m.close_and_release()
    m.lead = m.worker("LEAD")
    lose(m, 2, m.lead)
    return m


def desk(m, at=PACKING):
    return shortages.desk(m.centre, at=at)


def test_desk_says_what_is_short_what_it_cost_and_who_got_how_much(short):
    (row,) = desk(short).rows
    assert (row.line.order, row.missing, row.short, str(row.refunded)) == (short.second, 2, 2, "20.00")
    assert [(s.reference, s.got, s.ordered) for s in row.shares] == [
        (short.first.number, 3, 3), (short.second.number, 1, 3),
    ]  # fmt: skip
    assert (row.can, row.is_open) == ("zwrot pieniędzy", True)


def test_goods_that_turn_up_come_back_onto_the_order_and_its_total(short):
    short.receive(short.jam.stock_item, 5, code="L2", at=PACKING)
    assert desk(short).open[0].here == 5
    found = rescues.search_again(centre=short.centre, by=short.lead, at=PACKING)
    assert [(one.reference, one.pieces) for one in found] == [(short.second.number, 2)]
    assert (total(short.second), due_grosze(short.second)) == (30, 3000)
    assert FulfilmentLine.objects.filter(short__gt=0).count() == 0
    assert Job.objects.filter(payload__message="restored").count() == 1
    assert not desk(short).open
    assert rescues.search_again(centre=short.centre, by=short.lead, at=PACKING) == []
    assert_audit_clean()


def test_other_centre_helps_while_its_lorry_takes_goods():
    net = network()
    jam = net.here.add(stock=3)
    order = net.here.order([(jam, 3)], substitutes="REFUND")
    net.here.close_and_release()
    lead = net.here.worker("LEAD")
    lose(net.here, 2, lead)
    net.there.producer = net.here.producer
    net.there.receive(jam.stock_item, 5, code="L9", at=PACKING)
    (row,) = shortages.desk(net.here.centre, at=PACKING).open
    assert row.elsewhere == [(net.there.centre.name, 5)]
    assert shortages.desk(net.here.centre, at=net.trip.cutoff_at).open[0].elsewhere == []
    assert rescues.search_again(centre=net.here.centre, by=lead, at=net.trip.cutoff_at) == []
    found = rescues.search_again(centre=net.here.centre, by=lead, at=PACKING)
    assert [one.pieces for one in found] == [2]
    assert order.lines.get().short == 0
    assert_audit_clean()


def test_page_has_one_action_and_asks_as_often_for_many_lines(short, client, django_assert_num_queries):
    client.force_login(short.lead)
    address = f"/centrum/{short.centre.code}/braki/"
    page = client.get(address, secure=True).content.decode()
    assert page.count("Szukaj jeszcze raz") == 1
    assert "Kto ile dostał i dlaczego" in page
    with django_assert_num_queries(5):
        desk(short)
    for _ in range(4):
        Shortage.objects.create(
            reference=short.first.number, line=1, pieces=1, reason="MISSING", at=PACKING,
            fulfilment_line=FulfilmentLine.objects.first(),
        )  # fmt: skip
    with django_assert_num_queries(5):
        assert len(desk(short).rows) == 2
    done = client.post(address + "szukaj/", secure=True, follow=True).content.decode()
    assert "Nic nowego nie ma" in done


def test_lead_changes_the_rule_with_a_reason_and_a_worker_does_not(short, client):
    address = f"/centrum/{short.centre.code}/braki/regula/"
    client.force_login(short.worker())
    assert client.get(address, secure=True).status_code == 403
    client.force_login(short.lead)
    assert "Błąd:" in client.post(address, {"rule": "PRO_RATA"}, secure=True).content.decode()
    client.post(address, {"rule": "PRO_RATA", "reason": "sprawiedliwiej"}, secure=True)
    short.centre.refresh_from_db()
    change = RuleChange.objects.get()
    assert (short.centre.shortage_rule, change.old, change.new, change.by) == (
        "PRO_RATA", "OLDEST", "PRO_RATA", short.lead,
    )  # fmt: skip
    assert "sprawiedliwiej" in client.get(address, secure=True).content.decode()


def test_rule_needs_a_name_and_a_reason(short):
    with pytest.raises(UnknownRule):
        centre_rules.set_shortage_rule(centre=short.centre.pk, rule="LOUDEST", reason="x", by=None, at=NOW)
    with pytest.raises(ReasonMissing):
        centre_rules.set_shortage_rule(centre=short.centre.pk, rule="PRO_RATA", reason=" ", by=None, at=NOW)
    assert Centre.objects.get(pk=short.centre.pk).shortage_rule == "OLDEST"


def test_api_says_and_does_the_same(short, client):
    client.force_login(short.lead)
    at = f"/api/v1/centres/{short.centre.code}"
    found = client.get(f"{at}/shortages/", secure=True).json()
    assert [(row["order"], row["short"], len(row["shares"])) for row in found["results"]] == [
        (short.second.number, 2, 2)
    ]
    assert client.post(f"{at}/shortages/search/", secure=True).json() == {"results": []}
    body = {"rule": "PRO_RATA", "reason": "test"}
    answer = client.put(f"{at}/shortage-rule/", body, content_type="application/json", secure=True)
    assert answer.json() == {"rule": "PRO_RATA"}
    client.force_login(short.worker())
    assert (
        client.put(f"{at}/shortage-rule/", body, content_type="application/json", secure=True).status_code
        == 403
    )


def test_receipt_smaller_than_promised_is_shared_out_by_the_rule_by_itself():
    """Two orders wait for four each, five come: the older is served first; the desk shows it before anybody asks."""
    m = market()
    cheese = promised(m, 8)
    orders = [m.order([(cheese, 4)], substitutes="REFUND") for _ in range(2)]
    m.close_and_release()
    arrival = m.centre.arrivals.get()
    m.receive(cheese.stock_item, 5, at=PACKING, arrival=arrival.pk, last=True)
    do_jobs()
    assert [order.lines.get().short for order in orders] == [0, 3]
    assert desk(m).rows[0].why == "producent nie dowiózł"
    assert_audit_clean()


def test_receipt_smaller_than_promised_at_another_centre_shortens_what_travels():
    net = network()
    cheese = promised(net.there, 6)
    order = net.here.order([(cheese, 6)], substitutes="REFUND")
    net.here.close_and_release()
    arrival = net.there.centre.arrivals.get()
    net.there.receive(cheese.stock_item, 4, at=PACKING, arrival=arrival.pk, last=True)
    do_jobs()
    line = FulfilmentLine.objects.get()
    assert (line.fulfilment.centre, line.short, line.awaited) == (net.there.centre, 2, 0)
    assert line.allocations.get().units == 4
    assert order.lines.get().short == 2
    for centre in (net.here.centre, net.there.centre):
        assert len(shortages.desk(centre, at=PACKING).rows) == 1
    assert_audit_clean()

"""A buyer told of a later day gives up only what is late, and keeps the rest."""

import pytest

from distribution.models import Balance, Fulfilment, Hold, Supply, Task
from distribution.operations import handouts
from distribution.operations.givings_up import PackedTogether, TooLateToGiveUp
from marketplace.kernel.models import Job
from orders.models import Postponement
from orders.operations import audit, collection, giving_up
from orders.operations.checkout import order_token
from orders.operations.giving_up import GivesUpAll, NotLate
from orders.queries.totals import due_grosze, total
from tests.audit import assert_audit_clean
from tests.factories.market import HANDING_OUT, NOW, PACKING
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.orders.operations.test_replanning import cancel, in_work, later_round, outcome
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def moved(*, lines=1):
    """An order of one local line and `lines` from elsewhere, whose trip was called off: it waits for Tuesday."""
    net = network()
    far = [net.there.add(stock=5, price="10.00") for _ in range(lines)]
    local = net.here.add(stock=5, price="20.00")
    net.order = net.here.order([*((one, 2) for one in far), (local, 1)])
    net.later = later_round(net)
    cancel(net.trip)
    do_jobs()
    assert outcome(net.order.number).round == net.later
    return net


def give_up(net, lines, at=NOW):
    return giving_up.give_up(number=net.order.number, lines=lines, by=None, at=at)


def test_order_without_its_late_line_comes_on_the_first_day():
    net = moved()
    assert Postponement.objects.get().lines == [1]
    order = give_up(net, [1])
    assert (order.round, order.slot.round) == (net.here.round, net.here.round)
    assert (total(order), due_grosze(order)) == (20, 2000)
    assert Hold.objects.get(state="ACTIVE").line == 2
    assert Supply.objects.get(centre=net.there.centre).held == 0
    assert Job.objects.filter(payload__message="given_up").count() == 1
    assert giving_up.open_for(order) is None
    assert_audit_clean()


def test_order_that_still_waits_for_a_late_line_stays_on_the_later_day():
    net = moved(lines=2)
    order = give_up(net, [2])
    assert order.round == net.later
    assert total(order) == 40
    assert {hold.line for hold in Hold.objects.filter(state="ACTIVE")} == {1, 3}
    assert_audit_clean()


def test_what_is_not_late_or_is_everything_is_refused_and_once_is_enough():
    net = moved(lines=2)
    for wrong in ([], [3], [1, 3]):
        with pytest.raises(NotLate):
            give_up(net, wrong)
    give_up(net, [1])
    with pytest.raises(NotLate):
        give_up(net, [2])
    alone = network()
    jam = alone.there.add(stock=5)
    alone.order = alone.here.order([(jam, 2)])
    later_round(alone)
    cancel(alone.trip)
    do_jobs()
    with pytest.raises(GivesUpAll):
        give_up(alone, [1])
    assert_audit_clean()


def late_in_work():
    net = network()
    net.order = in_work(net)
    cancel(net.trip, at=PACKING)
    do_jobs()
    return net


def test_packed_part_stays_where_it_stands_and_the_rest_is_ready_on_its_day():
    net = late_in_work()
    order = give_up(net, [1], at=PACKING)
    assert order.round == net.here.round
    part = Fulfilment.objects.get(centre=net.there.centre)
    assert (part.state, part.destination, part.route) == ("GIVEN_UP", net.there.centre, None)
    do_jobs()
    assert outcome(order.number).state == "READY"
    assert_audit_clean()
    collection.hand_out(
        number=order.number, centre=net.here.centre.pk, by=net.here.worker(), at=HANDING_OUT,
        paid_grosze=due_grosze(order),
    )  # fmt: skip
    assert outcome(order.number).state == "COLLECTED"
    handouts.clear_uncollected(fulfilment=part.pk, to="SLOT", by=net.there.worker(), at=HANDING_OUT)
    onsale = Balance.objects.filter(location__centre=net.there.centre, sellable=True)
    assert {(row.location.kind, row.units) for row in onsale if row.units} == {("SLOT", 3), ("DOCK", 2)}
    assert Task.objects.unfinished().filter(centre=net.there.centre, kind="PUT_BACK").count() == 1
    assert_audit_clean()


def test_part_nobody_has_begun_goes_back_to_the_shelf():
    net = network()
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    net.order = net.here.order([(jam, 2), (local, 1)])
    later_round(net)
    net.here.close_and_release()
    cancel(net.trip, at=PACKING)
    do_jobs()
    order = give_up(net, [1], at=PACKING)
    assert order.round == net.here.round
    assert Fulfilment.objects.get(centre=net.there.centre).state == "EMPTY"
    assert Supply.objects.get(centre=net.there.centre).held == 0
    assert_audit_clean()
    pick_everything(net.here, net.here.worker())
    pack_everything(net.here, net.here.worker())
    do_jobs()
    assert outcome(order.number).state == "READY"
    assert_audit_clean()


def test_lines_in_one_crate_go_together_and_a_crate_being_packed_stays():
    net = network()
    far = [net.there.add(stock=5) for _ in range(2)]
    local = net.here.add(stock=5)
    net.order = net.here.order([*((one, 2) for one in far), (local, 1)])
    later_round(net)
    net.here.close_and_release()
    by = net.there.worker()
    pick_everything(net.there, by)
    cancel(net.trip, at=PACKING)
    do_jobs()
    with pytest.raises(TooLateToGiveUp):
        give_up(net, [1, 2], at=PACKING)
    pack_everything(net.there, by)
    with pytest.raises(PackedTogether):
        give_up(net, [1], at=PACKING)
    assert outcome(net.order.number).round != net.here.round
    give_up(net, [1, 2], at=PACKING)
    assert_audit_clean()


def test_buyer_does_it_on_a_page_and_over_the_api(client):
    net = moved()
    key = f"?token={order_token(net.order.number)}"
    at = f"/zamowienia/{net.order.number}/"
    assert "Późniejszy odbiór" in client.get(at + key, secure=True).content.decode()
    form = client.get(f"{at}spoznione/{key}", secure=True).content.decode()
    assert form.count('type="checkbox"') == 1
    body = {"token": order_token(net.order.number)}
    assert "Błąd:" in client.post(f"{at}spoznione/", body, secure=True).content.decode()
    api = f"/api/v1/orders/{net.order.number}/give-up/{key}"
    refused = client.post(api, {"lines": [2]}, content_type="application/json", secure=True)
    assert refused.json()["code"] == "not_late"
    done = client.post(f"{at}spoznione/", body | {"lines": ["1"]}, secure=True, follow=True).content.decode()
    assert "Spóźnione pozycje są zdjęte" in done
    assert "Późniejszy odbiór" not in done
    assert_audit_clean()


def test_invariant_of_given_up_lines_can_fail():
    net = moved()
    give_up(net, [1])
    net.order.lines.filter(position=1).update(short=1)
    assert {name for name, n in audit.run().breaches.items() if n} == {
        "given_up_lines_are_not_paid", "open_order_holds_what_it_ordered",
    }  # fmt: skip

"""What buyers and the hand-out desk do on pages, over the API."""

import pytest
from django.utils import timezone

from distribution.models import Fulfilment, Task
from marketplace.kernel.tokens import secret_token
from orders.operations.checkout import order_token
from tests.factories import UserFactory
from tests.factories.market import market
from tests.factories.shopping import live_market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def call(client, method, path, body=None):
    answer = getattr(client, method)(f"/api/v1/{path}", body, "application/json", secure=True)
    return answer.status_code, answer.json() if answer.content else None


def test_own_orders_are_listed_and_nobody_elses(client):
    m, person = live_market(), UserFactory()
    offer = m.add(stock=9)
    mine = m.order([(offer, 2)], at=timezone.now(), by=person)
    m.order([(offer, 1)], at=timezone.now(), by=UserFactory())
    client.force_login(person)
    _status, page = call(client, "get", "orders/")
    assert [(row["number"], row["total"], row["status"]) for row in page["results"]] == [
        (mine.number, "25.00", "placed")
    ]


def test_larger_guest_order_is_confirmed_with_the_letters_key_alone(client, settings):
    settings.GUEST_CONFIRMATION_ABOVE = 10
    m = live_market()
    order = m.order([(m.add(stock=9), 2)], at=timezone.now())
    path = f"orders/{order.number}/confirm/?token={order_token(order.number)}"
    assert call(client, "post", path, {"key": "zly"})[0] == 404
    status, body = call(client, "post", path, {"key": secret_token("confirm", order.number)})
    assert (status, body["status"]) == (200, "placed")


@pytest.fixture
def packed():
    m = market()
    m.order([(m.add(stock=9), 2)])
    m.close_and_release()
    return m


def test_task_is_given_back(packed, client):
    client.force_login(packed.worker())
    task = Task.objects.get(kind="PICK")
    assert call(client, "post", f"tasks/{task.pk}/give-back/")[1]["code"] == "not_your_task"
    call(client, "post", f"tasks/{task.pk}/claim/")
    status, body = call(client, "post", f"tasks/{task.pk}/give-back/")
    assert (status, body["state"], body["taken_by"]) == (200, "open", None)


def test_desk_sees_who_waits_and_clears_what_nobody_took(packed, client):
    by = packed.worker()
    pick_everything(packed, by)
    pack_everything(packed, by)
    do_jobs()
    client.force_login(by)
    root = f"centres/{packed.centre.code}"
    _status, page = call(client, "get", f"{root}/orders/")
    assert [(row["name"], row["from"]) for row in page["results"]] == [("Jan Kowalski", "14:00")]
    assert call(client, "get", f"{root}/uncollected/")[1]["results"] == []
    Fulfilment.objects.update(state="UNCOLLECTED")
    (part,) = call(client, "get", f"{root}/uncollected/")[1]["results"]
    assert [line["units"] for line in part["lines"]] == [2]
    assert call(client, "post", f"{root}/uncollected/{part['id']}/clear/", {"to": "MOON"})[0] == 422
    assert call(client, "post", f"{root}/uncollected/{part['id']}/clear/", {"to": "DONATION"})[0] == 204
    kinds = [row["number"][:2] for row in call(client, "get", f"{root}/documents/")[1]["results"]]
    assert kinds == ["RW", "PZ"]


def test_desk_of_another_centre_does_not_exist(packed, client):
    client.force_login(market().worker())
    for path in ("orders/", "uncollected/", "documents/"):
        assert call(client, "get", f"centres/{packed.centre.code}/{path}")[0] == 404

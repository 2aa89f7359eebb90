"""The board, the rows behind its tiles, the queue in waves, dead jobs."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from distribution.models import Fulfilment, Task, Trip, Wave
from distribution.operations import tasks
from distribution.queries import blocks, board, tiles, waves
from marketplace.kernel.clock import moment
from marketplace.kernel.models import Job, JobRetry
from tests.factories import CentreFactory, StaffFactory
from tests.factories.distribution import RoundFactory
from tests.factories.live import live_market
from tests.factories.market import AFTER_CLOSE, PACKING, Market
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def net():
    """Two centres: one order of jam from there, one of jam from there and honey from here."""
    made = network()
    jam, honey = made.there.add(stock=20), made.here.add(stock=5)
    made.here.order([(jam, 2)])
    made.here.order([(jam, 1), (honey, 1)])
    made.here.close_and_release()
    return made


def held_up(centre):
    return [
        (one.trip or one.round, [(block.what, block.count) for block in one.blocks])
        for one in blocks.deadlines(centre)
    ]


def page(client, user, address, **more):
    client.force_login(user)
    answer = client.get(address, secure=True, **more)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


# --- what blocks the next departure ---


def test_blocks_follow_the_goods_from_shelf_to_stage(net):
    there, here, trip = net.there.centre, net.here.centre, net.trip
    assert held_up(there) == [(trip, [("pick", 2)])]
    assert held_up(here) == [(net.here.round, [("coming", 2), ("pick", 1)])]
    by = net.there.worker()
    pick_everything(net.there, by)
    assert held_up(there) == [(trip, [("pack", 2)])]
    pack_everything(net.there, by)
    do_jobs()
    assert held_up(there) == [(trip, [("load", 2)])]
    Fulfilment.objects.filter(centre=there).update(state="ARRIVED")
    Trip.objects.update(state="CLOSED", departed_at=PACKING, arrived_at=PACKING)
    assert held_up(there) == []
    assert held_up(here) == [(net.here.round, [("pick", 1), ("stage", 2)])]


def test_age_is_of_the_oldest(net):
    assert [block.since for one in blocks.deadlines(net.there.centre) for block in one.blocks] == [
        AFTER_CLOSE
    ]
    coming = blocks.deadlines(net.here.centre)[0].blocks[0]
    assert coming.since == net.trip.arrives_at


def test_awaited_goods_block_as_goods():
    m = live_market()
    assert blocks.deadlines(m.centre) == []
    found = board.board(centre=m.centre, user=None, at=timezone.now())
    assert (found.deadline, found.next_round) == (None, m.round)


def test_part_that_changes_lorries_blocks_the_onward_trip_of_the_hub():
    made = network(hub=True)
    made.here.order([(made.there.add(stock=5), 1)])
    made.here.close_and_release()
    onward = Trip.objects.get(to_centre=made.here.centre)
    assert held_up(onward.from_centre) == [(onward, [("coming", 1)])]
    assert [part.rides_in for part in blocks.coming(onward.from_centre)] == [made.trip.pk]


# --- the page ---


def test_board_says_first_what_blocks_and_links_to_its_rows(net, client):
    lead = net.there.worker("LEAD")
    text = page(client, lead, f"/centrum/{net.there.centre.code}/")
    assert text.index("Blokuje kurs") < text.index("Dostawy dziś")
    link = f"/centrum/{net.there.centre.code}/zadania/?kurs={net.trip.pk}&amp;praca=PICK"
    assert link in text
    rows = page(client, lead, link.replace("&amp;", "&"))
    assert rows.count("Otwórz") == 2
    assert "zebrane 0 z 2, spakowane 0" in rows
    other = page(client, net.here.worker(), f"/centrum/{net.here.centre.code}/tablica/w-drodze/")
    assert other.count(net.there.centre.name) == 2


def test_open_page_asks_for_its_live_part_alone(net, client):
    text = page(client, net.there.worker(), f"/centrum/{net.there.centre.code}/", HTTP_HX_REQUEST="true")
    assert "<html" not in text
    assert "Blokuje kurs" in text


@pytest.mark.parametrize("tile", ["terminy", "ludzie", "w-drodze", "ambient", "chilled", "frozen"])
def test_every_tile_opens_its_rows(net, client, tile):
    assert "<h1>" in page(client, net.there.worker(), f"/centrum/{net.there.centre.code}/tablica/{tile}/")


def test_unknown_tile_does_not_exist(net, client):
    client.force_login(net.there.worker())
    assert client.get(f"/centrum/{net.there.centre.code}/tablica/nic/", secure=True).status_code == 404


def test_people_and_value_are_the_rows_themselves(client):
    m, now = live_market(), timezone.now()
    jam = m.add(stock=10, until=timezone.localdate() + timedelta(days=1), price="12.50")
    m.add(stock=3, until=timezone.localdate() + timedelta(days=6), price="10.00")
    m.add(stock=3, until=timezone.localdate() + timedelta(days=30), price="10.00")
    found = board.board(centre=m.centre, user=None, at=now)
    assert (found.soon.rows, str(found.soon.value)) == (1, "125.00")
    assert (found.week.rows, str(found.week.value)) == (2, "155.00")
    assert [(room.slots, room.used) for room in found.rooms] == [(3, 1), (3, 0), (3, 0)]
    text = page(client, m.worker(), f"/centrum/{m.centre.code}/tablica/terminy/")
    assert jam.stock_item.product.name in text
    assert "125,00 zł" in text


def test_task_in_hands_shows_who_and_since_when(net, client):
    by = net.there.worker()
    task = Task.objects.filter(centre=net.there.centre).first()
    tasks.claim(task=task.pk, by=by, at=timezone.now())
    text = page(client, by, f"/centrum/{net.there.centre.code}/tablica/ludzie/")
    assert by.label in text
    assert task.about in text
    assert "Wróć do pracy" in page(client, by, f"/centrum/{net.there.centre.code}/")


@pytest.mark.parametrize("rows", [1, 12])
def test_board_takes_the_same_statements_however_much_there_is(client, rows, django_assert_num_queries):
    made = network()
    jam = made.there.add(stock=50)
    for _n in range(rows):
        made.here.order([(jam, 1)])
    made.here.close_and_release()
    user, now = made.there.worker(), timezone.now()
    with django_assert_num_queries(9):
        board.board(centre=made.there.centre, user=user, at=now)
    client.force_login(user)
    address = f"/centrum/{made.there.centre.code}/"
    client.get(address, secure=True)
    with django_assert_num_queries(13):  # session, person, centre, leads
        client.get(address, secure=True)


@pytest.mark.parametrize("rows", [1, 12])
def test_queue_takes_the_same_statements_however_long_it_is(client, rows, django_assert_num_queries):
    made = network()
    jam = made.there.add(stock=50)
    for _n in range(rows):
        made.here.order([(jam, 1)])
    made.here.close_and_release()
    client.force_login(made.there.worker())
    address = f"/centrum/{made.there.centre.code}/zadania/"
    client.get(address, secure=True)
    with django_assert_num_queries(7):  # session, person, centre; tasks, their trips, progress, what waits
        client.get(address, secure=True)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_a_trip_takes_the_same_statements_however_much_it_carries(
    client, rows, django_assert_num_queries
):
    made = network()
    jam = made.there.add(stock=50)
    for _n in range(rows):
        made.here.order([(jam, 1)])
    made.here.close_and_release()
    client.force_login(made.there.worker("LEAD"))
    address = f"/centrum/{made.there.centre.code}/kursy/{made.trip.pk}/"
    client.get(address, secure=True)
    with django_assert_num_queries(13):
        client.get(address, secure=True)
    by = made.there.worker()
    pick_everything(made.there, by)
    pack_everything(made.there, by)
    do_jobs()
    with django_assert_num_queries(13):
        text = client.get(address, secure=True).content.decode()
    assert text.count('<th scope="row">') == rows


@pytest.mark.parametrize("rows", [1, 12])
def test_page_of_a_task_takes_the_same_statements_however_long_the_task(
    client, rows, django_assert_num_queries
):
    made = network()
    goods = [made.there.add(stock=50) for _n in range(rows)]
    made.here.order([(one, 1) for one in goods])
    made.here.close_and_release()
    by = made.there.worker()
    task = Task.objects.get(kind="PICK")
    tasks.claim(task=task.pk, by=by, at=timezone.now())
    client.force_login(by)
    address = f"/centrum/{made.there.centre.code}/zadania/{task.pk}/"
    client.get(address, secure=True)
    with django_assert_num_queries(8):
        client.get(address, secure=True)


# --- the queue in waves ---


def test_queue_is_by_departure_then_temperature_cold_last():
    made = network()
    frozen, cheese, jam = (made.there.add(stock=5, temperature=t) for t in ("FROZEN", "CHILLED", "AMBIENT"))
    local = made.there.add(stock=5)
    made.here.order([(frozen, 1), (cheese, 1), (jam, 1), (local, 1)])
    made.here.close_and_release()
    found, more = waves.departures(made.there.centre, narrowed=waves.Filter())
    assert not more
    assert [(one.trip, [chamber.temperature for chamber in one.chambers]) for one in found] == [
        (made.trip, ["AMBIENT", "CHILLED", "FROZEN"])
    ]
    assert waves.departures(made.there.centre, narrowed=waves.Filter(trip=made.trip.pk + 1))[0] == []
    by = made.there.worker()
    pick_everything(made.there, by)
    pack_everything(made.there, by)
    do_jobs()
    found, _more = waves.departures(made.there.centre, narrowed=waves.Filter())
    assert [(one.trip, [task.kind for task in one.chambers[0].tasks]) for one in found] == [
        (made.trip, ["LOAD"])
    ]


def test_waves_of_many_rounds_that_leave_by_one_trip_are_one_row(net):
    other = Market(net.here.centre, RoundFactory(centre=net.here.centre, hands_over_on=date(2026, 11, 28),
                   ends_at=moment(date(2026, 11, 28), time(18))), net.there.producer)  # fmt: skip
    other.order([(net.there.add(stock=3), 1)])
    other.close_and_release()
    assert Wave.objects.filter(centre=net.there.centre, trip=net.trip).count() == 2
    rows = tiles.waves(net.there.centre)
    assert [(row.trip, row.round, row.temperature, row.progress.parts) for row in rows] == [
        (net.trip.pk, None, "AMBIENT", 3)
    ]
    local = tiles.waves(net.here.centre)
    assert [(row.trip, row.round, row.progress.parts) for row in local] == [(None, net.here.round.pk, 1)]


# --- dead jobs ---


def dead_job(centre):
    return Job.objects.create(
        kind="distribution.x", key=f"x:{centre.pk}", centre=centre.code, queue=centre.queue, attempts=8,
        error="ValueError('poison')", dead_at=timezone.now(),
    )  # fmt: skip


def test_lead_sees_a_dead_job_and_brings_it_back_by_name(client):
    centre = CentreFactory()
    lead, job = StaffFactory(centre=centre, role="LEAD").user, dead_job(centre)
    assert "Zadania systemu" in page(client, lead, f"/centrum/{centre.code}/")
    text = page(client, lead, f"/centrum/{centre.code}/zadania-systemu/")
    assert "distribution.x" in text
    assert "8 prób" in text
    assert "poison" in text
    address = f"/centrum/{centre.code}/zadania-systemu/{job.pk}/"
    assert client.post(address, secure=True).status_code == 302
    job.refresh_from_db()
    assert (job.dead_at, job.attempts) == (None, 0)
    retry = JobRetry.objects.get()
    assert (retry.by, retry.attempts, retry.error) == (lead, 8, "ValueError('poison')")
    assert client.post(address, secure=True).status_code == 404


def test_worker_is_told_that_dead_jobs_are_the_leads(client):
    centre = CentreFactory()
    job = dead_job(centre)
    client.force_login(StaffFactory(centre=centre).user)
    assert client.get(f"/centrum/{centre.code}/zadania-systemu/", secure=True).status_code == 403
    client.force_login(StaffFactory(role="LEAD").user)
    assert client.post(f"/centrum/{centre.code}/zadania-systemu/{job.pk}/", secure=True).status_code == 404

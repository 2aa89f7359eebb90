"""Faults 10 to 13 and 17: what hands, handhelds and crowds do in a hall, and clocks that are wrong."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.utils import timezone

from distribution.models import Allocation, FulfilmentEvent, Movement, RoundEvent, Supply, TaskEvent
from orders.models import OrderEvent
from producers.models import Offer
from tests.faults.hands import DoubleTapper, WrongClock
from tests.faults.scene import Fault, NeverCame
from tests.races.crowd import deadlocks
from tests.site.people import Picker

DUELS = 8
SKEW = 600
OTHERS_HAND = {"task_over", "task_taken", "not_your_task"}
SECOND_HAND = {"task_over", "wrong_scan", "unknown_code", "wrong_goods", "wrong_location"}


def at_once(*calls):
    """What each of the calls answered, all of them made in the same moment."""
    barrier = Barrier(len(calls))

    def one(call):
        barrier.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def duel_for_the_last_piece(scene):
    """Two pickers claim one task at once, and one gets it. Its last piece is then scanned by two handhelds of the one
    who has it and by the other picker at once, and one scan counts."""
    fought = sum(duel(scene, n) for n in range(min(DUELS, scene.day.orders // 4)))
    scene.done.append(f"{fought} duels")
    if not fought:
        raise NeverCame


def duel(scene, n):
    if n == 0:
        scene.wait_while_they_pick(most=0.2)
    place = scene.day.places[n % len(scene.day.places)]
    rivals = [scene.day.hire_one(f"duel {n}{side}", place) for side in "ab"]
    free = [t for t in rivals[0].tasks("pick") if t["state"] == "open"]
    if not free:
        return False
    task = scene.chance.choice(free)
    claims = at_once(*(lambda r=r: r.claim(task) for r in rivals))
    won = [r for r, (status, _answer) in zip(rivals, claims, strict=True) if status == 200]
    refused = [answer for status, answer in claims if status != 200]
    assert len(won) <= 1, claims
    assert {answer["code"] for answer in refused} <= {"task_taken", "task_over"}, refused
    if not won:
        return False  # somebody else was faster than both
    assert [answer["who"] for answer in refused] == [won[0].name]
    fight(scene, won[0], next(r for r in rivals if r is not won[0]), task)
    return True


def fight(scene, winner, other, task):
    last = winner.finish(task, until=lambda step: step["expects"] == "goods" and step["left"] == 1)
    assert last is not None
    assert last["expects"] == "goods"
    if last["units"] > 1:
        winner.post(task, code=last["code"], units=last["units"] - 1)
    phone = scene.day.phone(winner.phone.token)
    twin = Picker(phone, winner.place, name=winner.name, over=winner.over, seed=f"twin {task['id']}")
    scan = {"code": last["code"], "units": 1, "again": True}
    first, second, third = at_once(
        lambda: winner.post(task, **scan), lambda: twin.post(task, **scan), lambda: other.post(task, **scan)
    )
    assert min(first[0], second[0]) == 200, (first, second)
    loser = max(first, second, key=lambda answer: answer[0])
    assert loser[0] != 200, f"the last piece was picked twice: {first}, {second}"
    assert loser[1]["code"] in SECOND_HAND, loser
    assert third[0] == 409, third
    assert third[1]["code"] in OTHERS_HAND, third


def tapped(scene):
    counts = {what: n for what, n in scene.day.answers.counts.items() if isinstance(what, str)}
    scene.done.append(", ".join(f"{n} x {what}" for what, n in sorted(counts.items()) if "key" in what))
    assert counts.get("same key twice")
    assert any(what.startswith("other key") for what in counts)


def offline_and_back(scene):
    """A handheld knows its tasks, loses its line, and sends all it scanned at once: shuffled, some of it twice. Each
    scan is done or refused with its reason; a scan that was done gives the same answer again."""
    scene.wait_while_they_pick()
    place = scene.chance.choice(scene.day.places)
    person = scene.day.hire_one("offline", place)
    mine = [t for t in person.tasks("pick")[-12:] if person.claim(t)[0] == 200]
    scans = [scan for task in mine for scan in stops_of(task, person)]
    if not scans:
        raise NeverCame
    time.sleep(scene.chance.uniform(3, 15))
    replay = scans + scene.chance.sample(scans, len(scans) // 2)
    scene.chance.shuffle(replay)
    done, refused = {}, 0
    for task, key, code in replay:
        status, answer = person.post(task, key=key, code=code)
        assert status in {200, 409, 422}, answer
        if status != 200:
            assert key not in done, f"{done[key]}, and the same again: {answer}"
            refused += 1
        assert done.setdefault(key, answer) == answer if status == 200 else answer["code"]
    scene.done.append(f"{len(replay)} scans replayed: {len(done)} kept, {refused} refused")
    for task in mine:
        person.finish(task)


def stops_of(task, person):
    """The scans of a task as its walk goes: a crate, then each place and its lot."""
    rows = Allocation.objects.filter(task=task["id"], state="ACTIVE").order_by("pk")
    codes = [code for pair in rows.values_list("location__code", "lot__code") for code in pair]
    return [(task, person.new_key(), code) for code in [person.place.next_crate(), *codes]] if codes else []


def nobody_waited_for_another(scene):
    """No deadlock, though every order takes many of the same eight lots; and the scarce one is not oversold."""
    assert deadlocks() == 0
    offer = Offer.objects.get(pk=scene.day.places[0].offers[0])
    there_was = scene.day.scarce_pieces * scene.day.centres
    left = Supply.objects.filter(item=offer.stock_item_id, kind="STOCK").values_list("quantity", flat=True)
    gone = Movement.objects.filter(reason="PICK", lot__item=offer.stock_item_id).values_list(
        "units", flat=True
    )
    assert sum(gone) + sum(left) == there_was
    scene.done.append(f"{sum(gone)} of {there_was} scarce pieces sold")
    if max(left) > 1:
        raise NeverCame  # they were enough for all


def wrong_clocks(scene):
    off = [SKEW, -SKEW]
    random.Random(scene.day.seed).shuffle(off)
    scene.application = "tests.faults.skewed"
    scene.each_worker = [{"SKEW": str(seconds)} for seconds in off]
    scene.done.append(f"workers {off[0]:+} and {off[1]:+} s")


def nobody_believed_them(scene):
    """Whatever was written, by the hall or by a worker, has a time of this day; no lease was lost."""
    for rows, moment in [
        (Movement.objects, "happened_at"), (Movement.objects, "recorded_at"), (TaskEvent.objects, "at"),
        (FulfilmentEvent.objects, "at"), (OrderEvent.objects, "at"), (RoundEvent.objects, "at"),
    ]:  # fmt: skip
        inside = rows.filter(**{f"{moment}__range": (scene.day.opened_at, timezone.now())})
        assert rows.count() == inside.count(), f"{rows.model.__name__}.{moment} is of another time"
    logs = [worker.log.read_text() for worker in scene.workers]
    assert not [log for log in logs if "lease of job" in log]


def order_in_a_hurry(scene):
    """How long it took until every order was answered."""
    began = time.monotonic()
    while len(scene.day.accepted) < scene.day.orders and not scene.day.over.is_set():
        time.sleep(0.05)
    scene.done.append(f"all ordered in {time.monotonic() - began:.0f} s")


FAULTS = {
    "10": Fault(duel_for_the_last_piece),
    "11": Fault(day={"picker": DoubleTapper}, check=tapped),
    "12": Fault(offline_and_back),
    "13": Fault(
        order_in_a_hurry, day={"lines": (3, 8), "scarce": True, "buyers": 32}, check=nobody_waited_for_another
    ),
    "17": Fault(day={"picker": WrongClock}, set_up=wrong_clocks, check=nobody_believed_them),
}

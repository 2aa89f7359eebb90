"""Faults 14 to 16: what happens to goods and orders while they are being picked."""

import time

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from distribution.models import (
    Allocation,
    Balance,
    DocumentLine,
    Fulfilment,
    Location,
    Lot,
    LotStatusChange,
    Movement,
    Recall,
    Task,
)
from distribution.operations import recalls
from distribution.operations.ledger import shift
from distribution.operations.moves import Move
from orders.models import Order
from orders.queries.totals import due_grosze
from tests.faults.scene import Fault, NeverCame
from tests.faults.strikes.hall import at_once
from tests.site.day import answered

LOOKS = 80  # so often is a shelf counted that people take from, before we give up
STOLEN = 2


def count_and_move(scene):
    """A shelf is counted, some of its goods are carried to another, and the count is settled: once while people order,
    once while they pick. Two pieces have been stolen each time, which is all the count may find."""
    scene.wait_while_they_order()
    count_shelf(scene, "first")
    scene.wait_while_they_pick()
    count_shelf(scene, "second")


def count_shelf(scene, name):
    place = scene.chance.choice(scene.day.places)
    lead = scene.day.hire_one(f"lead {name}", place, role="LEAD")
    counter = scene.day.hire_one(f"counter {name}", place)
    shelf = Location.objects.get(centre=place.pk, code="A-01")
    stolen = scene.chance.choice(lots_on(shelf))
    status, count = lead.phone.call("POST", f"centres/{place.code}/counts/", {"locations": [shelf.code]})
    assert status == 201, count
    looks = 0
    while True:
        looks += look(scene, counter, shelf, stolen)
        carry_some(scene, shelf)
        status, answer = lead.phone.call("POST", f"counts/{count['id']}/settle/")
        if status == 200:
            break
        assert answer["code"] == "count_outdated", answer
        lead.phone.call("POST", f"counts/{count['id']}/places/{count['places'][0]['id']}/recount/")
    scene.facts[stolen] += STOLEN
    scene.facts["stolen"] += STOLEN
    scene.done.append(f"{looks} looks")


def lots_on(shelf):
    rows = Balance.objects.filter(location=shelf, units__gt=STOLEN)
    return list(rows.order_by("lot").values_list("lot__code", flat=True))


def look(scene, counter, shelf, stolen):
    """Counts the shelf until what was said of it holds. Returns how often it had to be looked at."""
    looks = 0
    while tasks := counter.tasks("count"):
        task = tasks[0]
        counter.claim(task)
        counter.post(task, code=shelf.code)
        wanted, result = lots_on(shelf), "moved"
        while result == "moved":
            looks += 1
            assert looks < LOOKS, "the shelf never stood still"
            for code in wanted:
                there = Balance.objects.get(location=shelf, lot__code=code).units
                counter.post(task, code=code, units=there - (STOLEN if code == stolen else 0))
            if looks == 1:
                carry_some(scene, shelf)
            _status, answer = counter.post(task, code="OK")
            result, wanted = answer["result"], answer.get("lots", [])
    return looks


def carry_some(scene, shelf):
    """A few free pieces of every lot go to another shelf."""
    to = Location.objects.get(centre=shelf.centre_id, code="A-03")
    for lot in Balance.objects.filter(location=shelf, units__gt=F("allocated") + 5).values_list(
        "lot", flat=True
    ):
        units = scene.chance.randint(1, 4)
        with transaction.atomic():
            move = Move(lot, shelf.pk, to.pk, units, Movement.Reason.MOVE)
            shift(centre=shelf.centre_id, moves=[move], by=None, at=timezone.now())
        scene.facts["moved"] += units


def as_one_after_another(scene):
    """What a serial run leaves: everything received, less what was picked and what was stolen."""
    counted = DocumentLine.objects.filter(document__kind__in=["RW", "PW"])
    said = dict(counted.order_by().values_list("document__kind").annotate(Sum("units")))
    assert said == {"RW": scene.facts["stolen"]}, said
    for lot in Lot.objects.all():
        moves = lot.movements
        received, taken = (
            moves.filter(reason=reason).aggregate(n=Sum("units"))["n"] or 0 for reason in ("RECEIPT", "PICK")
        )
        on_shelves = Balance.objects.filter(lot=lot, location__kind="SLOT").aggregate(n=Sum("units"))["n"]
        assert on_shelves == received - taken - scene.facts[lot.code]
    moved = Movement.objects.filter(reason="MOVE").aggregate(n=Sum("units"))["n"]
    assert (moved or 0) == scene.facts["moved"]


def change_their_minds(scene):
    """Buyers cancel: while others order, in the moment of the closing, and when somebody is picking for them. Who is
    in time is cancelled and holds nothing, who is not is told so and gets everything."""
    phone, asked = scene.day.phone(), set()
    while len(scene.day.accepted) < scene.day.orders and not scene.day.over.is_set():
        cancel_one_of(scene, phone, asked, set(scene.day.accepted), most=scene.day.orders // 10)
        time.sleep(scene.chance.uniform(0, 0.3))
    while not answered(scene.day.is_released) and not scene.day.over.is_set():
        cancel_one_of(scene, phone, asked, set(scene.day.accepted), most=scene.day.orders // 5)
        time.sleep(0.01)
    early = len(asked)
    while len(asked) < scene.day.orders // 3 and not scene.day.over.is_set():
        in_hand = Task.objects.filter(kind="PICK", state="TAKEN")
        orders = set(in_hand.values_list("fulfilment__reference", flat=True))
        cancel_one_of(scene, phone, asked, orders, most=scene.day.orders)
        time.sleep(scene.chance.uniform(0, 0.1))
    scene.done.append(f"{len(asked)} asked, {len(scene.expected.cancelled)} in time")
    if not scene.expected.cancelled or len(asked) == early:
        raise NeverCame


def cancel_one_of(scene, phone, asked, numbers, *, most):
    left = sorted(numbers - asked)
    if not left or len(asked) >= most:
        return
    number = scene.chance.choice(left)
    asked.add(number)
    path = f"orders/{number}/cancel/?token={scene.day.accepted[number]}"
    status, answer = phone.call("POST", path)
    if status == 200:
        scene.expected.cancelled.add(number)
        assert phone.call("POST", path)[0] == 200, "the same again changes nothing"
    else:
        assert answer["code"] == "too_late_to_cancel", answer


def cancelled_hold_nothing(scene):
    cancelled = scene.expected.cancelled
    assert not Movement.objects.filter(reference__in=cancelled).exists()
    assert not Fulfilment.objects.filter(reference__in=cancelled).exists()


def recall_a_lot(scene):
    """A lot is recalled while pickers stand before it and have it in their crates. From its commit on nobody takes it
    from a shelf or gives it to a buyer; what was taken is pulled out, and its lines are short."""
    scene.day.busy.set()
    scene.wait_while_they_pick()
    lot = busiest_lot()
    scene.expected.lot, scene.expected.recalled = lot.pk, lot.item_id
    lead = scene.day.hire_one("lead", scene.chance.choice(scene.day.places), role="LEAD")
    before_it = list(stand_before(scene, lot))
    gifts = list(at_the_door(scene, lot))
    status, answer = lead.phone.call("POST", f"lots/{lot.pk}/recall/", {"reason": "szkło"})
    assert status == 201, answer
    scans = [lambda p=picker, t=task: p.post(t, code=lot.code) for picker, task in before_it]
    if not scans and not gifts:
        raise NeverCame
    tried = at_once(*scans, *gifts)
    assert all(status in {409, 422} for status, _answer in tried), f"taken after the recall: {tried}"
    status, again = lead.phone.call("POST", f"lots/{lot.pk}/recall/", {"reason": "szkło"})
    assert (status, again["code"]) == (409, "already_recalled")
    crated = sum(place["units"] for place in answer["listed"] if place["kind"] == "crate")
    scene.done.append(f"{crated} in crates, {len(scans)} scans and {len(gifts)} hand-outs refused")
    for picker, task in before_it:
        picker.finish(task)
    scene.wait_for_quiet()


def busiest_lot():
    picked = Movement.objects.filter(reason="PICK").order_by().values("lot").annotate(n=Sum("units"))
    return Lot.objects.get(pk=picked.order_by("-n")[0]["lot"])


def stand_before(scene, lot):
    """Pickers who have to scan nothing but this lot next, with their tasks."""
    waiting = Allocation.objects.filter(lot=lot, state="ACTIVE", task__state="OPEN")
    for n, (task, centre) in enumerate(waiting.values_list("task", "task__centre").distinct()[:4]):
        place = next(place for place in scene.day.places if place.pk == centre)
        picker, row = scene.day.hire_one(f"before {n}", place), {"id": task, "kind": "pick"}
        step = picker.finish(row, until=lambda step: step["expects"] == "goods" and step["lot"] == lot.code)
        if step is not None and step["expects"] == "goods":
            yield picker, row


def at_the_door(scene, lot):
    """What hands out orders that are ready, with the lot in their crates."""
    inside = Balance.objects.filter(lot=lot, units__gt=0, location__handling_unit__fulfilment__state="READY")
    numbers = inside.values("location__handling_unit__fulfilment__reference")
    for order in Order.objects.filter(number__in=numbers, state="READY").select_related("round")[:4]:
        place = next(place for place in scene.day.places if place.pk == order.round.centre_id)
        phone, due = scene.day.hire_one(f"door {order.number}", place).phone, due_grosze(order)
        path = f"centres/{place.code}/orders/{order.number}/hand-out/"
        yield lambda phone=phone, path=path, due=due: phone.call("POST", path, {"paid_grosze": due})


def nothing_left_after_the_recall(scene):
    """Since its commit the lot went nowhere but aside, and every unit of it is accounted for."""
    recall = Recall.objects.get()
    after = LotStatusChange.objects.get(lot=recall.lot).after_movement
    gone = recall.lot.movements.filter(pk__gt=after).exclude(to_location__kind="QUARANTINE")
    assert not gone.exists(), f"taken after the recall: {list(gone.values_list('reason', 'units'))}"
    assert recall.lot.movements.filter(pk__gt=after).exists(), "nothing of it was anywhere"
    recalls.close(recall=recall.pk, by=None, at=timezone.now())


FAULTS = {
    "14": Fault(count_and_move, check=as_one_after_another),
    "15": Fault(change_their_minds, check=cancelled_hold_nothing),
    "16": Fault(recall_a_lot, check=nothing_left_after_the_recall),
}

"""Fault 18: a lorry between two centres comes short, and its arrival is confirmed twice."""

import time

from distribution.models import Balance, Discrepancy
from tests.faults.scene import Fault, NeverCame
from tests.faults.strikes.hall import at_once
from tests.site.people import Picker


class Loader(Picker):
    """Puts crates on a lorry and takes them off again."""

    def load(self, trip):
        """Until nothing waits for the lorry any more and it has left."""
        while not self.over.is_set():
            for task in self.tasks("load"):
                self.finish(task)
            status, answer = self.phone.call("POST", f"trips/{trip}/depart/")
            if status == 200:
                return
            assert answer["code"] == "not_loaded", answer
            time.sleep(0.5)
        raise NeverCame

    def unload(self, crates):
        (task,) = self.tasks("unload")
        self.claim(task)
        for sscc in crates:
            status, answer = self.post(task, code=sscc)
            assert status == 200, answer


def come_short(scene):
    """Some crates are not on the lorry that arrives. Two leads confirm it at once and one does; one crate turns up,
    another is given up, by both leads at once; what was in it is short, and nothing else."""
    day, trip = scene.day, scene.day.trip
    day.busy.set()
    here, there = day.places[:2]
    scene.wait_while_they_pick(most=0.1)
    loader, unloader = day.hire_one("loader", there, Loader), day.hire_one("unloader", here, Loader)
    leads = [day.hire_one(f"lead {n}", here, role="LEAD") for n in range(2)]
    loader.load(trip)
    phone = leads[0].phone
    _status, found = phone.call("GET", f"trips/{trip}/crates/")
    crates = [row["sscc"] for row in found["crates"] if row["state"] == "loaded"]
    if len(crates) < 2:
        raise NeverCame
    missing = scene.chance.sample(crates, min(len(crates), scene.chance.randint(2, 4)))
    assert_one_of(both(leads, trip, "arrive"), "wrong_state")
    unloader.unload([sscc for sscc in crates if sscc not in missing])
    assert_one_of(both(leads, trip, "confirm", reason="brak"), "arrival_confirmed")
    scene.done.append(f"{len(missing)} of {len(crates)} crates missing")
    settle(scene, leads, missing)
    scene.wait_for_quiet()


def settle(scene, leads, missing):
    """The first is given up, the others are found."""
    trip = scene.day.trip
    _status, listed = leads[0].phone.call("GET", f"trips/{trip}/discrepancies/")
    assert sorted(row["sscc"] for row in listed["results"]) == sorted(missing)
    lost, *others = listed["results"]
    for balance in Balance.objects.filter(location__handling_unit=lost["unit"], units__gt=0):
        scene.expected.lost[lost["order"], balance.item_id] += balance.units
    assert_one_of(
        both(leads, trip, f"discrepancies/{lost['unit']}/give-up", reason="nie ma"), "nothing_missing"
    )
    for row in others:
        assert_one_of(both(leads, trip, f"discrepancies/{row['unit']}/find"), "nothing_missing")


def both(leads, trip, what, **body):
    """What the leads are told who say the same of a trip in the same moment."""
    return at_once(
        *(lambda lead=lead: lead.phone.call("POST", f"trips/{trip}/{what}/", body) for lead in leads)
    )


def assert_one_of(answers, refusal):
    assert sorted(status for status, _answer in answers) == [200, 409], answers
    assert [answer["code"] for status, answer in answers if status != 200] == [refusal]


def each_difference_once(scene):
    rows = Discrepancy.objects.filter(trip=scene.day.trip)
    assert rows.count() == rows.values("unit", "lot").distinct().count()
    assert not rows.filter(settled_at=None).exists()
    assert not Balance.objects.filter(location__kind="TRANSIT", units__gt=0).exists()


FAULTS = {"18": Fault(come_short, day={"far": 3}, check=each_difference_once)}

"""Pickers who do what hands and handhelds do."""

import random
import time

from tests.site.people import Phone, Picker

TWICE = 1.0  # seconds within which the same label is one pull of the trigger
REFUSALS = {"another_one", "unknown_code", "wrong_goods", "wrong_location", "wrong_scan", "task_over"}


class DoubleTapper(Picker):
    """Scans piece by piece. A third of its scans are sent again with the same key; goods also with another key."""

    SHARE = 1 / 3

    def send(self, task, step, code):
        goods = task["kind"] == "pick" and step["expects"] == "goods"
        body = {"code": code, **({"units": 1} if goods else {})}
        key, began = self.new_key(), time.monotonic()
        answer = self.post(task, key=key, **body)
        if answer[1].get("code") == "another_one":  # the next piece of the same, and meant
            key, began = self.new_key(), time.monotonic()
            answer = self.post(task, key=key, again=True, **body)
        if answer[0] != 200 or self.chance.random() > self.SHARE:
            return answer
        again = self.post(task, key=key, **body)
        assert again == answer, f"the same key was answered {answer}, then {again}"
        self.phone.answers.note("same key twice")
        return self._other_key(task, body, answer, began) if goods else answer

    def _other_key(self, task, body, answer, began):
        status, other = self.post(task, **body)
        if status == 200 and time.monotonic() - began > TWICE:
            return status, other  # too slow for a double tap: that was one more piece
        assert status in {409, 422}, f"a second scan within {TWICE} s was taken: {other}"
        assert other["code"] in REFUSALS, other
        self.phone.answers.note(f"other key: {other['code']}")
        return answer


class WrongClock(Picker):
    """Its handheld believes that it is 1970, or is ten minutes off, and says so wherever there is room for it."""

    CLOCKS = ("1970-01-01T00:00:00+00:00", -600, 600)

    def __init__(self, phone, place, **more):
        super().__init__(phone, place, **more)
        clock = random.Random(more["seed"]).choice(self.CLOCKS)
        self.moment = clock if isinstance(clock, str) else time.time() + clock
        self.phone = Phone(phone.port, phone.answers, token=phone.token, says={"Date": str(self.moment)})

    def post(self, task, **body):
        return super().post(task, at=self.moment, happened_at=self.moment, scanned_at=self.moment, **body)

"""Buyers and pickers over HTTP. They do what a phone does when the line drops: the same again, same key."""

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter

PATIENCE = 45  # seconds one request is repeated before somebody gives up


class GaveUp(Exception):
    """No answer, however often it was asked."""


class Answers:
    """What the site answered, counted: statuses, `busy`, `lost` for no answer at all, and `unexplained` for a refusal
    that does not say why."""

    def __init__(self):
        self.counts = Counter()
        self._lock = threading.Lock()

    def note(self, what):
        with self._lock:
            self.counts[what] += 1

    @property
    def server_errors(self):
        return {what: n for what, n in self.counts.items() if isinstance(what, int) and what >= 500}


class Phone:
    """One person's connection. `call` repeats until there is an answer that is not "try again". `says` are headers
    of the device's own."""

    def __init__(self, port, answers, *, token=None, says=None):
        self.port, self.answers, self.token, self.says = port, answers, token, says or {}
        self._connection = None

    def call(self, method, path, body=None, *, key=None):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status, answer = self._once(method, path, body, key)
            if status is not None and status < 500 and answer.get("code") != "busy":
                return status, answer
            if answer.get("code") == "busy":
                self.answers.note("busy")
            time.sleep(0.1)
        raise GaveUp(f"{method} {path}: {status} {answer}")

    def _once(self, method, path, body, key):
        headers = {"Content-Type": "application/json", **self.says}
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        if key:
            headers["Idempotency-Key"] = str(key)
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self._connection.request(method, f"/api/v1/{path}", json.dumps(body or {}), headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.answers.note("lost")
            self.hang_up()
            return None, {}
        self.answers.note(response.status)
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {"text": text[:300].decode(errors="replace")}
        answer = {"results": answer} if isinstance(answer, list) else answer
        if 400 <= response.status < 500 and not (answer.get("code") and answer.get("detail")):
            self.answers.note("unexplained")
        return response.status, answer

    def hang_up(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def buy(phone, place, *, seed, lines=(1, 2)):
    """One basket with so many of the place's offers, in any order, is ordered; what is sold out meanwhile is left
    out. Returns the answer of the checkout: (status, body)."""
    chance = random.Random(seed)
    _status, basket = phone.call("POST", "baskets/", {"centre": place.code})
    for offer in chance.sample(place.offers, min(len(place.offers), chance.randint(*lines))):
        quantity = {"quantity": chance.randint(1, 2)}
        phone.call("PUT", f"baskets/{basket['id']}/lines/{offer}/", quantity)
    status, body = check_out(phone, basket["id"], place, chance)
    while body.get("code") == "not_enough_supply":
        for gone in body["offers"]:
            phone.call("PUT", f"baskets/{basket['id']}/lines/{gone['offer']}/", {"quantity": 0})
        status, body = check_out(phone, basket["id"], place, chance)
    return status, body


def check_out(phone, basket, place, chance):
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    body = {
        "round": place.round,
        "slot": place.slot,
        "email": f"{key.hex[:10]}@example.pl",
        "name": "Anna Żak",
        "phone": "600 100 200",
        "payment_method": "on_collection",
        "accept_terms": True,
    }
    return phone.call("POST", f"baskets/{basket}/checkout/", body, key=key)


class Picker:
    """Takes tasks of one centre and finishes them, scan by scan, until `over` is set. Lorries and counts have people
    of their own."""

    KINDS = frozenset({"pick", "pack", "stage", "pull"})

    def __init__(self, phone, place, *, name, over, seed):
        self.phone, self.place, self.name, self.over = phone, place, name, over
        self.chance = random.Random(seed)
        self.scans = 0

    def work(self):
        try:
            while not self.over.is_set():
                if not self._take_and_finish_one():
                    time.sleep(0.1)
        finally:
            self.phone.hang_up()

    def tasks(self, *kinds):
        """Work of these kinds that nobody else has, the most urgent first."""
        _status, body = self.phone.call("GET", f"centres/{self.place.code}/tasks/")
        return [
            t
            for t in body["results"]
            if t["kind"] in kinds and (t["state"] == "open" or t["taken_by"] == self.name)
        ]

    def _take_and_finish_one(self):
        free = self.tasks(*self.KINDS)
        if not free:
            return False
        self.finish(self.chance.choice(free[:12]))
        return True

    def finish(self, task, *, until=lambda step: False):
        """Works on a task as far as it goes, or to the step that is wanted. Returns the step it is at; None when
        it is another's, or a scan was refused."""
        status, claimed = self.claim(task)
        step = claimed["next"] if status == 200 else None
        while step is not None and step["expects"] not in {"nothing", "done"} and not until(step):
            step = self._scan(task, step)
        return step

    def claim(self, task):
        return self.phone.call("POST", f"tasks/{task['id']}/claim/")

    def _scan(self, task, step):
        status, answer = self.send(task, step, self._code(task, step))
        self.scans += 1
        if status == 200:
            return answer["next"]
        return step if answer.get("code") == "wrong_crate" else None

    def _code(self, task, step):
        if task["kind"] == "pull":
            return step["lot"] if step["expects"] == "goods" else step["location"]
        if step["expects"] == "stage":
            return "STAGE-A"
        if step["expects"] == "crate" and task["kind"] == "pick":
            return self.place.next_crate()
        return step["code"]

    def send(self, task, step, code):
        """One scan of a task that is at a step."""
        return self.post(task, code=code)

    def post(self, task, *, key=None, **body):
        said = {"key": str(key or self.new_key()), **body}
        return self.phone.call("POST", f"tasks/{task['id']}/scan/", said)

    def new_key(self):
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

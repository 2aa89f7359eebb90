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
    """What the site answered, counted: statuses, codes of refusals, and `lost` for no answer at all."""

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
    """One person's connection. `call` repeats until there is an answer that is not "try again"."""

    def __init__(self, port, answers, *, token=None):
        self.port, self.answers, self.token = port, answers, token
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
        headers = {"Content-Type": "application/json"}
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
            return response.status, json.loads(text)
        except ValueError:
            return response.status, {"text": text[:300].decode(errors="replace")}

    def hang_up(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def buy(phone, place, *, seed):
    """One basket of one or two offers, ordered. Returns the answer of the checkout: (status, body)."""
    chance = random.Random(seed)
    _status, basket = phone.call("POST", "baskets/", {"centre": place.code})
    for offer in chance.sample(place.offers, min(len(place.offers), chance.randint(1, 2))):
        quantity = {"quantity": chance.randint(1, 2)}
        phone.call("PUT", f"baskets/{basket['id']}/lines/{offer}/", quantity)
    return check_out(phone, basket["id"], place, chance)


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
    """Takes tasks of one centre and finishes them, scan by scan, until `over` is set."""

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

    def _take_and_finish_one(self):
        _status, body = self.phone.call("GET", f"centres/{self.place.code}/tasks/")
        free = [t for t in body["results"] if t["state"] == "open" or t["taken_by"] == self.name]
        if not free:
            return False
        task = self.chance.choice(free[:12])["id"]
        status, claimed = self.phone.call("POST", f"tasks/{task}/claim/")
        if status != 200:
            return True
        step = claimed["next"]
        while step["expects"] != "nothing":
            step = self._scan(task, step)
            if step is None:
                break
        return True

    def _scan(self, task, step):
        codes = {"crate": self.place.next_crate, "stage": lambda: "STAGE-A"}
        code = codes.get(step["expects"], lambda: step["code"])()
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        status, answer = self.phone.call("POST", f"tasks/{task}/scan/", {"key": str(key), "code": code})
        self.scans += 1
        if status == 200:
            return answer["next"]
        if answer.get("code") == "wrong_crate":
            return step
        return None

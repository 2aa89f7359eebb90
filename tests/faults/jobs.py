"""Jobs whose effects can be counted: each leaves a row (see `paused`)."""

from collections import Counter

from django.db import transaction

from marketplace.kernel import outbox
from marketplace.kernel.models import Command, Job
from marketplace.kernel.outbox import NewJob


def write(n, *, kind="test.effect", centre="", hint=True, **payload):
    """One job, with its hint sent or left to the sweeper."""
    new = NewJob(kind, f"{kind}:{n}", {"n": n, **payload}, centre=centre)
    if kind != "test.effect":
        new.payload.pop("n")
    with transaction.atomic():
        outbox.write([new])
        if not hint:
            transaction.get_connection().run_on_commit.clear()
    return Job.objects.get(key=new.key)


def write_many(numbers, *, centre="", **payload):
    """Many in one transaction, hinted one by one after its commit."""
    with transaction.atomic():
        outbox.write(
            [NewJob("test.effect", f"test.effect:{n}", {"n": n, **payload}, centre=centre) for n in numbers]
        )


def effects():
    """How often each number's effect happened."""
    return dict(
        Counter(int(scope.partition(":")[2]) for scope in Command.objects.values_list("scope", flat=True))
    )

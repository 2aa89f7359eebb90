"""The workers' part, done by the test itself."""

from marketplace.kernel import worker
from marketplace.kernel.models import Job

ROUNDS = 10


def do_jobs():
    """Does every job that is due, and those that follow from it."""
    for _round in range(ROUNDS):
        due = list(Job.objects.open().extra(where=["run_after <= now()"]).values_list("pk", flat=True))
        if not due:
            return
        for pk in due:
            worker.run(pk)

"""The oracle of races and faults: every invariant of the product, counted by its own audit."""

from marketplace.kernel.models import Job
from orders.operations import audit

# Tests set their own business time; jobs are due by the database's clock, which is elsewhere.
LATENESS = "job_is_not_open_past_its_leases"


def assert_audit_clean():
    breaches = audit.run().breaches | {LATENESS: 0}
    broken = {name: n for name, n in breaches.items() if n}
    assert not broken, f"the audit found {broken}"


def assert_no_job_is_due(*, dead=()):
    """Nothing that should have been done by now is open, and nothing was given up but the `dead` ones."""
    left = Job.objects.open().extra(where=["run_after <= now()"])
    undone = list(left.values_list("kind", "attempts", "error"))
    assert not undone, f"due and not done: {undone}"
    given_up = Job.objects.dead()
    assert set(given_up.values_list("pk", flat=True)) == set(dead), (
        f"given up: {list(given_up.values_list('kind', 'error'))}"
    )

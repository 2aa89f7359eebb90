"""The oracle of races and faults: every invariant of the product, counted by its own audit."""

from marketplace.kernel.models import Job
from orders.operations import audit


def assert_audit_clean():
    breaches = audit.run().breaches
    assert {name: n for name, n in breaches.items() if n} == {}


def assert_no_job_is_due():
    """Nothing that should have been done by now is open, and nothing was given up."""
    left = Job.objects.open().extra(where=["run_after <= now()"])
    assert list(left.values_list("kind", "attempts", "error")) == []
    assert list(Job.objects.dead().values_list("kind", "error")) == []

"""Celery's doors of this package."""

from celery import shared_task

from orders.operations import audit


# Counting a ledger of years outlives the limits of jobs, and a night that is missed is only seen, not made up for.
@shared_task(name="orders.audit", acks_late=False, time_limit=1800)
def audit_all() -> None:
    """The nightly audit; /health/ready says what it found."""
    audit.run()

"""The audit: every invariant counted. It only reports; a difference is for a person to look at."""

import time

from distribution.queries import invariants as of_centres
from marketplace.kernel.database import fetch_one
from marketplace.kernel.models import AuditRun
from orders.queries import invariants as of_orders

INVARIANTS = of_centres.INVARIANTS | of_orders.INVARIANTS


def run() -> AuditRun:
    """Counts the breaches of each invariant and stores the result, which /health shows."""
    started = time.monotonic()
    breaches = {}
    for name, sql in INVARIANTS.items():
        row = fetch_one(f"SELECT count(*) FROM ({sql}) broken")  # noqa: S608 - our own text
        breaches[name] = row[0] if row else 0
    return AuditRun.objects.create(seconds=time.monotonic() - started, breaches=breaches)

"""The audit: every invariant counted. It only reports; a difference is for a person to look at."""

import logging
import time

from django.db import transaction

from distribution.queries import invariants as of_centres
from marketplace.kernel.database import execute, fetch_one
from marketplace.kernel.models import AuditRun
from orders.queries import invariants as of_orders

INVARIANTS = of_centres.INVARIANTS | of_orders.INVARIANTS

log = logging.getLogger(__name__)


@transaction.atomic
def run() -> AuditRun:
    """Counts the breaches of each invariant, stores the result, which /health/ready shows, and logs what is broken.
    At ten million movements it reads for a minute, so no statement is cut short."""
    started = time.monotonic()
    execute("SET LOCAL statement_timeout = 0")
    breaches = {}
    for name, sql in INVARIANTS.items():
        row = fetch_one(f"SELECT count(*) FROM ({sql}) broken")  # noqa: S608 - our own text
        breaches[name] = row[0] if row else 0
    found = AuditRun.objects.create(seconds=time.monotonic() - started, breaches=breaches)
    if broken := found.broken():
        log.error("the audit found breaches: %s", broken)
    return found

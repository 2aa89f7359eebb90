"""The worker on a machine whose clock is SKEW seconds off: `celery --app tests.faults.skewed`.

The clock of a container cannot be set for one process; here it is Python's that is off, before anything of Celery's
or Django's asks it. What C libraries and the kernel see is right."""

import os
import time

SKEW = float(os.environ.get("SKEW", "0"))
real_time = time.time
time.time = lambda: real_time() + SKEW

from datetime import timedelta  # noqa: E402 - after the clock

from django.utils import timezone  # noqa: E402

real_now = timezone.now
timezone.now = lambda: real_now() + timedelta(seconds=SKEW)

from marketplace.celery import app  # noqa: E402

__all__ = ["app"]

"""The web application, whose process ends once between a commit and its hint: `gunicorn tests.faults.dying`.
DIE_FILE is made by the one that dies, after DIE_SKIP hints; those after it live."""

import itertools
import os
from pathlib import Path

from marketplace.kernel import outbox
from marketplace.wsgi import application

__all__ = ["application"]
real_hint = outbox.hint
skipped = itertools.count(-int(os.environ.get("DIE_SKIP", "0")))


def hint(jobs):
    if next(skipped) < 0:
        real_hint(jobs)
        return
    try:
        Path(os.environ["DIE_FILE"]).touch(exist_ok=False)
    except FileExistsError:
        real_hint(jobs)
    else:
        os._exit(9)


outbox.hint = hint

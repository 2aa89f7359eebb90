"""The web application, whose process ends once between a commit and its hint: `gunicorn tests.faults.dying`.
DIE_FILE is made by the one that dies; those after it live."""

import os
from pathlib import Path

from marketplace.kernel import outbox
from marketplace.wsgi import application

__all__ = ["application"]
real_hint = outbox.hint


def hint(jobs):
    try:
        Path(os.environ["DIE_FILE"]).touch(exist_ok=False)
    except FileExistsError:
        real_hint(jobs)
    else:
        os._exit(9)


outbox.hint = hint

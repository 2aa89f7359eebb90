"""`make reset`: the next `make run` starts from an empty data folder."""

import os
import shutil
import sys

from marketplace.local import run
from marketplace.local.paths import CannotStart, checkout_places


def reset():
    """Deletes database, messages and uploaded files of this clone. Asks first, unless CONFIRM=1."""
    places = checkout_places()
    if not places.data.exists():
        print("Nothing to reset here.")
        return
    lock = run.take_lock(places, holder="make reset")
    if os.environ.get("CONFIRM") != "1" and not confirmed(places):
        raise CannotStart("Nothing was deleted.")
    for path in sorted(places.data.iterdir()):
        if path in {places.tools, places.lock}:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    lock.close()
    print(f"{places.data} is empty; `make run` makes a new network.")


def confirmed(places):
    if not sys.stdin.isatty():
        return False
    return input(f"Delete all data in {places.data}? Type yes: ").strip() == "yes"

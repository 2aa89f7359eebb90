"""The services and fixtures of every test.

One private PostgreSQL serves the whole run; each process that runs tests has a private Redis of its
own. `DATABASE_URL` (with `DATABASE_OWNER_URL` of a role that may create databases) and `REDIS_URL` in
the environment are used instead. Nothing here needs root, and as root it works too.
"""

import pytest

from tests import services

# Before any other conftest: those may import models.
services.start()

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.databases",
    "tests.fixtures.pages",
    "tests.fixtures.redis_servers",
]


def pytest_unconfigure():
    services.stop()


# Those that take long come first, so that none is left alone at the end; what waits for processes runs beside
# what computes.
SLOW = ("fault", "browser", "race")


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items):
    for item in items:
        refuse_flush(item)
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in SLOW))


def refuse_flush(item):
    """Flushing empties tables with TRUNCATE, which the ledger's triggers refuse."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    if (marker and marker.kwargs.get("transaction")) or names & {
        "transactional_db",
        "live_server",
    }:
        raise pytest.UsageError(f"{item.nodeid}: a test that commits takes the fixture cloned_database.")
    if names & {"cloned_database", "private_database"} and (marker or "db" in names):
        raise pytest.UsageError(f"{item.nodeid}: cloned_database needs no django_db beside it.")

"""PostgreSQL and Redis of one test run, started with the code of `make run`."""

import atexit
import os
import uuid

import django

from marketplace.local import paths
from marketplace.local import postgres as pg
from marketplace.local import redis as rd

# Set by the process that starts the run, inherited by the workers of xdist.
RUN, OWN_REDIS = "SPICHLERZ_TEST_RUN", "SPICHLERZ_TEST_REDIS"
_servers = []
_folders = []


def start():
    """Services first, then Django, which reads where they are. The environment names no settings
    module afterwards: a worker of xdist would load it before it has its own Redis."""
    atexit.register(stop)
    os.environ.setdefault("SECRET_KEY", "tests only")
    os.environ.update(LOCAL_RUN="1", AS_OWNER="1", DATABASE_POOL="0", LOG_FORMAT="plain")
    if RUN not in os.environ:
        os.environ[RUN] = uuid.uuid4().hex[:8]
        _start_shared_postgres()
    _start_own_redis()
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]


def stop():
    while _servers:
        _servers.pop().stop()
    while _folders:
        paths.forget(_folders.pop())


def new_places():
    """Folders of one more server, removed when the run ends."""
    places = paths.temporary_places()
    places.make()
    _folders.append(places)
    return places


def new_postgres():
    server = pg.Postgres(new_places(), settings=pg.FORGETFUL)
    return _start(server, log=server.places.data / "postgres.log")


def new_redis(*, forgetful=True):
    server = rd.Redis(new_places(), forgetful=forgetful)
    return _start(server, log=server.places.data / "redis.log")


def _start(server, *, log):
    with log.open("ab") as stream:
        server.start(stdout=stream, stderr=stream)
    _servers.append(server)
    return server


def _start_shared_postgres():
    if "DATABASE_URL" not in os.environ:
        server = new_postgres()
        os.environ["DATABASE_URL"] = server.url(role=pg.APP)
        os.environ["DATABASE_OWNER_URL"] = server.url(role=pg.OWNER)


def _start_own_redis():
    if "REDIS_URL" not in os.environ or OWN_REDIS in os.environ:
        server = new_redis()
        os.environ[OWN_REDIS] = "1"
        os.environ["REDIS_URL"] = server.url(database=rd.BROKER)
        os.environ["CACHE_URL"] = server.url(database=rd.CACHE)

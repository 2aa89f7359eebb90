"""What every process of the local network finds in its environment."""

import os
import secrets

from marketplace.local import postgres as pg
from marketplace.local import redis as rd


def secret_key(places):
    """Made once, readable by nobody else; signed cookies survive a restart."""
    path = places.data / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(60))
    return path.read_text().strip()


def local_environment(places, *, postgres=None, redis=None):
    """The person's environment without libpq's own variables, plus ours.

    `postgres` and `redis` are the servers started here; None means the person gave a URL."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    env |= {
        "LOCAL_RUN": "1",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "PYTHONUNBUFFERED": "1",
    }
    env.setdefault("LOG_FORMAT", "plain")
    env.setdefault("MEDIA_ROOT", str(places.media))
    env.setdefault("SECRET_KEY", secret_key(places))
    # Letters are files to open, one each: on the screen they would drown the logs.
    env.setdefault("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    env.setdefault("EMAIL_FILE_PATH", str(places.data / "mail"))
    if postgres is not None:
        env["DATABASE_URL"] = postgres.url(role=pg.APP)
        env["DATABASE_OWNER_URL"] = postgres.url(role=pg.OWNER)
    if redis is not None:
        env["REDIS_URL"] = redis.url(database=rd.BROKER)
        env["CACHE_URL"] = redis.url(database=rd.CACHE)
    return env


def as_owner(env):
    """For migrations and the demo network: the owner's role, and no limit on a statement's time."""
    return env | {
        "AS_OWNER": "1",
        "STATEMENT_TIMEOUT": "0",
        "LOCK_TIMEOUT": "10s",
        "DATABASE_POOL": "0",
    }

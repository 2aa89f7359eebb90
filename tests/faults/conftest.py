"""Each fault has a PostgreSQL and a Redis of its own, and says its seed."""

import os
import random

import pytest
from redis import Redis

# A day that was not clean says in what: these assertions are told like those of tests.
pytest.register_assert_rewrite("tests.site", "tests.faults.hands", "tests.faults.strikes")


@pytest.fixture
def seed():
    """Printed with a failure; SEED= plays the same day again."""
    made = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"SEED={made}")
    return made


@pytest.fixture
def env(private_database, fresh_redis):
    """For web and worker processes: this test's own servers."""
    return private_database.env | fresh_redis.env


@pytest.fixture
def broker(fresh_redis):
    return Redis.from_url(fresh_redis.url)

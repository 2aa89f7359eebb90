"""Each fixture that starts a service, proved once."""

import subprocess
import sys

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from redis import Redis

from marketplace.accounts.models import User
from marketplace.celery import app
from marketplace.local.paths import CHECKOUT

COUNT_USERS = "from marketplace.accounts.models import User; print(User.objects.count())"


def shell(code, *, env):
    command = [
        sys.executable,
        "manage.py",
        "shell",
        "--no-imports",
        "-v",
        "0",
        "-c",
        code,
    ]
    answer = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.mark.django_db
def test_database_of_a_test_knows_polish_letters_and_belongs_to_the_owner():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower('ŁĄ'), current_user = (SELECT pg_get_userbyid(datdba) FROM "
            "pg_database WHERE datname = current_database())"
        )
        assert cursor.fetchone() == ("łą", True)


@pytest.mark.parametrize("attempt", [1, 2])
def test_cloned_database_shows_commits_to_other_processes_and_starts_empty(cloned_database, attempt):
    assert User.objects.count() == 0
    with transaction.atomic():
        User.objects.create_user(f"anna{attempt}@example.com")
    assert shell(COUNT_USERS, env=cloned_database.env) == "1"


def test_cloned_database_refuses_the_application_what_the_owner_may(cloned_database):
    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="must be owner"),
    ):
        cursor.execute("ALTER TABLE accounts_user ADD COLUMN extra int")
    with cloned_database.connect() as owner:
        owner.execute("ALTER TABLE accounts_user ADD COLUMN extra int")


def test_private_database_survives_the_loss_of_its_server(private_database):
    User.objects.create_user("anna@example.com")
    private_database.server.process.kill()
    private_database.server.process.wait()
    with pytest.raises(psycopg.OperationalError):
        private_database.connect()
    private_database.server.start()
    connection.close()
    assert User.objects.count() == 1


def test_fresh_redis_serves_cache_and_celery(fresh_redis):
    cache.set("ser", "koryciński")
    app.send_task("nothing.of.ours", queue="default")
    assert Redis.from_url(fresh_redis.cache_url).dbsize() == 1
    assert Redis.from_url(fresh_redis.url).llen("default") == 1


def test_fresh_redis_keeps_messages_over_a_stop_and_the_cache_is_forgiving_meanwhile(
    fresh_redis,
):
    client = Redis.from_url(fresh_redis.url)
    client.set("kept", "yes")
    fresh_redis.stop()
    assert cache.get("ser", "brak") == "brak"
    fresh_redis.start()
    assert client.get("kept") == b"yes"

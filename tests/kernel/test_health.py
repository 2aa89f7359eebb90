"""What a load balancer is told."""

import pytest
from django.db import connections

from marketplace.kernel import health
from marketplace.kernel.models import AuditRun


@pytest.fixture(autouse=True)
def unknown(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_live_asks_nobody(client):
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


@pytest.mark.django_db
def test_ready_when_database_is_migrated(client):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    state = {"status": "ready", "database": "ok", "broker": "ok", "cache": "ok", "audit": None}
    assert answer.json() == state
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_last_audit_is_shown_with_what_is_broken(client):
    AuditRun.objects.create(seconds=0.1, breaches={"lot_is_conserved": 2})
    last = AuditRun.objects.create(seconds=0.1, breaches={"lot_is_conserved": 0, "room_on_trips": 3})
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["audit"] == {"at": last.started_at.isoformat(), "broken": {"room_on_trips": 3}}


def test_ready_without_redis_says_so_and_still_serves(cloned_database, fresh_redis, client, settings):
    settings.REDIS_URL, settings.CACHE_URL = fresh_redis.url, fresh_redis.cache_url
    fresh_redis.kill()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["broker"], answer.json()["cache"]) == (200, "away", "away")


def test_not_ready_while_a_migration_is_missing(cloned_database, client):
    with cloned_database.connect() as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'accounts'")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "not migrated")


def test_not_ready_without_database(private_database, client):
    private_database.server.stop()
    connections["default"].close()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "away")

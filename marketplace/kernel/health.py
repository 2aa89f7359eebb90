"""Whether this process lives, and whether it may be sent requests."""

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from marketplace.kernel.models import AuditRun

# Migrations do not go back while the process lives, so a complete answer is remembered.
_migrated = False


@require_safe
@never_cache
def live(request):
    """200 as long as the process answers; it asks nobody else."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request):
    """200 when the database answers and is migrated, else 503. Redis and the last audit are shown but not required:
    a page needs no Redis, jobs wait in the database, and a breach is for a person to look at."""
    database = database_state()
    status = 200 if database == "ok" else 503
    state = {
        "status": "ready" if status == 200 else "waiting",
        "database": database,
        "broker": redis_state(settings.REDIS_URL),
        "cache": redis_state(settings.CACHE_URL),
        "audit": last_audit() if status == 200 else None,
    }
    return JsonResponse(state, status=status)


def database_state():
    global _migrated  # noqa: PLW0603 see above
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "away"
    return "ok" if _migrated else "not migrated"


def last_audit():
    """When every invariant was counted last, and which did not hold; None before the first night."""
    found = AuditRun.objects.order_by("-pk").first()
    return found and {"at": found.started_at.isoformat(), "broken": found.broken()}


def redis_state(url):
    client = Redis.from_url(url, socket_connect_timeout=0.2, socket_timeout=0.2)
    try:
        client.ping()
    except RedisError:
        return "away"
    finally:
        client.close()
    return "ok"

"""Whether this process lives, and whether it may be sent requests."""

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

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
    """200 when the database answers and is migrated, else 503. Redis is shown but not required: a page
    needs none, and jobs wait in the database."""
    database = database_state()
    status = 200 if database == "ok" else 503
    state = {
        "status": "ready" if status == 200 else "waiting",
        "database": database,
        "broker": redis_state(settings.REDIS_URL),
        "cache": redis_state(settings.CACHE_URL),
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


def redis_state(url):
    client = Redis.from_url(url, socket_connect_timeout=0.2, socket_timeout=0.2)
    try:
        client.ping()
    except RedisError:
        return "away"
    finally:
        client.close()
    return "ok"

"""Redis as a cache that may be away: a miss, logged, never an error."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Answers as an empty cache while Redis is down; nothing of record is kept in a cache."""

    def _try(self, name, fallback, *args, **kwargs):
        try:
            return getattr(super(), name)(*args, **kwargs)
        except RedisError as error:
            log.warning("cache is away: %s", error)
            return fallback

    def get(self, key, default=None, version=None):
        return self._try("get", default, key, default, version)

    def set(self, key, value, *args, **kwargs):
        return self._try("set", None, key, value, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        return self._try("add", True, key, value, *args, **kwargs)

    def incr(self, key, delta=1, version=None):
        return self._try("incr", delta, key, delta, version)

    def touch(self, key, *args, **kwargs):
        return self._try("touch", False, key, *args, **kwargs)

    def delete(self, key, version=None):
        return self._try("delete", False, key, version)

    def get_many(self, keys, version=None):
        return self._try("get_many", {}, keys, version)

    def set_many(self, data, *args, **kwargs):
        return self._try("set_many", [], data, *args, **kwargs)

"""The web server's settings, on one machine and in production: `gunicorn -c python:marketplace.gunicorn`."""

import os

os.environ.setdefault("DATABASE_PREPARE", "5")  # settings are read after this file
bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
# More threads than database connections: the pool makes them wait in line, which is faster than more
# connections than cores.
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once, then forked: the workers share its memory.
preload_app = True
timeout = 30
graceful_timeout = int(os.environ.get("WEB_GRACE", "5"))
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 a heartbeat file
control_socket_disable = True

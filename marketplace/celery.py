"""The Celery application; each package's tasks.py is a door into its operations."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("spichlerz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""The Celery application. Queues: `centre.<code>` of each centre this worker serves, `default`, `mail`.

A worker re-reads the centres every 30 s, so a centre opened later is served within a minute, and sweeps the
job table itself, so beat is no single point whose loss would lose work.
"""

import logging
import os

from celery import Celery, bootsteps
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError

from marketplace.kernel import worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

log = logging.getLogger(__name__)

app = Celery("spichlerz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def served_queues() -> list[str]:
    """Queues of the centres this worker serves: those of WORKER_CENTRES, else every active one."""
    codes = apps.get_model("distribution", "Centre").objects.active().values_list("code", flat=True)
    wanted = set(settings.WORKER_CENTRES)
    return [f"centre.{code}" for code in codes if not wanted or code in wanted]


class CentreQueues(bootsteps.StartStopStep):
    """Consumes from each centre's queue as centres appear, and sweeps."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer):
        self.follow(consumer)
        consumer.timer.call_repeatedly(settings.CENTRES_READ_SECONDS, self.follow, (consumer,))
        consumer.timer.call_repeatedly(settings.JOB_SWEEP_SECONDS, self.sweep)

    def follow(self, consumer):
        try:
            for queue in served_queues():
                if not consumer.task_consumer.consuming_from(queue):
                    consumer.add_task_queue(queue)
        except (DatabaseError, BrokerError, OSError) as error:
            log.warning("centres could not be read, trying again later: %s", error)
        finally:
            connection.close()

    def sweep(self):
        try:
            worker.sweep()
        except DatabaseError as error:
            log.warning("the job table could not be swept, trying again later: %s", error)
        finally:
            connection.close()


app.steps["consumer"].add(CentreQueues)

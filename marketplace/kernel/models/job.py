"""The queue of record. A job is written in the transaction of the fact it follows from; Celery only
carries the hint that it is due, so losing every message costs time, never work."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class JobQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None, dead_at=None)

    def dead(self):
        return self.filter(done_at=None, dead_at__isnull=False)


class Job(models.Model):
    """Due times and leases are the database's clock. `payload` holds ids and plain values only."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    centre = models.CharField(max_length=12, blank=True, db_default="")
    queue = models.CharField(max_length=40, db_default="default")
    created_at = models.DateTimeField(db_default=Now())
    run_after = models.DateTimeField(db_default=Now())
    hinted_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    error = models.TextField(blank=True, db_default="")
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="kernel_job_key_once")]
        indexes = [
            models.Index(
                fields=["run_after", "id"],
                name="kernel_job_due",
                condition=models.Q(done_at=None, dead_at=None),
            ),
            models.Index(
                fields=["centre", "kind"],
                name="kernel_job_open_by_centre",
                condition=models.Q(done_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"


class JobRetry(models.Model):
    """Append-only: who brought a dead job back, after how many attempts, and what it had died of."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="retries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField()
    error = models.TextField(blank=True)

    def __str__(self):
        return f"{self.job_id} {self.at}"

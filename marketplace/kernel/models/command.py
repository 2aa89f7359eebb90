"""A command given once, with its answer: the same key gives the same answer, other words a refusal."""

from django.db import models
from django.db.models.functions import Now


class Command(models.Model):
    scope = models.CharField(max_length=60)
    key = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="kernel_command_key_once")]

    def __str__(self):
        return f"{self.scope} {self.key}"

from django.db import models
from django.db.models.functions import Now


class AuditRun(models.Model):
    """What one audit found: breaches by invariant name. /health shows the last one and computes nothing."""

    started_at = models.DateTimeField(db_default=Now())
    seconds = models.FloatField()
    breaches = models.JSONField()

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d %H:%M}: {sum(self.breaches.values())}"

    def broken(self):
        """The invariants that do not hold, with how many rows break each."""
        return {name: count for name, count in self.breaches.items() if count}

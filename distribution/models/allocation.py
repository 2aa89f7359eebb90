from django.db import models
from django.db.models import F, Q

from distribution.models.centre import Location
from distribution.models.fulfilment import FulfilmentLine
from distribution.models.lot import Lot
from distribution.models.supply import Supply
from distribution.models.task import Task
from distribution.states import AllocationState


class Allocation(models.Model):
    """Units of a lot at a location set aside for a fulfilment's line: one stop of a pick task. While ACTIVE it
    counts in the supply row's `held` and the balance's `allocated`. A stop that was skipped comes after those
    skipped less often."""

    fulfilment_line = models.ForeignKey(FulfilmentLine, models.PROTECT, related_name="allocations")
    supply = models.ForeignKey(Supply, models.PROTECT, related_name="allocations")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="allocations")
    location = models.ForeignKey(Location, models.PROTECT, related_name="allocations")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="allocations")
    units = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    skips = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=AllocationState, default=AllocationState.ACTIVE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0, picked__lte=F("units")), name="distribution_allocation_units"
            ),
            models.UniqueConstraint(
                fields=["fulfilment_line", "lot", "location"],
                condition=Q(state="ACTIVE"),
                name="distribution_allocation_once",
            ),
        ]

    def __str__(self):
        return f"{self.lot_id} × {self.units}"

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from distribution.models.centre import Centre, Location
from distribution.models.lot import Lot
from producers.models import StockItem


class Balance(models.Model):
    """How much of a lot lies at a physical location: the sum of its movements, kept by the same operations.

    `item`, `centre` and `usable_until` repeat what never changes; `sellable` repeats whether the goods may be
    sold, because only predicates on the updated row are checked again after a lock wait (docs/adr/0003).
    `uncovered` is what is allocated and no longer there.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="balances")
    location = models.ForeignKey(Location, models.PROTECT, related_name="balances")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    usable_until = models.DateField()
    units = models.IntegerField(default=0)
    grams = models.IntegerField(null=True)
    allocated = models.IntegerField(default=0)
    uncovered = models.IntegerField(default=0)
    sellable = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "location"], name="distribution_balance_once"),
            models.CheckConstraint(
                condition=Q(units__gte=0, allocated__gte=0)
                & Q(uncovered=Greatest(F("allocated") - F("units"), 0)),
                name="distribution_balance_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(grams=None) | Q(grams__gte=0), name="distribution_balance_grams"
            ),
        ]
        indexes = [
            models.Index(
                fields=["centre", "item", "usable_until", "lot"],
                name="distribution_balance_fefo",
                condition=Q(sellable=True, units__gt=0),
            ),
            models.Index(fields=["location"], name="distribution_balance_here", condition=Q(units__gt=0)),
        ]

    def __str__(self):
        return f"{self.lot_id} @ {self.location_id}: {self.units}"

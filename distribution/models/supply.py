from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.round import Round
from distribution.states import HoldState
from producers.models import StockItem


class Supply(models.Model):
    """What may be promised of a stock item at a centre: one row per date on which goods end.

    STOCK is on the shelf: `quantity` equals the sellable balances of that item, centre and date. PROMISE is a
    producer's dated intake, less what has come. Selling needs `quantity - held`; a physical decrease is never
    refused and shows as `uncovered`.
    """

    class Kind(models.TextChoices):
        STOCK = "STOCK", _("na półce")
        PROMISE = "PROMISE", _("zapowiedziane")

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="supply")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="supply", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind)
    available_on = models.DateField()
    usable_until = models.DateField()
    quantity = models.IntegerField()
    held = models.IntegerField(default=0)
    uncovered = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "centre", "usable_until"],
                condition=Q(kind="STOCK"),
                name="distribution_supply_stock_once",
            ),
            models.UniqueConstraint(
                fields=["item", "centre", "available_on"],
                condition=Q(kind="PROMISE"),
                name="distribution_supply_promise_once",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, held__gte=0)
                & Q(uncovered=Greatest(F("held") - F("quantity"), 0)),
                name="distribution_supply_covered",
            ),
            models.CheckConstraint(
                condition=Q(available_on__lte=F("usable_until")), name="distribution_supply_dates"
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "item", "usable_until"], name="distribution_supply_of_item"),
            models.Index(fields=["id"], name="distribution_supply_gap", condition=Q(uncovered__gt=0)),
        ]
        verbose_name = _("podaż")
        verbose_name_plural = _("podaż")

    def __str__(self):
        return f"{self.kind} {self.item_id} @ {self.centre_id}: {self.quantity} - {self.held}"


class SupplyChange(models.Model):
    """Append-only: what a producer promised or took back, and when."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="changes")
    old = models.IntegerField()
    new = models.IntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.supply_id}: {self.old} -> {self.new}"


class Hold(models.Model):
    """Pieces a placed order took out of supply. `reference` and `line` name the order's line; a line may
    have several holds. A hold has no clock: only the order expires."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="holds")
    round = models.ForeignKey(Round, models.PROTECT, related_name="holds", db_index=False)
    reference = models.CharField(max_length=20)
    line = models.PositiveSmallIntegerField()
    pieces = models.PositiveIntegerField()
    max_grams_each = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=HoldState, default=HoldState.ACTIVE)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pieces__gt=0), name="distribution_hold_pieces")]
        indexes = [
            models.Index(fields=["round", "reference", "line"], name="distribution_hold_of_round"),
            models.Index(fields=["reference"], name="distribution_hold_of_order"),
        ]

    def __str__(self):
        return f"{self.reference}/{self.line}: {self.pieces}"

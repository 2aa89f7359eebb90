from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.states import LotState
from producers.models import Producer, StockItem
from producers.models.product import DateKind, NoDateGround


class Lot(models.Model):
    """Goods of one stock item with one producer's lot number and date (Directive 2011/91/EU). The producer
    owns them; the centre carries. Expired is computed: `usable_until` before the centre's local date."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="lots")
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="lots")
    code = models.CharField(_("numer partii"), max_length=20)
    date_kind = models.CharField(max_length=12, choices=DateKind)
    no_date_ground = models.CharField(max_length=13, choices=NoDateGround, blank=True)
    printed_on = models.DateField(_("data na opakowaniu"), null=True)
    usable_until = models.DateField()
    state = models.CharField(max_length=10, choices=LotState, default=LotState.RELEASED)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "code", "usable_until"], name="distribution_lot_once"),
            models.CheckConstraint(
                condition=Q(date_kind="NOT_REQUIRED", printed_on=None) & ~Q(no_date_ground="")
                | ~Q(date_kind="NOT_REQUIRED") & Q(printed_on__isnull=False),
                name="distribution_lot_date_fits",
            ),
        ]
        verbose_name = _("partia")
        verbose_name_plural = _("partie")

    def __str__(self):
        return self.code


class LotStatusChange(models.Model):
    """Append-only. `after_movement` is the ledger position from which the status holds."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="status_changes")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    after_movement = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    def __str__(self):
        return f"{self.lot_id}: {self.old} -> {self.new}"

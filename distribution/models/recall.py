from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.lot import Lot


class Recall(models.Model):
    """A lot withdrawn everywhere at once, or a drill that only lists it (Reg. (EC) 178/2002, art. 18 and 19).
    `listed_ms` is how long finding every place and buyer took."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="recalls")
    is_drill = models.BooleanField(default=False)
    reason = models.CharField(_("powód"), max_length=200)
    started_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed_ms = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(is_drill=False), name="distribution_recall_of_lot_once"
            )
        ]
        verbose_name = _("wycofanie")
        verbose_name_plural = _("wycofania")

    def __str__(self):
        return f"{self.lot_id} {self.started_at:%Y-%m-%d}"


class RecallPlace(models.Model):
    """Append-only: where the lot was when it was withdrawn, with the quantity: a slot, a crate, a trip or a
    buyer's order."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="places")
    location = models.ForeignKey("distribution.Location", models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=20, blank=True)
    units = models.PositiveIntegerField()
    grams = models.PositiveIntegerField(null=True)

    def __str__(self):
        return f"{self.recall_id}: {self.location_id or self.reference} {self.units}"

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Location
from distribution.models.document import DocumentLine
from distribution.models.lot import Lot


class Movement(models.Model):
    """A line of the stock ledger: append-only, never back-dated (`recorded_at` is the database's clock,
    `happened_at` only informs). A correction is a mirror movement that names the one it `reverses`."""

    class Reason(models.TextChoices):
        RECEIPT = "RECEIPT", _("przyjęcie")
        PUT_AWAY = "PUT_AWAY", _("odłożenie")
        PICK = "PICK", _("zebranie")
        PUT_BACK = "PUT_BACK", _("odłożenie z powrotem")
        HAND_OUT = "HAND_OUT", _("wydanie")
        WRITE_OFF = "WRITE_OFF", _("strata")
        DONATION = "DONATION", _("darowizna")
        WEIGHING = "WEIGHING", _("różnica wagi")
        DEPARTURE = "DEPARTURE", _("odjazd")
        ARRIVAL = "ARRIVAL", _("przyjazd")
        COUNT = "COUNT", _("inwentaryzacja")
        RETURN = "RETURN", _("zwrot")
        MOVE = "MOVE", _("przesunięcie w hali")
        REVERSAL = "REVERSAL", _("storno")

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements")
    from_location = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False)
    to_location = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False)
    units = models.IntegerField()
    grams = models.IntegerField(null=True)
    reason = models.CharField(max_length=10, choices=Reason)
    document_line = models.ForeignKey(DocumentLine, models.PROTECT, null=True, related_name="movements")
    reference = models.CharField(max_length=20, blank=True, db_default="")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0) | Q(units=0, reason="WEIGHING"), name="distribution_movement_units"
            ),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")), name="distribution_movement_goes_somewhere"
            ),
        ]
        indexes = [BrinIndex(fields=["recorded_at"], name="distribution_movement_when")]

    def __str__(self):
        return f"{self.lot_id}: {self.from_location_id} -> {self.to_location_id} {self.units}"

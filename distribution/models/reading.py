from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre, Zone
from distribution.models.document import Document
from distribution.models.trip import Trip
from marketplace.kernel.units import Temperature


class Reading(models.Model):
    """Append-only: a temperature in 0.1 °C, of a zone, of a chamber of a trip, or of goods at receipt, with the
    limit in force (Reg. (EC) 852/2004, annex II, ch. IX). Above the limit it is a breach and holds the lots."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="readings", db_index=False)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="readings")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="readings")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="readings")
    temperature = models.CharField(max_length=8, choices=Temperature)
    tenths = models.SmallIntegerField()
    limit_tenths = models.SmallIntegerField()
    sensor = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(zone__isnull=False, trip=None, document=None)
                | Q(zone=None, trip__isnull=False, document=None)
                | Q(zone=None, trip=None, document__isnull=False),
                name="distribution_reading_of_one_thing",
            )
        ]
        indexes = [models.Index(fields=["centre", "at"], name="distribution_reading_day")]
        verbose_name = _("odczyt temperatury")
        verbose_name_plural = _("odczyty temperatury")

    def __str__(self):
        return f"{self.centre_id} {self.temperature}: {self.tenths}"

    @property
    def degrees(self):
        return Decimal(self.tenths) / 10

    @property
    def limit_degrees(self):
        return Decimal(self.limit_tenths) / 10

    @property
    def is_breach(self):
        return self.tenths > self.limit_tenths

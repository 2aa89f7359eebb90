from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.document import Document
from distribution.models.handling_unit import HandlingUnit
from distribution.models.lot import Lot
from distribution.models.trip import Trip
from distribution.states import LoadState
from marketplace.kernel.units import Temperature


class Load(models.Model):
    """A crate that goes by a trip: expected on the ramp, loaded, unloaded at the other end, or missing there.
    `chamber` is where it was put; another one than its temperature's only on a lead's word, with the reason. An
    empty crate has neither: it rides wherever there is room."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="loads")
    unit = models.ForeignKey(HandlingUnit, models.PROTECT, related_name="loads")
    temperature = models.CharField(max_length=8, choices=Temperature, blank=True)
    chamber = models.CharField(max_length=8, choices=Temperature, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    # Trips the crate still goes by in the same lorry: those deepest in the network are loaded first.
    stays_aboard = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=LoadState, default=LoadState.EXPECTED)
    loaded_at = models.DateTimeField(null=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    unloaded_at = models.DateTimeField(null=True)
    unloaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "unit"], condition=~Q(state="LEFT"), name="distribution_load_once"
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=["EXPECTED", "LOADED"]),
                name="distribution_load_one_trip",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["LOADED", "UNLOADED", "MISSING"]) | Q(loaded_at__isnull=False),
                name="distribution_load_loaded_at",
            ),
        ]
        verbose_name = _("ładunek")
        verbose_name_plural = _("ładunki")

    def __str__(self):
        return f"{self.trip_id}: {self.unit_id} {self.state}"

    @property
    def is_empty(self):
        return not self.temperature


class Discrepancy(models.Model):
    """What a lorry brought less, or more, than its MM says. Goods that did not come lie in transit until they
    are found or written off, which settles the row."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="discrepancies")
    unit = models.ForeignKey(HandlingUnit, models.PROTECT, related_name="discrepancies")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="discrepancies")
    expected_units = models.PositiveIntegerField()
    found_units = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "unit", "lot"],
                condition=Q(settled_at=None),
                name="distribution_discrepancy_once",
            ),
            models.CheckConstraint(
                condition=~Q(expected_units=models.F("found_units")), name="distribution_discrepancy_differs"
            ),
        ]
        verbose_name = _("rozbieżność")
        verbose_name_plural = _("rozbieżności")

    def __str__(self):
        return f"{self.trip_id}/{self.unit_id}: {self.found_units} z {self.expected_units}"

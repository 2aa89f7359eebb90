from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre, Location, Zone
from distribution.models.document import Document
from distribution.models.lot import Lot
from distribution.states import CountState


class Count(models.Model):
    """A blind count of some locations: the counter does not see what the books say."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="counts")
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="counts")
    state = models.CharField(max_length=9, choices=CountState, default=CountState.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["centre", "state"], name="distribution_count_work")]
        verbose_name = _("inwentaryzacja")
        verbose_name_plural = _("inwentaryzacje")

    def __str__(self):
        return f"{self.centre_id} {self.pk}"


class CountPlace(models.Model):
    """A location to be counted. `seen_movement` is the ledger position the count saw, set when it is confirmed;
    `started_movement` the one at which counting began: what moved between the two is counted again."""

    count = models.ForeignKey(Count, models.PROTECT, related_name="places")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    started_movement = models.BigIntegerField(null=True)
    seen_movement = models.BigIntegerField(null=True)
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)
    recounts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "location"], name="distribution_count_place_once"),
            models.CheckConstraint(
                condition=Q(seen_movement=None, counted_at=None)
                | Q(seen_movement__isnull=False, counted_at__isnull=False),
                name="distribution_count_place_counted",
            ),
        ]

    def __str__(self):
        return f"{self.count_id}: {self.location_id}"


class CountLine(models.Model):
    """What was found of a lot at a place: `booked` is the balance at the ledger position the count saw, so a
    pick made meanwhile is not undone. `document` is the RW or PW that put the books right."""

    place = models.ForeignKey(CountPlace, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField()
    counted_grams = models.PositiveIntegerField(null=True)
    booked = models.IntegerField()
    booked_grams = models.IntegerField(null=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "lot"], name="distribution_count_line_once")]

    def __str__(self):
        return f"{self.place_id}: {self.lot_id} {self.counted}/{self.booked}"

    @property
    def difference(self):
        return self.counted - self.booked

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.document import Document, DocumentLine
from distribution.models.supply import Supply
from distribution.states import ArrivalState
from producers.models import Producer, StockItem


class DockSlot(models.Model):
    """An hour at the ramp with room for `capacity` deliveries, in the centre's local time."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="dock_slots", db_index=False)
    on = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "on", "starts"], name="distribution_dock_slot_once"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="distribution_dock_slot_in_order"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="distribution_dock_slot_capacity"
            ),
        ]
        ordering = ["on", "starts"]

    def __str__(self):
        return f"{self.centre_id} {self.on} {self.starts:%H:%M}"


class Arrival(models.Model):
    """Goods a producer owes a centre on a day, from orders already placed: "you owe 14 × cheese"."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="arrivals", db_index=False)
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="arrivals")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=ArrivalState, default=ArrivalState.EXPECTED)
    received_at = models.DateTimeField(null=True)
    dock_slot = models.ForeignKey(DockSlot, models.PROTECT, null=True, related_name="arrivals")
    crates = models.PositiveSmallIntegerField(null=True)  # as the producer announced

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "producer", "due_on"],
                condition=Q(state="EXPECTED"),
                name="distribution_arrival_once",
            )
        ]
        indexes = [models.Index(fields=["centre", "state", "due_on"], name="distribution_arrival_next")]
        verbose_name = _("oczekiwana dostawa")
        verbose_name_plural = _("oczekiwane dostawy")

    def __str__(self):
        return f"{self.producer_id} -> {self.centre_id} {self.due_on}"


class ArrivalLine(models.Model):
    """`owed` pieces sold out of the promise; `received` have come by PZ."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="lines")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+")
    supply = models.ForeignKey(Supply, models.PROTECT, null=True, related_name="+")
    owed = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrival", "item"], name="distribution_arrival_line_once")
        ]

    def __str__(self):
        return f"{self.arrival_id}: {self.item_id} × {self.owed}"


class ReceiptItem(models.Model):
    """Append-only: what a PZ says of one stock item against what was still owed then. Goods of which nothing was
    taken have no lot, and so no line of the PZ: here they are all the same."""

    class Difference(models.TextChoices):
        LESS_MADE = "LESS_MADE", _("producent ma mniej")
        LEFT_BEHIND = "LEFT_BEHIND", _("zostało u producenta, przyjedzie później")
        DAMAGED = "DAMAGED", _("zniszczone w drodze")
        MISCOUNTED = "MISCOUNTED", _("inna liczba niż na dokumencie")
        EXTRA = "EXTRA", _("przywieziono więcej")

    document = models.ForeignKey(Document, models.PROTECT, related_name="items")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+")
    arrival = models.ForeignKey(Arrival, models.PROTECT, null=True, related_name="receipt_items")
    owed = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    refused_for = models.CharField(max_length=11, choices=DocumentLine.Refusal, blank=True)
    difference_for = models.CharField(max_length=11, choices=Difference, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "item"], name="distribution_receipt_item_once"),
            models.CheckConstraint(
                condition=Q(refused=0) | ~Q(refused_for=""), name="distribution_receipt_item_refused_for"
            ),
        ]

    def __str__(self):
        return f"{self.document_id}: {self.item_id} {self.accepted}/{self.owed}"

    @property
    def missing(self):
        """Pieces owed that did not come; a negative number came beyond what was owed."""
        return self.owed - self.accepted - self.refused

    @property
    def beyond(self):
        """Pieces that came beyond what was owed."""
        return -self.missing


class ReceiptPhoto(models.Model):
    """A picture taken at the ramp: what came broken, warm or unlabelled."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="photos")
    image = models.ImageField(upload_to="receipts/")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.document_id}: {self.image.name}"

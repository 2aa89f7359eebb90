from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre, Location
from distribution.models.round import Round
from distribution.models.route import Route
from distribution.states import FulfilmentState, LineState
from marketplace.kernel.units import SoldBy, Temperature
from producers.models import StockItem


class Fulfilment(models.Model):
    """The part of an order one centre works on for one date and temperature. It carries the order's number
    and a label, frozen; nothing here points at the order.

    `route` brings it to `destination`, where the round hands it over; without a route that is the same centre.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="fulfilments")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="fulfilments", db_index=False)
    destination = models.ForeignKey(Centre, models.PROTECT, related_name="inbound", db_index=False)
    route = models.ForeignKey(Route, models.PROTECT, null=True, related_name="fulfilments")
    reference = models.CharField(max_length=20)
    recipient_label = models.CharField(max_length=40)
    slot_starts = models.TimeField(null=True)
    temperature = models.CharField(max_length=8, choices=Temperature)
    state = models.CharField(max_length=11, choices=FulfilmentState, default=FulfilmentState.RELEASED)
    stage = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "round", "centre", "temperature", "route"],
                nulls_distinct=False,
                name="distribution_fulfilment_once",
            )
        ]
        indexes = [
            models.Index(fields=["centre", "state"], name="distribution_fulfilment_work"),
            models.Index(fields=["destination", "state"], name="distribution_fulfilment_dest"),
        ]
        verbose_name = _("realizacja")
        verbose_name_plural = _("realizacje")

    def __str__(self):
        return f"{self.reference} {self.temperature}"


class FulfilmentLine(models.Model):
    """Pieces of one order line. `pieces` = allocated or picked + awaited + short, always."""

    fulfilment = models.ForeignKey(Fulfilment, models.CASCADE, related_name="lines")
    line = models.PositiveSmallIntegerField()
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=230)
    sold_by = models.CharField(max_length=6, choices=SoldBy)
    pieces = models.PositiveIntegerField()
    max_grams = models.PositiveIntegerField(null=True)
    awaited = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    picked_grams = models.PositiveIntegerField(null=True)
    handed_out = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=14, choices=LineState)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fulfilment", "line"], name="distribution_fulfilment_line_once"),
            models.CheckConstraint(
                condition=Q(pieces__gte=F("picked") + F("awaited") + F("short")),
                name="distribution_fulfilment_line_sums",
            ),
            models.CheckConstraint(
                condition=Q(handed_out__lte=F("picked")), name="distribution_fulfilment_line_handed_out"
            ),
        ]
        indexes = [
            models.Index(fields=["item"], name="distribution_line_awaiting", condition=Q(awaited__gt=0)),
        ]

    def __str__(self):
        return f"{self.fulfilment_id}/{self.line}"


class FulfilmentEvent(models.Model):
    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, related_name="events")
    old = models.CharField(max_length=11, blank=True)
    new = models.CharField(max_length=11)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.fulfilment_id}: {self.old} -> {self.new}"


class Shortage(models.Model):
    """Append-only: pieces that a line will not get, and why. The buyer is told once, by the order's side."""

    class Reason(models.TextChoices):
        NOT_DELIVERED = "NOT_DELIVERED", _("producent nie dowiózł")
        MISSING = "MISSING", _("brak na półce")
        DAMAGED = "DAMAGED", _("uszkodzone")
        LOST_SUPPLY = "LOST_SUPPLY", _("towar wycofany lub stracony")
        NO_TRIP = "NO_TRIP", _("kurs odwołany lub spóźniony")
        LOST_IN_TRANSIT = "LOST_TRANSIT", _("nie dojechało")

    reference = models.CharField(max_length=20, db_index=True)
    line = models.PositiveSmallIntegerField()
    fulfilment_line = models.ForeignKey(FulfilmentLine, models.PROTECT, null=True, related_name="shortages")
    pieces = models.PositiveIntegerField()
    reason = models.CharField(max_length=13, choices=Reason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.reference}/{self.line}: -{self.pieces}"

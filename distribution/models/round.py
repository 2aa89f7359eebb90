from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.place import HandoverPlace
from distribution.states import RoundState
from marketplace.kernel.clock import moment


class RoundQuerySet(models.QuerySet):
    def open_at(self, at):
        return self.filter(state=RoundState.OPEN, opens_at__lte=at, orders_close_at__gt=at)


class Round(models.Model):
    """A dated hand-over: order until `orders_close_at`, packed on `packs_on`, collected on `hands_over_on`.

    Local date and time are the truth; the UTC moments beside them are computed once by kernel.clock.
    """

    place = models.ForeignKey(HandoverPlace, models.PROTECT, related_name="rounds")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="rounds")
    opens_at = models.DateTimeField()
    closes_on = models.DateField()
    closes_hour = models.TimeField()
    orders_close_at = models.DateTimeField()
    packs_on = models.DateField()
    hands_over_on = models.DateField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=RoundState, default=RoundState.OPEN)
    is_rehearsal = models.BooleanField(default=False)  # made by market_day, not offered to buyers

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "hands_over_on"],
                condition=Q(is_rehearsal=False) & ~Q(state="CANCELLED"),
                name="distribution_round_day_once",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("orders_close_at"), orders_close_at__lt=F("ends_at"))
                & Q(packs_on__gte=F("closes_on"), hands_over_on__gte=F("packs_on")),
                name="distribution_round_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "state", "orders_close_at"], name="distribution_round_next")
        ]
        ordering = ["hands_over_on", "id"]
        verbose_name = _("tura")
        verbose_name_plural = _("tury")

    def __str__(self):
        return f"{self.centre_id} {self.hands_over_on}"

    @property
    def due_at(self):
        """When the goods must be ready: the first slot's start, else the day's first hour."""
        first = min((slot.starts for slot in self.slots.all()), default=time(6, 0))
        return moment(self.hands_over_on, first)


class Slot(models.Model):
    """A part of the hand-over with room for `capacity` orders, in the place's local time."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="slots")
    starts = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "starts"], name="distribution_slot_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="distribution_slot_capacity"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="distribution_slot_in_order"),
        ]
        ordering = ["starts"]

    def __str__(self):
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"

    @property
    def left(self):
        return self.capacity - self.taken


class RoundEvent(models.Model):
    round = models.ForeignKey(Round, models.PROTECT, related_name="events")
    old = models.CharField(max_length=9)
    new = models.CharField(max_length=9)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.round_id}: {self.old} -> {self.new}"

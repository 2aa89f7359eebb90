from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.leg import Leg
from distribution.states import TripState
from marketplace.kernel.units import Temperature


class TripQuerySet(models.QuerySet):
    def live(self):
        """Trips whose goods are still to come or on the way."""
        return self.exclude(state__in=[TripState.CLOSED, TripState.CANCELLED])

    def at_centres(self, centres):
        return self.filter(Q(from_centre__in=centres) | Q(to_centre__in=centres))


class Trip(models.Model):
    """A dated run of a leg, or an extra one without a leg. The planned moments are kept; `departs_at` and
    `arrives_at` are what is expected now."""

    leg = models.ForeignKey(Leg, models.PROTECT, null=True, related_name="trips")
    from_centre = models.ForeignKey(Centre, models.PROTECT, related_name="trips_out", db_index=False)
    to_centre = models.ForeignKey(Centre, models.PROTECT, related_name="trips_in", db_index=False)
    departs_on = models.DateField()
    cutoff_at = models.DateTimeField()
    planned_departs_at = models.DateTimeField()
    planned_arrives_at = models.DateTimeField()
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=TripState, default=TripState.PLANNED)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    vehicle = models.CharField(_("pojazd"), max_length=40, blank=True)
    driver = models.CharField(_("kierowca"), max_length=80, blank=True)
    is_rehearsal = models.BooleanField(
        default=False, db_default=False
    )  # made by market_day, for its own rounds

    objects = TripQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leg", "departs_on"],
                condition=Q(leg__isnull=False),
                name="distribution_trip_of_leg_once",
            ),
            models.UniqueConstraint(
                fields=["from_centre", "to_centre", "planned_departs_at", "is_rehearsal"],
                condition=~Q(state="CANCELLED"),
                name="distribution_trip_departure_once",
            ),
            models.CheckConstraint(
                condition=~Q(from_centre=F("to_centre")), name="distribution_trip_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(cutoff_at__lte=F("departs_at"), departs_at__lt=F("arrives_at"))
                & Q(cutoff_at__lte=F("planned_departs_at"), planned_departs_at__lt=F("planned_arrives_at")),
                name="distribution_trip_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["DEPARTED", "ARRIVED", "CLOSED"]) | Q(departed_at__isnull=False),
                name="distribution_trip_departed_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ARRIVED", "CLOSED"]) | Q(arrived_at__isnull=False),
                name="distribution_trip_arrived_at",
            ),
        ]
        indexes = [
            models.Index(fields=["from_centre", "departs_at"], name="distribution_trip_out"),
            models.Index(fields=["to_centre", "arrives_at"], name="distribution_trip_in"),
        ]
        ordering = ["departs_at", "id"]
        verbose_name = _("kurs")
        verbose_name_plural = _("kursy")

    def __str__(self):
        return f"{self.from_centre_id} -> {self.to_centre_id} {self.departs_on}"

    @property
    def is_late(self):
        return self.arrives_at > self.planned_arrives_at


class TripRoom(models.Model):
    """Room of one temperature on a trip. `booked_grams` is what sold goods will weigh; `is_open` repeats whether
    the trip still takes goods, because only predicates on the updated row are checked after a lock wait."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="rooms")
    temperature = models.CharField(max_length=8, choices=Temperature)
    crates = models.PositiveIntegerField()
    grams = models.PositiveIntegerField()
    booked_grams = models.IntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "temperature"], name="distribution_trip_room_once"),
            models.CheckConstraint(condition=Q(booked_grams__gte=0), name="distribution_trip_room_booked"),
        ]

    def __str__(self):
        return f"{self.trip_id} {self.temperature}: {self.booked_grams}/{self.grams}"


class TripEvent(models.Model):
    """Append-only: each change of state or of the expected arrival, with why."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="events")
    old = models.CharField(max_length=9, blank=True)
    new = models.CharField(max_length=9)
    arrives_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.trip_id}: {self.old} -> {self.new}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.models.balance import Balance
from distribution.models.centre import Centre
from distribution.models.count import CountPlace
from distribution.models.fulfilment import Fulfilment
from distribution.models.handling_unit import HandlingUnit
from distribution.models.round import Round
from distribution.models.trip import Trip
from distribution.states import TaskState
from marketplace.kernel.clock import WARSAW
from marketplace.kernel.units import Temperature


class Wave(models.Model):
    """Tasks of one centre released together: of one temperature, for one round, and for one departure when the
    goods leave by a trip."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="waves", db_index=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="waves")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="waves")
    temperature = models.CharField(max_length=8, choices=Temperature)
    released_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "round", "trip", "temperature"],
                nulls_distinct=False,
                name="distribution_wave_once",
            )
        ]

    def __str__(self):
        return f"{self.round_id} {self.temperature}"


class TaskQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(state__in=[TaskState.OPEN, TaskState.TAKEN])

    def with_subject(self):
        """With all that `about` reads."""
        return self.select_related(
            "fulfilment",
            "trip__from_centre",
            "trip__to_centre",
            "count_place__location",
            "balance__location",
            "balance__lot",
        )


class Task(models.Model):
    """One piece of work in a centre's queue, leased to a person. It remembers the step it is at, so any
    device can go on: the crate in use, and the location that was scanned last."""

    class Kind(models.TextChoices):
        PICK = "PICK", _("zbieranie")
        PACK = "PACK", _("pakowanie")
        STAGE = "STAGE", _("ustawienie do wydania")
        LOAD = "LOAD", _("załadunek")
        UNLOAD = "UNLOAD", _("rozładunek")
        CROSS = "CROSS", _("przeładunek")
        PUT_AWAY = "PUT_AWAY", _("odłożenie na półkę")
        PUT_BACK = "PUT_BACK", _("odłożenie z powrotem")
        COUNT = "COUNT", _("liczenie")
        PULL = "PULL", _("wyjęcie wycofanej partii")

    FROM_RAMP = (Kind.PUT_AWAY, Kind.PUT_BACK)

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="tasks", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="tasks")
    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, null=True, related_name="tasks")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="tasks")
    count_place = models.ForeignKey(CountPlace, models.PROTECT, null=True, related_name="tasks")
    balance = models.ForeignKey(Balance, models.PROTECT, null=True, related_name="tasks")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=TaskState, default=TaskState.OPEN)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    leased_until = models.DateTimeField(null=True)
    crate = models.ForeignKey(HandlingUnit, models.PROTECT, null=True, related_name="+")
    at_location = models.ForeignKey("distribution.Location", models.PROTECT, null=True, related_name="+")
    at_lot = models.ForeignKey("distribution.Lot", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="TAKEN") | Q(taken_by__isnull=False, leased_until__isnull=False),
                name="distribution_task_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(done_at__isnull=False), name="distribution_task_done_at"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["PICK", "PACK", "STAGE"], fulfilment__isnull=False)
                | Q(kind__in=["LOAD", "UNLOAD", "CROSS"], trip__isnull=False)
                | Q(kind="COUNT", count_place__isnull=False)
                | Q(kind__in=["PUT_AWAY", "PUT_BACK", "PULL"], balance__isnull=False),
                name="distribution_task_is_about_something",
            ),
            models.UniqueConstraint(
                fields=["centre", "kind", "fulfilment", "trip", "count_place", "balance"],
                condition=Q(state__in=["OPEN", "TAKEN"]),
                nulls_distinct=False,
                name="distribution_task_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["centre", "due_at", "id"],
                name="distribution_task_queue",
                condition=Q(state__in=["OPEN", "TAKEN"]),
            )
        ]
        verbose_name = _("zadanie")
        verbose_name_plural = _("zadania")

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def about(self):
        """What it is about, as the hall says it: the order's number, the trip, or the place."""
        if self.fulfilment_id:
            return self.fulfilment.reference
        if self.trip_id:
            return self._about_trip()
        if self.count_place_id:
            return self.count_place.location.code
        return f"{self.balance.location.code}, {self.balance.lot.code}"

    def _about_trip(self):
        is_out = self.trip.from_centre_id == self.centre_id
        other = self.trip.to_centre.name if is_out else self.trip.from_centre.name
        at = self.trip.departs_at if is_out else self.trip.arrives_at
        hour = f"{at.astimezone(WARSAW):%H.%M}"
        text = _("do: %(centre)s, %(hour)s") if is_out else _("z: %(centre)s, %(hour)s")
        return text % {"centre": other, "hour": hour}

    @property
    def temperature(self):
        """Of the goods, when the task is about one temperature; else empty."""
        return self.fulfilment.temperature if self.fulfilment_id else ""


class TaskEvent(models.Model):
    task = models.ForeignKey(Task, models.PROTECT, related_name="events")
    old = models.CharField(max_length=9, blank=True)
    new = models.CharField(max_length=9)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.task_id}: {self.old} -> {self.new}"


class Scan(models.Model):
    """Append-only: every scan that was refused, with why, and by whom."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="scans")
    text = models.CharField(max_length=120)
    refused = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return f"{self.text}: {self.refused}"

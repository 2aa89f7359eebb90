from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.policies.timetable import Hours, Service
from marketplace.kernel.units import Temperature


class LegQuerySet(models.QuerySet):
    def running_on(self, day):
        """Legs in force on the day; whether they run is a matter of weekday and holiday (policies.timetable)."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class Leg(models.Model):
    """An entry of the timetable: a lorry from one centre to another on some weekdays (Monday is 0).

    Hours are local. `cutoff_days_before` and `arrives_days_after` count from the day of departure, so an arrival
    over midnight is a day later. Dated runs are trips; a leg that changes is ended and written anew.
    """

    from_centre = models.ForeignKey(Centre, models.PROTECT, related_name="legs_out")
    to_centre = models.ForeignKey(Centre, models.PROTECT, related_name="legs_in")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("dni tygodnia"))
    runs_on_holidays = models.BooleanField(_("także w święta"), default=False)
    cutoff_days_before = models.PositiveSmallIntegerField(default=0)
    cutoff_hour = models.TimeField(_("towar gotowy do"))
    departs_hour = models.TimeField(_("odjazd"))
    arrives_days_after = models.PositiveSmallIntegerField(default=0)
    arrives_hour = models.TimeField(_("przyjazd"))
    valid_from = models.DateField(_("od dnia"))
    valid_until = models.DateField(_("do dnia"), null=True, blank=True)
    vehicle = models.CharField(_("pojazd"), max_length=40, blank=True)

    objects = LegQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_centre=F("to_centre")), name="distribution_leg_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0) & Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="distribution_leg_weekdays",
            ),
            models.CheckConstraint(
                condition=Q(arrives_days_after__lte=2)
                & (Q(arrives_days_after__gt=0) | Q(arrives_hour__gt=F("departs_hour"))),
                name="distribution_leg_arrives_later",
            ),
            models.CheckConstraint(
                condition=Q(cutoff_days_before__lte=2)
                & (Q(cutoff_days_before__gt=0) | Q(cutoff_hour__lte=F("departs_hour"))),
                name="distribution_leg_cutoff_first",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="distribution_leg_dates",
            ),
        ]
        ordering = ["from_centre__name", "departs_hour", "id"]
        verbose_name = _("połączenie")
        verbose_name_plural = _("połączenia")

    def __str__(self):
        return f"{self.from_centre_id} -> {self.to_centre_id} {self.departs_hour:%H:%M}"

    @property
    def hours(self):
        return Hours(
            self.cutoff_hour,
            self.departs_hour,
            self.arrives_hour,
            self.cutoff_days_before,
            self.arrives_days_after,
        )

    @property
    def service(self):
        """The leg as the policy sees it."""
        return Service(
            self.hours,
            frozenset(self.weekdays),
            self.valid_from,
            self.valid_until,
            self.runs_on_holidays,
        )


class LegRoom(models.Model):
    """What the lorry takes in the chamber of one temperature."""

    leg = models.ForeignKey(Leg, models.CASCADE, related_name="rooms")
    temperature = models.CharField(max_length=8, choices=Temperature)
    crates = models.PositiveIntegerField(_("skrzynie"))
    kilograms = models.PositiveIntegerField("kg")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leg", "temperature"], name="distribution_leg_room_once"),
            models.CheckConstraint(
                condition=Q(crates__gt=0, kilograms__gt=0), name="distribution_leg_room_holds"
            ),
        ]

    def __str__(self):
        return f"{self.leg_id} {self.temperature}"

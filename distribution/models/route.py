from django.db import models
from django.db.models import F, Q

from distribution.models.centre import Centre
from distribution.models.round import Round
from distribution.models.trip import Trip
from marketplace.kernel.units import Temperature


class Route(models.Model):
    """How goods of one temperature that lie at `origin` reach a round: a chain of trips, at most three, or none
    at the round's own centre.

    `ready_by` is the last day on which goods may become available at the origin and still go this way. One route
    per round, origin and temperature is current: new holds take that one. Kept ready beside the rounds, so that
    a promise and a checkout join it like any table; operations/routes.py writes it when trips or rounds change.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="routes", db_index=False)
    origin = models.ForeignKey(Centre, models.PROTECT, related_name="routes")
    temperature = models.CharField(max_length=8, choices=Temperature)
    chain = models.CharField(max_length=60, blank=True)
    changes = models.PositiveSmallIntegerField(default=0)
    kilometres = models.PositiveIntegerField(default=0)
    ready_by = models.DateField()
    leaves_at = models.DateTimeField(null=True)
    arrives_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "origin", "temperature", "chain"], name="distribution_route_once"
            ),
            models.UniqueConstraint(
                fields=["round", "temperature", "origin"],
                condition=Q(is_current=True),
                name="distribution_route_current_once",
            ),
            models.CheckConstraint(
                condition=Q(chain="", leaves_at=None, arrives_at=None)
                | ~Q(chain="") & Q(leaves_at__lt=F("arrives_at")),
                name="distribution_route_chain",
            ),
        ]

    def __str__(self):
        return f"{self.origin_id} -> {self.round_id} {self.temperature} [{self.chain}]"


class RouteTrip(models.Model):
    """The trips of a route in order; 0 leaves the origin."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="route_stages")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "position"], name="distribution_route_trip_once")
        ]
        ordering = ["position"]

    def __str__(self):
        return f"{self.route_id}/{self.position}: {self.trip_id}"

"""Append-only rows that say who changed what a centre works by: sources of lines, quotas, legs, the rule."""

from django.conf import settings
from django.db import models

from distribution.models.centre import Centre, ShortageRule
from distribution.models.leg import Leg
from distribution.models.lot import Lot
from distribution.models.supply import Hold, Quota, Supply


class SourceChange(models.Model):
    """Pieces of an order's line that come from elsewhere than was planned: at release because that is better, by a
    lead's hand, and why. `lot` is set when a lead named one."""

    reference = models.CharField(max_length=20, db_index=True)
    line = models.PositiveSmallIntegerField()
    pieces = models.PositiveIntegerField()
    old = models.ForeignKey(Supply, models.PROTECT, related_name="+")
    new = models.ForeignKey(Supply, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=8, choices=Hold.Reason)
    explained = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="distribution_source_change_at")]

    def __str__(self):
        return f"{self.reference}/{self.line}: {self.old_id} -> {self.new_id}"


class QuotaChange(models.Model):
    """Pieces of a quota before and after: set by the producer, or 0 when the rest flowed back to all."""

    quota = models.ForeignKey(Quota, models.PROTECT, related_name="changes")
    old = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.quota_id}: {self.old} -> {self.new}"


class LegEvent(models.Model):
    """A leg added, given other room or another lorry, ended. `facts` are what it is from then on."""

    leg = models.ForeignKey(Leg, models.PROTECT, related_name="events")
    what = models.CharField(max_length=200)
    facts = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.leg_id}: {self.what}"


class RuleChange(models.Model):
    """Another rule of a centre for who gets goods that are short."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="rule_changes")
    old = models.CharField(max_length=8, choices=ShortageRule)
    new = models.CharField(max_length=8, choices=ShortageRule)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.centre_id}: {self.old} -> {self.new}"

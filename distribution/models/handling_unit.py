from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre, Location
from distribution.models.fulfilment import Fulfilment
from distribution.states import LoadState
from producers.models import Producer


class HandlingUnitQuerySet(models.QuerySet):
    def in_hand(self):
        """Crates the network has: neither with a partner nor withdrawn."""
        return self.filter(holder=None, withdrawn_at=None)

    def standing_at(self, centre):
        """Those at a centre, not on a lorry nor missed from one."""
        gone = [LoadState.LOADED, LoadState.MISSING]
        return self.in_hand().filter(centre=centre).exclude(loads__state__in=gone)

    def empty(self):
        return self.filter(fulfilment=None)


class HandlingUnit(models.Model):
    """A crate with its SSCC. What is in it lies at its own location (`inside`), on a trip one of kind TRANSIT;
    it stands at `stands_at`. `centre` is where it is now, or was last. It is the network's, or its `owner`'s;
    `holder` is the producer who has it, empty, to deliver in."""

    sscc = models.CharField("SSCC", max_length=18, unique=True)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="handling_units")
    inside = models.OneToOneField(Location, models.PROTECT, related_name="handling_unit")
    stands_at = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, null=True, related_name="handling_units")
    owner = models.ForeignKey(Producer, models.PROTECT, null=True, related_name="own_crates")
    holder = models.ForeignKey(Producer, models.PROTECT, null=True, related_name="held_crates")
    withdrawn_at = models.DateTimeField(null=True)

    objects = HandlingUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sscc__regex=r"^[0-9]{18}$"), name="distribution_sscc_digits"),
            models.CheckConstraint(
                condition=Q(fulfilment=None) | Q(holder=None, withdrawn_at=None),
                name="distribution_crate_one_use",
            ),
        ]
        verbose_name = _("skrzynia")
        verbose_name_plural = _("skrzynie")

    def __str__(self):
        return self.sscc


class CrateEvent(models.Model):
    """Append-only: a crate came into use, went to a partner or came back, was lost and found, or went out of use.
    `deposit` in grosze is what the partner owes more for it, less when negative."""

    class Kind(models.TextChoices):
        ADDED = "ADDED", _("nowa")
        GIVEN = "GIVEN", _("wydana")
        TAKEN_BACK = "BACK", _("przyjęta")
        FOUND = "FOUND", _("odnaleziona")
        WITHDRAWN = "OUT", _("wycofana")

    unit = models.ForeignKey(HandlingUnit, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=5, choices=Kind)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Producer, models.PROTECT, null=True, related_name="crate_events")
    deposit = models.IntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["GIVEN", "BACK"], partner__isnull=False)
                | ~Q(kind__in=["GIVEN", "BACK"]) & Q(partner=None, deposit=0),
                name="distribution_crate_event_partner",
            )
        ]
        indexes = [
            models.Index(fields=["partner", "unit"], name="distribution_crate_partner"),
            models.Index(fields=["centre", "-id"], name="distribution_crate_at_centre"),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.kind}"

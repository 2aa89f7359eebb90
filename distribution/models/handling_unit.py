from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre, Location
from distribution.models.fulfilment import Fulfilment


class HandlingUnit(models.Model):
    """A crate with its SSCC. What is in it lies at its own location (`inside`), on a trip one of kind TRANSIT;
    it stands at `stands_at`. A crate belongs to the network: `centre` is where it is now."""

    sscc = models.CharField("SSCC", max_length=18, unique=True)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="handling_units")
    inside = models.OneToOneField(Location, models.PROTECT, related_name="handling_unit")
    stands_at = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    fulfilment = models.ForeignKey(Fulfilment, models.PROTECT, null=True, related_name="handling_units")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sscc__regex=r"^[0-9]{18}$"), name="distribution_sscc_digits")
        ]
        verbose_name = _("skrzynia")
        verbose_name_plural = _("skrzynie")

    def __str__(self):
        return self.sscc

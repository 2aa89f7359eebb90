from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre


class HandoverPlace(models.Model):
    """Where buyers get their goods: at a centre, a collection point, or along a delivery run, served by one centre."""

    class Kind(models.TextChoices):
        CENTRE = "CENTRE", _("odbiór w centrum")
        POINT = "POINT", _("punkt odbioru")
        RUN = "RUN", _("dowóz")

    kind = models.CharField(max_length=6, choices=Kind)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="places")
    name = models.CharField(_("nazwa"), max_length=80)
    address = models.CharField(_("adres"), max_length=160)
    latitude = models.FloatField()
    longitude = models.FloatField()
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("miejsce odbioru")
        verbose_name_plural = _("miejsca odbioru")

    def __str__(self):
        return self.name


class Coverage(models.Model):
    """Postal codes that begin with `prefix` belong to the place; the longest prefix wins, else the nearest place."""

    prefix = models.CharField(max_length=6)
    place = models.ForeignKey(HandoverPlace, models.CASCADE, related_name="coverage")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "place"], name="distribution_coverage_once"),
            models.CheckConstraint(
                condition=models.Q(prefix__regex=r"^[0-9]{2}(-[0-9]{0,3})?$"),
                name="distribution_coverage_prefix",
            ),
        ]

    def __str__(self):
        return f"{self.prefix}…"

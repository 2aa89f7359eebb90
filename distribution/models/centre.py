from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.units import Temperature
from producers.models import Place, Voivodeship


class ShortageRule(models.TextChoices):
    """Who gets goods when there are not enough for all. Contracts and standing orders always come first."""

    OLDEST = "OLDEST", _("najstarsze zamówienie")
    PRO_RATA = "PRO_RATA", _("po równo, z pamięcią, kto ostatnio stracił")


class CentreQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def staffed_by(self, user):
        """Centres whose floor this person may enter."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(staff__user_id=user.pk, staff__is_active=True)


class Centre(models.Model):
    """A distribution centre. `code` names its queue, its documents and its addresses."""

    code = models.CharField(_("kod"), max_length=12, unique=True)
    name = models.CharField(_("nazwa"), max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="centres")
    voivodeship = models.ForeignKey(Voivodeship, models.PROTECT, related_name="centres")
    street = models.CharField(_("ulica i numer"), max_length=120)
    postal_code = models.CharField(_("kod pocztowy"), max_length=6)
    latitude = models.FloatField()
    longitude = models.FloatField()
    phone = models.CharField(_("telefon"), max_length=20)
    opening_hours = models.CharField(_("godziny"), max_length=120)
    shortage_rule = models.CharField(
        _("kto dostaje, gdy brakuje"), max_length=8, choices=ShortageRule, default=ShortageRule.OLDEST
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    objects = CentreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{2,12}$"), name="distribution_centre_code"
            )
        ]
        ordering = ["name"]
        verbose_name = _("centrum dystrybucji")
        verbose_name_plural = _("centra dystrybucji")

    def __str__(self):
        return self.name

    @property
    def queue(self):
        return f"centre.{self.code}"


class Zone(models.Model):
    """A part of a centre kept at one temperature; `max_tenths` is the warmest allowed, in 0.1 °C."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="zones")
    code = models.CharField(max_length=6)
    temperature = models.CharField(max_length=8, choices=Temperature)
    max_tenths = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="distribution_zone_code_once")]
        verbose_name = _("strefa")
        verbose_name_plural = _("strefy")

    def __str__(self):
        return f"{self.centre_id}/{self.code}"


class Location(models.Model):
    """Where goods can be. Virtual ones are the world outside: they live in movements only, with no balance."""

    class Kind(models.TextChoices):
        DOCK = "DOCK", _("rampa")
        SLOT = "SLOT", _("miejsce składowania")
        STAGE = "STAGE", _("pole wydań")
        QUARANTINE = "QUARANTINE", _("kwarantanna")
        CRATE = "CRATE", _("skrzynia")
        TRANSIT = "TRANSIT", _("w drodze")
        SUPPLIER = "SUPPLIER", _("dostawca")
        CUSTOMER = "CUSTOMER", _("odbiorca")
        WASTE = "WASTE", _("strata")
        DONATION = "DONATION", _("darowizna")
        ADJUST = "ADJUST", _("różnica")

    VIRTUAL = (Kind.SUPPLIER, Kind.CUSTOMER, Kind.WASTE, Kind.DONATION, Kind.ADJUST)
    SELLABLE = (Kind.DOCK, Kind.SLOT)

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="locations")
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="locations")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=40)
    trip = models.ForeignKey(
        "distribution.Trip", models.PROTECT, null=True, blank=True, related_name="locations"
    )
    walk_order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "code"], name="distribution_location_code_once"),
            models.UniqueConstraint(
                fields=["centre", "kind"],
                condition=Q(kind__in=["SUPPLIER", "CUSTOMER", "WASTE", "DONATION", "ADJUST"]),
                name="distribution_location_one_virtual",
            ),
            models.CheckConstraint(
                condition=Q(kind="TRANSIT", trip__isnull=False) | ~Q(kind="TRANSIT") & Q(trip=None),
                name="distribution_location_in_transit",
            ),
        ]
        verbose_name = _("lokalizacja")
        verbose_name_plural = _("lokalizacje")

    def __str__(self):
        return self.code

    @property
    def is_virtual(self):
        return self.kind in self.VIRTUAL

"""The country's units by TERYT code (GUS), places and postal codes (GeoNames, CC BY 4.0)."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Voivodeship(models.Model):
    teryt = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    slug = models.SlugField(max_length=40, unique=True)
    capital = models.CharField(max_length=40)
    iso = models.CharField(max_length=5)
    latitude = models.FloatField()
    longitude = models.FloatField()
    sort_key = models.CharField(max_length=120)

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("województwo")
        verbose_name_plural = _("województwa")

    def __str__(self):
        return self.name


class Powiat(models.Model):
    teryt = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    voivodeship = models.ForeignKey(Voivodeship, models.PROTECT, related_name="powiaty")

    def __str__(self):
        return self.name


class PowiatNeighbour(models.Model):
    """Two powiats that touch; each pair is stored twice. For sale areas of MOL and RHD."""

    powiat = models.ForeignKey(Powiat, models.CASCADE, related_name="neighbours")
    neighbour = models.ForeignKey(Powiat, models.CASCADE, related_name="+")
    same_voivodeship = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["powiat", "neighbour"], name="producers_powiat_neighbour_once")
        ]

    def __str__(self):
        return f"{self.powiat_id}-{self.neighbour_id}"


class Gmina(models.Model):
    teryt = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    powiat = models.ForeignKey(Powiat, models.PROTECT, related_name="gminy")

    def __str__(self):
        return self.name


class Place(models.Model):
    """A town or larger village."""

    geoname_id = models.PositiveIntegerField(unique=True)
    name = models.CharField(_("nazwa"), max_length=60)
    is_town = models.BooleanField(_("miasto"))
    voivodeship = models.ForeignKey(
        Voivodeship, models.PROTECT, related_name="places", verbose_name=_("województwo")
    )
    powiat = models.ForeignKey(Powiat, models.PROTECT, related_name="+", verbose_name=_("powiat"))
    gmina = models.ForeignKey(Gmina, models.PROTECT, null=True, related_name="+", verbose_name=_("gmina"))
    latitude = models.FloatField()
    longitude = models.FloatField()
    population = models.PositiveIntegerField(_("ludność"), null=True)
    postal_code = models.CharField(_("kod pocztowy"), max_length=6, blank=True)
    search_text = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=180)

    class Meta:
        indexes = [
            GinIndex(fields=["search_text"], name="producers_place_search", opclasses=["gin_trgm_ops"])
        ]
        verbose_name = _("miejscowość")
        verbose_name_plural = _("miejscowości")

    def __str__(self):
        return self.name


class PostalCode(models.Model):
    """A postal code at a place; one code may serve many places. Coordinates are the place's."""

    code = models.CharField(max_length=6, db_index=True)
    place_name = models.CharField(max_length=80)
    voivodeship = models.ForeignKey(Voivodeship, models.PROTECT, related_name="+")
    powiat = models.ForeignKey(Powiat, models.PROTECT, null=True, related_name="+")
    gmina_teryt = models.CharField(max_length=6, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "place_name", "gmina_teryt", "latitude", "longitude"],
                name="producers_postal_code_once",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.place_name}"

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.lot import Lot
from distribution.models.trip import Trip
from producers.models import Producer


class DocumentCounter(models.Model):
    """The last number given, by centre, kind and Warsaw year of issue. Taken last in its transaction."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "year"], name="distribution_document_counter_once"
            )
        ]

    def __str__(self):
        return f"{self.kind}/{self.centre_id}/{self.year}: {self.last}"


class Document(models.Model):
    """A warehouse document (Accounting Act, art. 20–22): numbered without a gap, posted once, never edited,
    only reversed by a mirror document of the same kind."""

    class Kind(models.TextChoices):
        PZ = "PZ", _("przyjęcie z zewnątrz")
        WZ = "WZ", _("wydanie na zewnątrz")
        RW = "RW", _("rozchód wewnętrzny")
        PW = "PW", _("przychód wewnętrzny")
        MM = "MM", _("przesunięcie międzymagazynowe")
        ZW = "ZW", _("zwrot")

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=2, choices=Kind)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    producer = models.ForeignKey(Producer, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=40, blank=True)
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="documents")
    taken_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "year", "number"], name="distribution_document_number_once"
            )
        ]
        indexes = [models.Index(fields=["reference"], name="distribution_document_ref")]
        verbose_name = _("dokument magazynowy")
        verbose_name_plural = _("dokumenty magazynowe")

    def __str__(self):
        return f"{self.kind}/{self.centre_id}/{self.year}/{self.number:06d}"


class DocumentLine(models.Model):
    """`temperature_tenths` is the probe's reading at receipt, in 0.1 °C; refused goods never enter the ledger.
    `crate` is the SSCC the goods of an MM travel in."""

    class Refusal(models.TextChoices):
        TOO_WARM = "TOO_WARM", _("za ciepłe")
        DAMAGED = "DAMAGED", _("uszkodzone opakowanie")
        NO_LABEL = "NO_LABEL", _("brak etykiety lub daty")
        TOO_SHORT = "TOO_SHORT", _("za krótki termin")
        NOT_ORDERED = "NOT_ORDERED", _("niezamówione")
        QUALITY = "QUALITY", _("zła jakość")

    document = models.ForeignKey(Document, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="document_lines")
    units = models.PositiveIntegerField()
    grams = models.PositiveIntegerField(null=True)
    temperature_tenths = models.SmallIntegerField(null=True)
    refused_units = models.PositiveIntegerField(default=0)
    refused_for = models.CharField(max_length=11, choices=Refusal, blank=True)
    crate = models.CharField("SSCC", max_length=18, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="distribution_document_line_once")
        ]

    def __str__(self):
        return f"{self.document_id}/{self.position}"

    @property
    def temperature_degrees(self):
        return None if self.temperature_tenths is None else Decimal(self.temperature_tenths) / 10

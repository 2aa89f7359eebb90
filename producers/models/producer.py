from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from producers.models.geography import Place, Voivodeship


class LegalForm(models.TextChoices):
    FARMER = "FARMER", _("gospodarstwo rolne")
    SOLE_TRADER = "SOLE_TRADER", _("jednoosobowa działalność")
    COMPANY = "COMPANY", _("spółka")
    COOPERATIVE = "COOPERATIVE", _("spółdzielnia")
    KGW = "KGW", _("koło gospodyń wiejskich")
    ASSOCIATION = "ASSOCIATION", _("stowarzyszenie lub fundacja")


class VatStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("czynny podatnik VAT")
    EXEMPT = "EXEMPT", _("zwolniony podmiotowo (art. 113)")
    FLAT_RATE = "FLAT_RATE", _("rolnik ryczałtowy (art. 115)")


class ProducerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def kept_by(self, user):
        """Producers whose desk this person may open."""
        return self.filter(people__user_id=user.pk) if user.is_authenticated else self.none()


class Producer(models.Model):
    """Who makes and sells: the seller named on every offer and order line."""

    slug = models.SlugField(_("adres strony"), max_length=80, unique=True)
    name = models.CharField(_("nazwa"), max_length=120)
    legal_form = models.CharField(_("forma"), max_length=12, choices=LegalForm)
    nip = models.CharField("NIP", max_length=10, blank=True)
    vat_status = models.CharField(_("status VAT"), max_length=9, choices=VatStatus)
    place = models.ForeignKey(Place, models.PROTECT, related_name="producers", verbose_name=_("miejscowość"))
    voivodeship = models.ForeignKey(
        Voivodeship, models.PROTECT, related_name="producers", verbose_name=_("województwo")
    )
    street = models.CharField(_("ulica i numer"), max_length=120)
    postal_code = models.CharField(_("kod pocztowy"), max_length=6)
    latitude = models.FloatField()
    longitude = models.FloatField()
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telefon"), max_length=20)
    story = models.TextField(_("o nas"), blank=True)
    is_active = models.BooleanField(_("sprzedaje"), default=True)
    is_demo = models.BooleanField(default=False)
    joined_on = models.DateField(_("od"))
    search_text = models.TextField()
    sort_key = models.CharField(max_length=360)

    objects = ProducerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nip"], condition=~Q(nip=""), name="producers_producer_nip_once")
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="producers_producer_order"),
            GinIndex(fields=["search_text"], name="producers_producer_search", opclasses=["gin_trgm_ops"]),
        ]
        verbose_name = _("producent")
        verbose_name_plural = _("producenci")

    def __str__(self):
        return self.name

    @property
    def address(self):
        return f"{self.street}, {self.postal_code} {self.place.name}"


class ProducerPerson(models.Model):
    """Somebody who works at a producer's desk."""

    class Role(models.TextChoices):
        OWNER = "OWNER", _("prowadzi")
        HELPER = "HELPER", _("pomaga")

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="people", verbose_name=_("producent"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="producer_roles", verbose_name=_("osoba")
    )
    role = models.CharField(_("rola"), max_length=6, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["producer", "user"], name="producers_producer_person_once")
        ]
        verbose_name = _("osoba u producenta")
        verbose_name_plural = _("osoby u producentów")

    def __str__(self):
        return f"{self.user} – {self.producer}"

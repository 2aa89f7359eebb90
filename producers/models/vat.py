"""VAT rates by class of goods, dated (VAT Act, annex 10 and art. 41). Rows marked `to_check` were not
seen in full text: the operator edits them in the admin."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VatClass(models.Model):
    key = models.CharField(_("klucz"), max_length=40, primary_key=True)
    name = models.CharField(_("nazwa"), max_length=200)
    cn = models.CharField("CN", max_length=80, blank=True)
    pkwiu = models.CharField("PKWiU", max_length=40, blank=True)
    note = models.TextField(_("uwaga"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("klasa VAT")
        verbose_name_plural = _("klasy VAT")

    def __str__(self):
        return self.name


class VatRateQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class VatRate(models.Model):
    """`percent` from `valid_from` to `valid_to`, both included."""

    vat_class = models.ForeignKey(VatClass, models.CASCADE, related_name="rates")
    percent = models.DecimalField(_("stawka %"), max_digits=4, decimal_places=1)
    valid_from = models.DateField(_("od"))
    valid_to = models.DateField(_("do"), null=True, blank=True)
    legal_basis = models.CharField(_("podstawa"), max_length=200)
    confidence = models.CharField(_("pewność"), max_length=20)

    objects = VatRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vat_class", "valid_from"], name="producers_vat_rate_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lt=100), name="producers_vat_rate_percent"
            ),
        ]
        verbose_name = _("stawka VAT")
        verbose_name_plural = _("stawki VAT")

    def __str__(self):
        return f"{self.vat_class_id} {self.percent}%"

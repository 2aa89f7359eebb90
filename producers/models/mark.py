from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from producers.models.heritage import HeritageEntry
from producers.models.product import Product


class Mark(models.Model):
    """A sign a product may carry: PDO, PGI, TSG, LPT, ORGANIC, or a cluster's own."""

    code = models.CharField(_("kod"), max_length=20, primary_key=True)
    name_pl = models.CharField(_("nazwa"), max_length=80)
    name_en = models.CharField(_("nazwa po angielsku"), max_length=80)
    short = models.CharField(_("skrót"), max_length=20)
    meaning_pl = models.CharField(_("znaczenie"), max_length=240)
    meaning_en = models.CharField(_("znaczenie po angielsku"), max_length=240)
    position = models.PositiveSmallIntegerField(_("kolejność"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("znak")
        verbose_name_plural = _("znaki")

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name_pl


class ProductMarkQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class ProductMark(models.Model):
    """A mark on a product, with its evidence and dates: the badge disappears by itself."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="marks")
    mark = models.ForeignKey(Mark, models.PROTECT, related_name="+")
    heritage_entry = models.ForeignKey(
        HeritageEntry, models.PROTECT, null=True, blank=True, related_name="product_marks"
    )
    evidence = models.CharField(_("numer świadectwa"), max_length=80, blank=True)
    valid_from = models.DateField(_("od"))
    valid_until = models.DateField(_("do"), null=True, blank=True)

    objects = ProductMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "mark"], name="producers_product_mark_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="producers_product_mark_dates",
            ),
        ]

    def __str__(self):
        return f"{self.product_id} {self.mark_id}"

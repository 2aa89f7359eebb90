from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.units import SoldBy
from producers.models.product import StockItem
from producers.states import Publication


class Regime(models.TextChoices):
    """Under which rules the producer sells it (poland: RHD, direct sale, MOL, or a registered business)."""

    FULL = "FULL", _("zakład zarejestrowany lub zatwierdzony")
    RHD = "RHD", _("rolniczy handel detaliczny")
    DIRECT = "DIRECT", _("sprzedaż bezpośrednia")
    MOL = "MOL", _("działalność marginalna, lokalna i ograniczona")
    KGW = "KGW", _("koło gospodyń wiejskich")


class BuyerGroup(models.TextChoices):
    HOUSEHOLD = "HOUSEHOLD", _("domy")
    BUSINESS = "BUSINESS", _("sklepy, restauracje, szkoły")


def households():
    return [BuyerGroup.HOUSEHOLD.value]


class Offer(models.Model):
    """`pieces` of a stock item in one pack. Sold by WEIGHT, one piece weighs about `expected_grams` and never
    more than `max_grams` is charged; its price is per kg."""

    stock_item = models.ForeignKey(StockItem, models.PROTECT, related_name="offers")
    pack = models.CharField(_("opakowanie"), max_length=60)
    pieces = models.PositiveSmallIntegerField(_("sztuk w opakowaniu"), default=1)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    sold_by = models.CharField(_("sprzedaż"), max_length=6, choices=SoldBy, default=SoldBy.PIECE)
    expected_grams = models.PositiveIntegerField(_("waga sztuki, zwykle (g)"), null=True, blank=True)
    max_grams = models.PositiveIntegerField(_("waga sztuki, najwyżej (g)"), null=True, blank=True)
    regime = models.CharField(_("tryb sprzedaży"), max_length=6, choices=Regime, default=Regime.FULL)
    buyer_groups = ArrayField(models.CharField(max_length=9, choices=BuyerGroup), default=households)
    max_per_order = models.PositiveSmallIntegerField(_("najwięcej w zamówieniu"), default=50)
    state = models.CharField(max_length=9, choices=Publication, default=Publication.DRAFT)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stock_item", "pieces", "regime"],
                condition=~Q(state="WITHDRAWN"),
                name="producers_offer_pack_once",
            ),
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="producers_offer_gtin_once"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="producers_offer_pieces"),
            models.CheckConstraint(
                condition=Q(sold_by="PIECE", expected_grams=None, max_grams=None)
                | Q(sold_by="WEIGHT", expected_grams__gt=0, max_grams__gte=F("expected_grams")),
                name="producers_offer_weight_fits",
            ),
        ]
        verbose_name = _("oferta")
        verbose_name_plural = _("oferty")

    def __str__(self):
        return f"{self.stock_item_id} × {self.pieces}"

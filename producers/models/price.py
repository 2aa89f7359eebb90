from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.fields import money_field
from producers.models.offer import Offer

RETAIL = "RETAIL"


class PriceList(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(_("nazwa"), max_length=80)

    def __str__(self):
        return self.name


class PriceQuerySet(models.QuerySet):
    def in_force(self, at):
        """The newest price valid at `at`, one row per offer, list and minimum quantity."""
        return (
            self.filter(valid_from__lte=at)
            .order_by("offer", "price_list", "min_quantity", "-valid_from", "-id")
            .distinct("offer", "price_list", "min_quantity")
        )


class Price(models.Model):
    """Append-only. In zł per pack, or per kg when the offer is sold by weight; today's is the newest valid row."""

    class Basis(models.TextChoices):
        GROSS = "GROSS", _("brutto")
        NET = "NET", _("netto")

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="prices")
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="+", default=RETAIL)
    min_quantity = models.PositiveSmallIntegerField(default=1)
    amount = money_field()
    basis = models.CharField(max_length=5, choices=Basis, default=Basis.GROSS)
    valid_from = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="producers_price_positive")]
        indexes = [
            models.Index(
                fields=["offer", "price_list", "min_quantity", "-valid_from", "-id"],
                name="producers_price_newest",
            )
        ]

    def __str__(self):
        return f"{self.offer_id}: {self.amount}"

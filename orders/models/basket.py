import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from distribution.models import HandoverPlace
from marketplace.kernel.fields import money_field
from producers.models import Offer


class Basket(models.Model):
    """What somebody means to order, at a place. It holds nothing; its id is the only key to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(HandoverPlace, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="baskets")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return str(self.pk)


class BasketLine(models.Model):
    """`price_seen` is what the buyer was shown, so a change is said before ordering."""

    basket = models.ForeignKey(Basket, models.CASCADE, related_name="lines")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    price_seen = money_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket", "offer"], name="orders_basket_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_basket_line_quantity"),
        ]
        ordering = ["id"]

    def __str__(self):
        return f"{self.offer_id} × {self.quantity}"

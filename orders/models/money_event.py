from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class MoneyEvent(models.Model):
    """Append-only facts from which the ledger is posted, old orders included. Grosze, signed from the buyer's
    debt: placing raises it, shortening and receipts lower it."""

    class Kind(models.TextChoices):
        PLACED = "PLACED", _("zamówiono")
        SHORTENED = "SHORTENED", _("zmniejszono o braki")
        SUBSTITUTE = "SUBSTITUTE", _("doliczono zamiennik")
        WEIGHED = "WEIGHED", _("rozliczono wagę")
        CANCELLED = "CANCELLED", _("odwołano")
        RECEIVED = "RECEIVED", _("wpłacono")
        HANDED_OUT = "HANDED_OUT", _("wydano")
        RETURNED = "RETURNED", _("zwrócono towar")

    order = models.ForeignKey(Order, models.PROTECT, related_name="money_events")
    kind = models.CharField(max_length=10, choices=Kind)
    grosze = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return f"{self.order_id} {self.kind} {self.grosze}"

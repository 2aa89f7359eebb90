from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models import Quota, Round
from orders.models.order import Order


class Postponement(models.Model):
    """An order that waits for a later round because some of its lines do. Until it is answered, or prepared, the
    buyer may give those `lines` (positions) up, and gets the rest on the first day while that can be kept."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="postponements")
    from_round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    to_round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    lines = ArrayField(models.PositiveSmallIntegerField())
    given_up = ArrayField(models.PositiveSmallIntegerField(), default=list)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("przełożone zamówienie")
        verbose_name_plural = _("przełożone zamówienia")

    def __str__(self):
        return f"{self.order_id}: {self.from_round_id} -> {self.to_round_id}"


class BuyerChannel(models.Model):
    """The sales channel a person buys in, set by the staff; everybody else buys in the open shop."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("kupujący"), related_name="channel"
    )
    channel = models.CharField(_("kanał sprzedaży"), max_length=9, choices=Quota.Channel)

    class Meta:
        verbose_name = _("kanał kupującego")
        verbose_name_plural = _("kanały kupujących")

    def __str__(self):
        return f"{self.user}: {self.get_channel_display()}"

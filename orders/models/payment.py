from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from orders.models.order import Order
from orders.states import PaymentMethod, PaymentState


class Payment(models.Model):
    """One attempt to pay an order, in grosze. Cash and transfers are taken as the sellers' agent."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=13, choices=PaymentMethod)
    grosze = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=PaymentState, default=PaymentState.NEW)
    due_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt"], name="orders_payment_attempt_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="NEW"), name="orders_payment_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state="CAPTURED") | Q(captured_at__isnull=False),
                name="orders_payment_captured_at",
            ),
        ]

    def __str__(self):
        return f"{self.order_id}/{self.attempt} {self.state}"


class OfflineReceipt(models.Model):
    """Append-only: cash or a transfer that came in for a payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="receipts")
    grosze = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=140, blank=True)

    def __str__(self):
        return f"{self.payment_id}: {self.grosze}"

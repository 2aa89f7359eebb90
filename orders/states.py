"""States of orders and payments, and the legal moves. The order's money status is derived, never stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.states import Machine


class OrderState(models.TextChoices):
    UNCONFIRMED = "UNCONFIRMED", _("czeka na potwierdzenie")
    PLACED = "PLACED", _("przyjęte")
    PREPARING = "PREPARING", _("w przygotowaniu")
    READY = "READY", _("gotowe do odbioru")
    COLLECTED = "COLLECTED", _("odebrane")
    UNCOLLECTED = "UNCOLLECTED", _("nieodebrane")
    CANCELLED = "CANCELLED", _("anulowane")
    EXPIRED = "EXPIRED", _("wygasłe")


class PaymentMethod(models.TextChoices):
    ON_COLLECTION = "ON_COLLECTION", _("przy odbiorze")
    BANK_TRANSFER = "BANK_TRANSFER", _("przelew bankowy")


class PaymentState(models.TextChoices):
    NEW = "NEW", _("oczekuje")
    CAPTURED = "CAPTURED", _("zapłacone")
    CANCELED = "CANCELED", _("odwołane")
    EXPIRED = "EXPIRED", _("nie zapłacono w terminie")


class Substitutes(models.TextChoices):
    SIMILAR = "SIMILAR", _("podobny produkt")
    REFUND = "REFUND", _("zwrot pieniędzy")


ORDER = Machine(
    "order",
    {
        OrderState.UNCONFIRMED: (OrderState.PLACED, OrderState.EXPIRED, OrderState.CANCELLED),
        OrderState.PLACED: (OrderState.PREPARING, OrderState.CANCELLED, OrderState.EXPIRED),
        OrderState.PREPARING: (OrderState.READY, OrderState.CANCELLED),
        OrderState.READY: (OrderState.COLLECTED, OrderState.UNCOLLECTED),
        OrderState.COLLECTED: (OrderState.READY,),  # a hand-out reversed
        OrderState.UNCOLLECTED: (OrderState.COLLECTED,),
        OrderState.CANCELLED: (),
        OrderState.EXPIRED: (),
    },
)
LIVE = (OrderState.UNCONFIRMED, OrderState.PLACED, OrderState.PREPARING, OrderState.READY)
# An order the centre has not begun to work on.
OPEN = (OrderState.UNCONFIRMED, OrderState.PLACED)

PAYMENT = Machine(
    "payment",
    {
        # Success wins: money that comes late is taken and seen, never lost (a case for finance).
        PaymentState.NEW: (PaymentState.CAPTURED, PaymentState.CANCELED, PaymentState.EXPIRED),
        PaymentState.CAPTURED: (),
        PaymentState.CANCELED: (PaymentState.CAPTURED,),
        PaymentState.EXPIRED: (PaymentState.CAPTURED,),
    },
)

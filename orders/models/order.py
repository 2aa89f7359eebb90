from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from distribution.models import HandoverPlace, Round, Slot
from marketplace.kernel.fields import money_field
from orders.states import LIVE, OPEN, OrderState, PaymentMethod, Substitutes


class OrderQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE)

    def placed_by(self, user):
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Order(models.Model):
    """One basket, one hand-over, one contract per seller. Lines are frozen when it is placed; it may be
    cancelled until its round closes. `expires_at` is set while payment or confirmation is awaited.
    The token opens the order without signing in; only its hash is kept."""

    number = models.CharField(_("numer"), max_length=20, unique=True)
    token_hash = models.CharField(max_length=64)
    basket_id = models.UUIDField()
    key = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="orders")
    place = models.ForeignKey(HandoverPlace, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="orders")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="orders")
    state = models.CharField(max_length=11, choices=OrderState)
    payment_method = models.CharField(max_length=13, choices=PaymentMethod)
    substitutes = models.CharField(max_length=7, choices=Substitutes)
    terms_version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    delivery_address = models.TextField(null=True)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    placed_total = money_field()
    recorded_at = models.DateTimeField(db_default=Now())

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basket_id", "key"], name="orders_order_key_once"),
            models.CheckConstraint(
                condition=~Q(state="UNCONFIRMED") | Q(expires_at__isnull=False),
                name="orders_order_unconfirmed_expires",
            ),
            models.CheckConstraint(condition=Q(placed_total__gte=0), name="orders_order_total"),
        ]
        indexes = [
            models.Index(fields=["round", "state"], name="orders_order_of_round"),
            models.Index(fields=["expires_at"], name="orders_order_expiring", condition=Q(state__in=OPEN)),
            models.Index(fields=["user", "-placed_at"], name="orders_order_of_user"),
        ]
        verbose_name = _("zamówienie")
        verbose_name_plural = _("zamówienia")

    def __str__(self):
        return self.number


class OrderContact(models.Model):
    """The only row with the buyer's personal data; erasing it leaves every fact in place."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, related_name="contact")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=20)
    client_address = models.GenericIPAddressField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="orders_contact_email"),
            models.Index(fields=["client_address"], name="orders_contact_address"),
        ]

    def __str__(self):
        return f"{self.order_id}"


class OrderEvent(models.Model):
    """Append-only history; the buyer's timeline reads it."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    old = models.CharField(max_length=11, blank=True)
    new = models.CharField(max_length=11)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.order_id}: {self.old} -> {self.new}"

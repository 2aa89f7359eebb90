from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.fields import money_field
from marketplace.kernel.money import net_and_tax
from marketplace.kernel.units import SoldBy
from orders.models.order import Order
from producers.models import Offer, Producer, StockItem


class SellerPart(models.Model):
    """One seller's part of an order, as placed: one contract and one document. Amounts in zł."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="seller_parts")
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="seller_parts")
    gross = money_field()
    net = money_field()
    vat = money_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "producer"], name="orders_seller_part_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="orders_seller_part_sums"),
        ]

    def __str__(self):
        return f"{self.order_id}: {self.producer_id}"


class Line(models.Model):
    """What was ordered, frozen: name, seller, pack, price and VAT as they were.

    `price` is per pack, or per kg by weight. `placed_total` is what the buyer agreed to pay at most;
    `final_total` settles it by weight or shortage and never exceeds it. `short` counts pieces. A line that
    `replaces` another was added within the buyer's consent to similar goods, and costs no more than it.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    seller_part = models.ForeignKey(SellerPart, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="order_lines")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="order_lines", db_index=False)
    name = models.CharField(max_length=160)
    producer_name = models.CharField(max_length=120)
    pack = models.CharField(max_length=60)
    sold_by = models.CharField(max_length=6, choices=SoldBy)
    quantity = models.PositiveSmallIntegerField()
    pieces = models.PositiveIntegerField()
    expected_grams = models.PositiveIntegerField(null=True)
    agreed_max = models.PositiveIntegerField(null=True)
    price = money_field()
    vat_percent = models.DecimalField(max_digits=4, decimal_places=1)
    placed_total = money_field()
    short = models.PositiveIntegerField(default=0)
    final_grams = models.PositiveIntegerField(null=True)
    final_total = money_field(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_line_once"),
            models.CheckConstraint(
                condition=Q(final_total=None) | Q(final_total__gte=0, final_total__lte=F("placed_total")),
                name="orders_line_never_above_agreed",
            ),
            models.CheckConstraint(condition=Q(short__lte=F("pieces")), name="orders_line_short"),
        ]
        ordering = ["position"]
        verbose_name = _("pozycja")
        verbose_name_plural = _("pozycje")

    def __str__(self):
        return f"{self.order_id}/{self.position}"

    @property
    def total(self):
        """What the line costs as far as is known."""
        return self.placed_total if self.final_total is None else self.final_total

    @property
    def net_and_vat(self):
        return net_and_tax(self.total, self.vat_percent)

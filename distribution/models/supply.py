from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre
from distribution.models.round import Round
from distribution.models.route import Route
from distribution.states import HoldState
from producers.models import StockItem


class Supply(models.Model):
    """What may be promised of a stock item at a centre: one row per date on which goods end.

    STOCK is on the shelf: `quantity` equals the sellable balances of that item, centre and date. PROMISE is a
    producer's dated intake, less what has come. Selling needs `quantity - held - reserved`; a physical decrease
    is never refused and shows as `uncovered`. `reserved` is the unsold part of quotas kept for one channel: it
    repeats them here because only predicates on the updated row are checked again after a lock wait.
    """

    class Kind(models.TextChoices):
        STOCK = "STOCK", _("na półce")
        PROMISE = "PROMISE", _("zapowiedziane")

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="supply")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="supply", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind)
    available_on = models.DateField()
    usable_until = models.DateField()
    quantity = models.IntegerField()
    held = models.IntegerField(default=0)
    uncovered = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "centre", "usable_until"],
                condition=Q(kind="STOCK"),
                name="distribution_supply_stock_once",
            ),
            models.UniqueConstraint(
                fields=["item", "centre", "available_on"],
                condition=Q(kind="PROMISE"),
                name="distribution_supply_promise_once",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, held__gte=0)
                & Q(uncovered=Greatest(F("held") - F("quantity"), 0)),
                name="distribution_supply_covered",
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="distribution_supply_reserved"),
            models.CheckConstraint(
                condition=Q(available_on__lte=F("usable_until")), name="distribution_supply_dates"
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "item", "usable_until"], name="distribution_supply_of_item"),
            models.Index(fields=["id"], name="distribution_supply_gap", condition=Q(uncovered__gt=0)),
        ]
        verbose_name = _("podaż")
        verbose_name_plural = _("podaż")

    def __str__(self):
        return f"{self.kind} {self.item_id} @ {self.centre_id}: {self.quantity} - {self.held}"


class Quota(models.Model):
    """Pieces of a supply row kept for one sales channel until `flows_back_at`; the unsold rest then serves all."""

    class Channel(models.TextChoices):
        WHOLESALE = "WHOLESALE", _("sklepy i gastronomia")
        STANDING = "STANDING", _("stałe zamówienia")

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="quotas")
    channel = models.CharField(max_length=9, choices=Channel)
    pieces = models.PositiveIntegerField()
    sold = models.PositiveIntegerField(default=0)
    flows_back_at = models.DateTimeField()
    flowed_back_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supply", "channel"], name="distribution_quota_once"),
            models.CheckConstraint(condition=Q(sold__lte=F("pieces")), name="distribution_quota_sold"),
        ]
        verbose_name = _("pula kanału")
        verbose_name_plural = _("pule kanałów")

    def __str__(self):
        return f"{self.supply_id} {self.channel}: {self.sold}/{self.pieces}"


class SupplyChange(models.Model):
    """Append-only: what a producer promised or took back, and when."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="changes")
    old = models.IntegerField()
    new = models.IntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.supply_id}: {self.old} -> {self.new}"


class Hold(models.Model):
    """Pieces a placed order took out of supply. `reference` and `line` name the order's line; a line may
    have several holds. A hold has no clock: only the order expires.

    `route` brings goods of another centre to the round, and `load_grams` is the room booked on its trips.
    `reason` says why this supply was chosen. `rank` orders claims when goods are short, and `buyer` is a key
    that tells one buyer from another without saying who. `quota_pieces` of it came out of a channel's `quota`.
    """

    class Reason(models.TextChoices):
        LOCAL = "LOCAL", _("jest na miejscu")
        ONLY = "ONLY", _("tylko tam jest ten towar")
        FEWEST = "FEWEST", _("najmniej paczek z innych centrów")
        FRESHEST = "FRESHEST", _("dłuższy termin przy odbiorze")
        NEAREST = "NEAREST", _("najbliżej")
        ON_SHELF = "ON_SHELF", _("towar już leży w centrum")
        MOVED = "MOVED", _("po zmianie kursu")
        OVERRIDE = "OVERRIDE", _("decyzja kierownika")
        RESTORED = "RESTORED", _("zamiast brakującej partii")

    class Rank(models.IntegerChoices):
        CONTRACT = 0, _("umowa")
        STANDING = 1, _("stałe zamówienie")
        ORDINARY = 2, _("zamówienie")

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="holds")
    round = models.ForeignKey(Round, models.PROTECT, related_name="holds", db_index=False)
    reference = models.CharField(max_length=20)
    line = models.PositiveSmallIntegerField()
    pieces = models.PositiveIntegerField()
    max_grams_each = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=HoldState, default=HoldState.ACTIVE)
    route = models.ForeignKey(Route, models.PROTECT, null=True, related_name="holds")
    load_grams = models.PositiveIntegerField(default=0, db_default=0)
    reason = models.CharField(max_length=8, choices=Reason, default=Reason.LOCAL, db_default="LOCAL")
    explained = models.CharField(max_length=200, blank=True, db_default="")
    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.ORDINARY, db_default=2)
    buyer = models.CharField(max_length=16, blank=True, db_default="")
    quota = models.ForeignKey(Quota, models.PROTECT, null=True, related_name="holds")
    quota_pieces = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pieces__gt=0), name="distribution_hold_pieces"),
            models.CheckConstraint(
                condition=Q(quota=None, quota_pieces=0)
                | Q(quota__isnull=False, quota_pieces__lte=F("pieces")),
                name="distribution_hold_quota",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "reference", "line"], name="distribution_hold_of_round"),
            models.Index(fields=["reference"], name="distribution_hold_of_order"),
        ]

    def __str__(self):
        return f"{self.reference}/{self.line}: {self.pieces}"

"""What is made: food facts (Reg. (EU) 1169/2011, art. 9 and 14), no price."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.units import Temperature, Unit
from producers.models.category import Category
from producers.models.producer import Producer
from producers.models.vat import VatClass
from producers.states import Publication


class DateKind(models.TextChoices):
    USE_BY = "USE_BY", _("należy spożyć do")
    BEST_BEFORE = "BEST_BEFORE", _("najlepiej spożyć przed")
    NOT_REQUIRED = "NOT_REQUIRED", _("data nie jest wymagana")


class NoDateGround(models.TextChoices):
    """Why a date is not required (Reg. 1169/2011, Annex X point 1(d))."""

    FRESH_PRODUCE = "FRESH_PRODUCE", _("świeże owoce i warzywa")
    WINE = "WINE", _("wina i podobne napoje")
    VINEGAR = "VINEGAR", _("ocet")
    SALT = "SALT", _("sól")
    CRAFT = "CRAFT", _("rękodzieło, nie żywność")


class NutritionGround(models.TextChoices):
    """Why a nutrition table is not required (Reg. 1169/2011, Annex V)."""

    SMALL_MAKER = "SMALL_MAKER", _("małe ilości, wprost od wytwórcy (zał. V pkt 19)")
    UNPROCESSED = "UNPROCESSED", _("produkt nieprzetworzony z jednego składnika")
    ALCOHOL = "ALCOHOL", _("napój powyżej 1,2 % alkoholu")
    CRAFT = "CRAFT", _("rękodzieło, nie żywność")


class ProductQuerySet(models.QuerySet):
    def kept_by(self, user):
        return self.filter(producer__in=Producer.objects.kept_by(user))


class Product(models.Model):
    """`ingredients` marks each allergen where it stands: `{milk:śmietanka}`; `allergens` is read from there.
    `single_ingredient` says that no list is due (art. 19). Days are calendar days."""

    producer = models.ForeignKey(Producer, models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=140)
    name = models.CharField(_("nazwa"), max_length=160)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("kategoria")
    )
    description = models.TextField(_("opis"), blank=True)
    ingredients = models.TextField(_("składniki"), blank=True)
    single_ingredient = models.BooleanField(_("jeden składnik, wykaz nie jest wymagany"), default=False)
    allergens = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    may_contain = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    storage = models.CharField(_("przechowywanie"), max_length=200, blank=True)
    preparation = models.TextField(_("sposób użycia"), blank=True)
    origin = models.CharField(_("kraj pochodzenia"), max_length=120, blank=True)
    nutrition = models.JSONField(_("wartość odżywcza w 100 g lub 100 ml"), null=True, blank=True)
    nutrition_ground = models.CharField(max_length=12, choices=NutritionGround, blank=True)
    alcohol_percent = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    temperature = models.CharField(_("temperatura"), max_length=8, choices=Temperature)
    date_kind = models.CharField(_("rodzaj daty"), max_length=12, choices=DateKind, blank=True)
    no_date_ground = models.CharField(max_length=13, choices=NoDateGround, blank=True)
    shelf_life_days = models.PositiveSmallIntegerField(_("trwałość w dniach"), null=True, blank=True)
    minimum_life_days = models.PositiveSmallIntegerField(
        _("najmniej dni przy odbiorze"), null=True, blank=True
    )
    vat_class = models.ForeignKey(VatClass, models.PROTECT, null=True, blank=True, related_name="+")
    spoils_fast = models.BooleanField(_("szybko się psuje: bez prawa odstąpienia"), default=False)
    picture = models.ImageField(upload_to="products/", blank=True)
    state = models.CharField(max_length=9, choices=Publication, default=Publication.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["producer", "slug"], name="producers_product_slug_once"),
            models.CheckConstraint(
                condition=~Q(state="PUBLISHED")
                | Q(
                    published_at__isnull=False,
                    vat_class__isnull=False,
                    minimum_life_days__isnull=False,
                    shelf_life_days__isnull=False,
                )
                & ~Q(date_kind="")
                & ~Q(storage=""),
                name="producers_product_published_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(date_kind="NOT_REQUIRED") | ~Q(no_date_ground=""),
                name="producers_product_no_date_has_ground",
            ),
        ]
        verbose_name = _("produkt")
        verbose_name_plural = _("produkty")

    def __str__(self):
        return self.name


class ProductEvent(models.Model):
    """What happened to a product or one of its offers."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="events")
    offer = models.ForeignKey("producers.Offer", models.PROTECT, null=True, related_name="events")
    old = models.CharField(max_length=9, blank=True)
    new = models.CharField(max_length=9)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"{self.product_id}: {self.old} -> {self.new}"


class StockItem(models.Model):
    """A product in its smallest sellable piece. Lots, supply, balances and holds count these pieces;
    `content` of `unit` is what one piece holds (its expected weight when it is sold by weight)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="stock_items")
    name = models.CharField(_("sztuka"), max_length=60)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    content = models.PositiveIntegerField(_("zawartość"))
    unit = models.CharField(_("jednostka"), max_length=3, choices=Unit)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="producers_stock_item_name_once"),
            models.UniqueConstraint(
                fields=["gtin"], condition=~Q(gtin=""), name="producers_stock_item_gtin_once"
            ),
            models.CheckConstraint(condition=Q(content__gt=0), name="producers_stock_item_content"),
        ]
        verbose_name = _("jednostka zapasu")
        verbose_name_plural = _("jednostki zapasu")

    def __str__(self):
        return f"{self.product_id} {self.name}"

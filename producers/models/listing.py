from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from marketplace.kernel.fields import money_field
from marketplace.kernel.units import SoldBy, Temperature, Unit
from producers.models.offer import Offer


class Listing(models.Model):
    """One row per offer on sale: all a list shows or filters by, but stock. Written in the transaction of
    the change it follows from (operations.listings), so it is never behind (docs/adr/0002)."""

    offer = models.OneToOneField(Offer, models.CASCADE, primary_key=True, related_name="listing")
    stock_item_id = models.BigIntegerField()
    product_id = models.BigIntegerField(db_index=True)
    producer_id = models.BigIntegerField(db_index=True)
    product_slug = models.CharField(max_length=140)
    name = models.CharField(max_length=160)
    producer_name = models.CharField(max_length=120)
    producer_slug = models.CharField(max_length=80)
    place_name = models.CharField(max_length=60)
    voivodeship_id = models.CharField(max_length=2)
    category_ids = ArrayField(models.BigIntegerField())
    category_slug = models.CharField(max_length=60)
    marks = ArrayField(models.CharField(max_length=20))
    allergens = ArrayField(models.CharField(max_length=20))
    buyer_groups = ArrayField(models.CharField(max_length=9))
    temperature = models.CharField(max_length=8, choices=Temperature)
    pack = models.CharField(max_length=60)
    pieces = models.PositiveSmallIntegerField()
    content = models.PositiveIntegerField()
    unit = models.CharField(max_length=3, choices=Unit)
    sold_by = models.CharField(max_length=6, choices=SoldBy)
    expected_grams = models.PositiveIntegerField(null=True)
    max_grams = models.PositiveIntegerField(null=True)
    max_per_order = models.PositiveSmallIntegerField()
    minimum_life_days = models.PositiveSmallIntegerField()
    price = money_field()
    unit_price = money_field()
    lowest_30_days = money_field(null=True)  # beside a lowered price, one of the two
    before_reduction = money_field(null=True)
    picture = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    is_demo = models.BooleanField()
    search_text = models.TextField()
    sort_key = models.CharField(max_length=480)

    class Meta:
        indexes = [
            GinIndex(fields=["search_text"], name="producers_listing_search", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["category_ids"], name="producers_listing_category"),
            models.Index(fields=["sort_key", "offer"], name="producers_listing_by_name"),
            models.Index(fields=["price", "offer"], name="producers_listing_by_price"),
            models.Index(fields=["-published_at", "-offer"], name="producers_listing_newest"),
            models.Index(fields=["stock_item_id"], name="producers_listing_item"),
        ]

    def __str__(self):
        return self.name

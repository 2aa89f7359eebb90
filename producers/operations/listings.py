"""Listings: what every list of the shop shows and filters by, one row per offer on sale (docs/adr/0002)."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Q

from marketplace.kernel.clock import local_date
from marketplace.kernel.polish import fold, sort_key
from producers.models import Mark, Offer
from producers.models.price import RETAIL
from producers.states import Publication

REFRESH = """
WITH history AS (  -- each price with the moment the next one took over; the last one is today's
  SELECT offer_id, amount, valid_from, id, lead(valid_from) OVER by_time AS valid_to
  FROM producers_price
  WHERE price_list_id = %(price_list)s AND min_quantity = 1 AND basis = 'GROSS' AND valid_from <= %(at)s
    AND offer_id = ANY(%(on_sale)s::bigint[])
  WINDOW by_time AS (PARTITION BY offer_id ORDER BY valid_from, id)
), price AS (
  SELECT offer_id, amount, valid_from FROM history WHERE valid_to IS NULL
), asked AS (  -- a price replaced at once was never asked
  SELECT *, lag(amount) OVER (PARTITION BY offer_id ORDER BY valid_from, id) AS previous
  FROM history
  WHERE valid_to IS NULL OR valid_from < valid_to
), unreduced AS (  -- what was asked before the first of the reductions that led to today's price
  SELECT DISTINCT ON (offer_id) offer_id, amount
  FROM asked
  WHERE previous IS NULL OR amount > previous
  ORDER BY offer_id, valid_from DESC, id DESC
), lowered AS (
  SELECT price.offer_id,
         min(earlier.amount) AS lowest,
         min(earlier.amount) FILTER (WHERE earlier.valid_to = price.valid_from) AS before
  FROM price JOIN asked earlier USING (offer_id)
  WHERE earlier.valid_to > price.valid_from - interval '30 days'
  GROUP BY price.offer_id
), fresh ({columns}) AS MATERIALIZED (
  SELECT offer.id, item.id, product.id, producer.id, product.slug, product.name, producer.name, producer.slug,
         place.name, producer.voivodeship_id, array_remove(ARRAY[category.id, category.parent_id], NULL),
         category.slug, coalesce(mark.codes, '{{}}'), product.allergens, offer.buyer_groups,
         product.temperature, offer.pack, offer.pieces, item.content, item.unit, offer.sold_by,
         offer.expected_grams, offer.max_grams, offer.max_per_order, product.minimum_life_days, price.amount,
         CASE WHEN offer.sold_by = 'WEIGHT' THEN price.amount
              ELSE round(price.amount * CASE item.unit WHEN 'PCS' THEN 1 ELSE 1000 END
                         / (item.content * offer.pieces), 2) END,
         CASE WHEN NOT perishable.is_so AND price.amount < lowered.before THEN lowered.lowest END,
         CASE WHEN perishable.is_so AND price.amount < unreduced.amount THEN unreduced.amount END,
         product.picture, product.published_at, producer.is_demo, text.search_text, text.sort_key
  FROM unnest(%(on_sale)s::bigint[], %(search_texts)s::text[], %(sort_keys)s::text[])
       AS text(offer_id, search_text, sort_key)
  JOIN price USING (offer_id)
  JOIN producers_offer offer ON offer.id = text.offer_id
  JOIN producers_stockitem item ON item.id = offer.stock_item_id
  JOIN producers_product product ON product.id = item.product_id
  JOIN producers_category category ON category.id = product.category_id
  JOIN producers_producer producer ON producer.id = product.producer_id
  JOIN producers_place place ON place.id = producer.place_id
  CROSS JOIN LATERAL (SELECT product.spoils_fast OR product.date_kind = 'USE_BY' AS is_so) perishable
  LEFT JOIN lowered ON lowered.offer_id = offer.id
  LEFT JOIN unreduced ON unreduced.offer_id = offer.id
  LEFT JOIN LATERAL (
    SELECT array_agg(carried.mark_id ORDER BY sign.position) AS codes
    FROM producers_productmark carried JOIN producers_mark sign ON sign.code = carried.mark_id
    WHERE carried.product_id = product.id AND carried.valid_from <= %(day)s
      AND (carried.valid_until IS NULL OR carried.valid_until >= %(day)s)
  ) mark ON true
), removed AS (
  DELETE FROM producers_listing
  WHERE (%(offers)s::bigint[] IS NULL OR offer_id = ANY(%(offers)s::bigint[]))
    AND NOT EXISTS (SELECT FROM fresh WHERE fresh.offer_id = producers_listing.offer_id)
), written AS (  -- a row that says the same already is left alone: its indexes are dear to write
  INSERT INTO producers_listing ({columns})
  SELECT {columns} FROM fresh ORDER BY offer_id
  ON CONFLICT (offer_id) DO UPDATE SET {updates}
  WHERE ({current}) IS DISTINCT FROM ({excluded})
)
SELECT count(*) FROM fresh
"""
COLUMNS = (
    "offer_id, stock_item_id, product_id, producer_id, product_slug, name, producer_name, producer_slug, "
    "place_name, voivodeship_id, category_ids, category_slug, marks, allergens, buyer_groups, temperature, "
    "pack, pieces, content, unit, sold_by, expected_grams, max_grams, max_per_order, minimum_life_days, "
    "price, unit_price, lowest_30_days, before_reduction, picture, published_at, is_demo, search_text, sort_key"
)
NAMED = (
    "pk",
    "stock_item__product__name",
    "carried",
    "stock_item__product__producer__name",
    "stock_item__product__producer__place__name",
    "stock_item__product__producer__voivodeship__name",
    "stock_item__product__category__name_pl",
    "stock_item__product__category__parent__name_pl",
)
FACTS = COLUMNS.split(", ")[1:]
STATEMENT = REFRESH.format(
    columns=COLUMNS,
    updates=", ".join(f"{column} = excluded.{column}" for column in FACTS),
    current=", ".join(f"producers_listing.{column}" for column in FACTS),
    excluded=", ".join(f"excluded.{column}" for column in FACTS),
)


def refresh(*, offers: Iterable[int] | None = None, at: datetime) -> int:
    """Writes the listings of these offers (None: of all), and removes those of offers no longer on sale at
    `at`: offer and product published, producer active, a gross retail price in force. Call it in the
    transaction of the change, after it. Returns how many of them are on sale.

    A lowered price shows the lowest price of the 30 days before it came into force (art. 4(2) and (3) of the
    price information act of 9 May 2014); for goods that spoil fast or carry a use-by date, the price before
    the first of the reductions in a row instead (art. 4(4)). The price per kg, litre or piece follows from
    the pack's content.
    """
    scope = None if offers is None else sorted(set(offers))
    texts = _texts(scope, at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            STATEMENT,
            {
                "at": at,
                "day": local_date(at),
                "price_list": RETAIL,
                "offers": scope,
                "on_sale": [offer for offer, _search, _sort in texts],
                "search_texts": [search for _offer, search, _sort in texts],
                "sort_keys": [sort for _offer, _search, sort in texts],
            },
        )
        return cursor.fetchone()[0]


def _texts(scope: list[int] | None, at: datetime) -> list[tuple[int, str, str]]:
    """Offer, search text and sort key. Folding happens in Python alone, so that a query folds alike."""
    published = Offer.objects.filter(
        state=Publication.PUBLISHED,
        stock_item__product__state=Publication.PUBLISHED,
        stock_item__product__producer__is_active=True,
    )
    if scope is not None:
        published = published.filter(pk__in=scope)
    folded = lru_cache(maxsize=None)(fold)
    signs = {mark.code: folded(f"{mark.short} {mark.name_pl}") for mark in Mark.objects.all()}
    texts = []
    for offer, name, marks, *others in published.annotate(carried=_marks(at)).values_list(*NAMED):
        words = [folded(text) for text in (name, *others) if text] + [signs[code] for code in marks or ()]
        texts.append((offer, " ".join(words), sort_key(name)))
    return texts


def _marks(at: datetime) -> ArrayAgg:
    marks, day = "stock_item__product__marks__", local_date(at)
    still = Q(**{f"{marks}valid_until": None}) | Q(**{f"{marks}valid_until__gte": day})
    return ArrayAgg(f"{marks}mark_id", filter=still & Q(**{f"{marks}valid_from__lte": day}))

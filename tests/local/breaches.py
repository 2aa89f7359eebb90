"""What must not be found after seeding; network.md section 3 gives the numbers."""

from django.db import connection

BREACHES = {
    "balance is the sum of movements (1)": """
        WITH moved AS (
          SELECT lot_id, location_id, sum(units) AS units, sum(grams) AS grams FROM (
            SELECT lot_id, to_location_id AS location_id, units, grams FROM distribution_movement
            UNION ALL
            SELECT lot_id, from_location_id, -units, -grams FROM distribution_movement) AS both_ways
          GROUP BY lot_id, location_id)
        SELECT * FROM distribution_balance balance
        FULL JOIN (SELECT moved.* FROM moved JOIN distribution_location place ON place.id = location_id
                   WHERE place.kind NOT IN ('SUPPLIER', 'CUSTOMER', 'WASTE', 'DONATION', 'ADJUST')) AS moved
          USING (lot_id, location_id)
        WHERE balance.units IS DISTINCT FROM moved.units OR balance.grams IS DISTINCT FROM moved.grams
    """,
    "supply on the shelf is the sum of sellable balances (10)": """
        SELECT * FROM (SELECT item_id, centre_id, usable_until, sum(units) AS units FROM distribution_balance
                       WHERE sellable GROUP BY 1, 2, 3) AS balance
        FULL JOIN (SELECT * FROM distribution_supply WHERE kind = 'STOCK') AS supply
          USING (item_id, centre_id, usable_until)
        WHERE balance.units IS DISTINCT FROM supply.quantity
    """,
    "document numbers have no gap and the counter stands at the last (8)": """
        SELECT * FROM (SELECT centre_id, kind, year, max(number) AS last, count(*) AS documents
                       FROM distribution_document GROUP BY 1, 2, 3) AS given
        FULL JOIN distribution_documentcounter USING (centre_id, kind, year)
        WHERE given.last IS DISTINCT FROM distribution_documentcounter.last OR given.last <> given.documents
    """,
    "a receipt moves what its document line says": """
        SELECT * FROM distribution_documentline line
        LEFT JOIN distribution_movement movement ON movement.document_line_id = line.id
        WHERE (line.units, line.grams, line.lot_id)
          IS DISTINCT FROM (movement.units, movement.grams, movement.lot_id)
    """,
    "goods lie in a zone of their temperature": """
        SELECT * FROM distribution_balance balance
        JOIN distribution_location place ON place.id = balance.location_id
        LEFT JOIN distribution_zone zone ON zone.id = place.zone_id
        JOIN producers_stockitem item ON item.id = balance.item_id
        JOIN producers_product product ON product.id = item.product_id
        WHERE zone.temperature IS DISTINCT FROM product.temperature OR place.kind <> 'SLOT'
    """,
    "goods sold by weight have grams, within the maximum; the others have none": """
        SELECT * FROM distribution_balance balance
        JOIN producers_offer offer ON offer.stock_item_id = balance.item_id
        WHERE (offer.sold_by = 'WEIGHT') <> (balance.grams IS NOT NULL)
          OR balance.grams > balance.units * offer.max_grams
    """,
    "a promise is written down": """
        SELECT * FROM distribution_supply supply
        LEFT JOIN distribution_supplychange change ON change.supply_id = supply.id
        WHERE supply.kind = 'PROMISE' AND supply.quantity IS DISTINCT FROM change.new
    """,
    "a published product names its allergens where they stand": """
        SELECT * FROM producers_product product
        WHERE allergens IS DISTINCT FROM ARRAY(
          SELECT DISTINCT hit[1]::varchar FROM regexp_matches(product.ingredients, '[{](\\w+):', 'g') AS hit
          ORDER BY 1)
    """,
    "an EU name is sold in its region only": """
        SELECT * FROM producers_productmark mark
        JOIN producers_product product ON product.id = mark.product_id
        JOIN producers_producer producer ON producer.id = product.producer_id
        WHERE mark.heritage_entry_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM producers_heritageentry_voivodeships area
          WHERE area.heritageentry_id = mark.heritage_entry_id
            AND area.voivodeship_id = producer.voivodeship_id)
    """,
}


def found(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def breaches():
    return {name: rows for name, query in BREACHES.items() if (rows := found(query))}

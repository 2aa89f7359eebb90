"""The rows a checkout of four lines writes, as bare statements."""

CHECKOUT = [
    """INSERT INTO orders_order (number, token_hash, basket_id, key, body_hash, place_id, round_id, slot_id, state,
         payment_method, substitutes, terms_version, language, placed_at, placed_total)
       VALUES (%(number)s, repeat('a', 64), gen_random_uuid(), gen_random_uuid(), repeat('b', 64), %(place)s,
         %(round)s, %(slot)s, 'CANCELLED', 'ON_COLLECTION', 'SIMILAR', 'bench', 'pl', now(), 40) RETURNING id""",
    """INSERT INTO orders_ordercontact (order_id, name, email, phone) VALUES (%(order)s, 'Bench', %(number)s, '1')""",
    """INSERT INTO orders_orderevent (order_id, old, new, at, reason)
       VALUES (%(order)s, '', 'CANCELLED', now(), '')""",
    """INSERT INTO orders_payment (order_id, attempt, method, grosze, state)
       VALUES (%(order)s, 1, 'ON_COLLECTION', 4000, 'CANCELED')""",
    """INSERT INTO orders_moneyevent (order_id, kind, grosze, at) VALUES (%(order)s, 'PLACED', 0, now())""",
    """INSERT INTO orders_sellerpart (order_id, producer_id, gross, net, vat)
       VALUES (%(order)s, %(producer)s, 40, 38.10, 1.90)""",
    """INSERT INTO orders_line (order_id, seller_part_id, position, offer_id, item_id, name, producer_name, pack,
         sold_by, quantity, pieces, price, vat_percent, placed_total, short)
       SELECT %(order)s, p.id, n, %(offer)s, %(item)s, 'Bench', 'Bench', 'słoik', 'PIECE', 1, 1, 10, 5, 10, 0
       FROM orders_sellerpart p, generate_series(1, 4) n WHERE p.order_id = %(order)s""",
    """UPDATE distribution_supply SET held = held WHERE id = ANY(%(supply)s)""",
    """INSERT INTO distribution_hold (supply_id, round_id, reference, line, pieces, state)
       SELECT s, %(round)s, %(number)s, n, 1, 'RELEASED'
       FROM unnest(%(supply)s::bigint[]) WITH ORDINALITY AS x(s, n)""",
    """UPDATE distribution_slot SET taken = taken WHERE id = %(slot)s""",
    """INSERT INTO kernel_job (kind, key, payload, queue, done_at)
       VALUES ('bench', %(number)s, '{}', 'mail', now())""",
]

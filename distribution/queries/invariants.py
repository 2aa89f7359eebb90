"""What must always hold in a centre, each as SQL that returns the rows that break it."""

INVARIANTS = {
    "balance_is_sum_of_movements": """
        WITH flow AS (
          SELECT lot_id, location_id, sum(units) AS units, sum(grams) AS grams FROM (
            SELECT lot_id, to_location_id AS location_id, units, coalesce(grams, 0) AS grams
            FROM distribution_movement
            UNION ALL
            SELECT lot_id, from_location_id, -units, -coalesce(grams, 0) FROM distribution_movement) m
          GROUP BY lot_id, location_id)
        SELECT coalesce(f.lot_id, b.lot_id), coalesce(f.location_id, b.location_id)
        FROM (SELECT f.* FROM flow f JOIN distribution_location l ON l.id = f.location_id
              WHERE l.kind NOT IN ('SUPPLIER', 'CUSTOMER', 'WASTE', 'DONATION', 'ADJUST')) f
        FULL JOIN distribution_balance b ON b.lot_id = f.lot_id AND b.location_id = f.location_id
        WHERE coalesce(f.units, 0) <> coalesce(b.units, 0)
           OR coalesce(f.grams, 0) <> coalesce(b.grams, 0)""",
    "balance_never_at_a_virtual_place": """
        SELECT b.id FROM distribution_balance b JOIN distribution_location l ON l.id = b.location_id
        WHERE l.kind IN ('SUPPLIER', 'CUSTOMER', 'WASTE', 'DONATION', 'ADJUST')""",
    "balance_repeats_its_lot_and_place": """
        SELECT b.id FROM distribution_balance b
        JOIN distribution_lot t ON t.id = b.lot_id JOIN distribution_location l ON l.id = b.location_id
        WHERE b.item_id <> t.item_id OR b.usable_until <> t.usable_until OR b.centre_id <> l.centre_id
           OR b.sellable <> (t.state = 'RELEASED' AND l.kind IN ('DOCK', 'SLOT'))""",
    "allocated_is_sum_of_allocations": """
        WITH live AS (
          SELECT lot_id, location_id, sum(units - picked) AS n FROM distribution_allocation
          WHERE state = 'ACTIVE' GROUP BY lot_id, location_id)
        SELECT coalesce(b.lot_id, a.lot_id) FROM distribution_balance b
        FULL JOIN live a ON a.lot_id = b.lot_id AND a.location_id = b.location_id
        WHERE coalesce(b.allocated, 0) <> coalesce(a.n, 0)""",
    "held_is_sum_of_holds_and_allocations": """
        WITH live AS (
          SELECT supply_id, sum(n) AS n FROM (
            SELECT supply_id, pieces AS n FROM distribution_hold WHERE state = 'ACTIVE'
            UNION ALL
            SELECT supply_id, units - picked FROM distribution_allocation WHERE state = 'ACTIVE') x
          GROUP BY supply_id)
        SELECT coalesce(s.id, h.supply_id) FROM distribution_supply s
        FULL JOIN live h ON h.supply_id = s.id WHERE coalesce(s.held, 0) <> coalesce(h.n, 0)""",
    "reserved_is_what_quotas_have_left": """
        SELECT s.id FROM distribution_supply s
        LEFT JOIN distribution_quota q ON q.supply_id = s.id AND q.flowed_back_at IS NULL
        GROUP BY s.id HAVING s.reserved <> coalesce(sum(q.pieces - q.sold), 0)""",
    "hold_out_of_a_quota_is_of_its_supply": """
        SELECT h.id FROM distribution_hold h JOIN distribution_quota q ON q.id = h.quota_id
        WHERE h.supply_id <> q.supply_id""",
    "stock_supply_is_sum_of_sellable_balances": """
        WITH shelf AS (
          SELECT item_id, centre_id, usable_until, sum(units) AS n FROM distribution_balance
          WHERE sellable GROUP BY item_id, centre_id, usable_until)
        SELECT coalesce(s.id, 0) FROM (SELECT * FROM distribution_supply WHERE kind = 'STOCK') s
        FULL JOIN shelf b ON b.item_id = s.item_id AND b.centre_id = s.centre_id
             AND b.usable_until = s.usable_until
        WHERE coalesce(s.quantity, 0) <> coalesce(b.n, 0)""",
    "uncovered_supply_has_an_open_job": """
        SELECT s.id FROM distribution_supply s WHERE s.uncovered > 0 AND NOT EXISTS (
          SELECT 1 FROM kernel_job j WHERE j.kind = 'distribution.supply_uncovered'
            AND j.done_at IS NULL AND (j.payload ->> 'supply')::bigint = s.id)""",
    "held_or_recalled_lots_leave_only_to_be_lost": """
        SELECT m.id FROM distribution_movement m
        JOIN LATERAL (
          SELECT new FROM distribution_lotstatuschange c
          WHERE c.lot_id = m.lot_id AND c.after_movement < m.id ORDER BY c.id DESC LIMIT 1) s ON true
        JOIN distribution_location l ON l.id = m.to_location_id
        WHERE s.new <> 'RELEASED' AND m.reverses_id IS NULL
          AND l.kind NOT IN ('QUARANTINE', 'WASTE', 'SUPPLIER', 'ADJUST')
          AND m.reason NOT IN ('WEIGHING', 'RECEIPT', 'ARRIVAL', 'COUNT')""",
    "recalled_goods_are_being_pulled": """
        SELECT b.id FROM distribution_balance b
        JOIN distribution_recall r ON r.lot_id = b.lot_id AND NOT r.is_drill
        JOIN distribution_location l ON l.id = b.location_id AND l.kind IN ('DOCK', 'SLOT', 'STAGE', 'CRATE')
        WHERE b.units > 0
          AND NOT EXISTS (SELECT 1 FROM distribution_task t
                          WHERE t.balance_id = b.id AND t.kind = 'PULL' AND t.state IN ('OPEN', 'TAKEN'))
          AND NOT EXISTS (SELECT 1 FROM kernel_job j
                          WHERE j.kind = 'distribution.recalled_goods' AND j.done_at IS NULL
                            AND (j.payload ->> 'lot')::bigint = b.lot_id)
          AND NOT EXISTS (SELECT 1 FROM distribution_countplace p
                          JOIN distribution_count c ON c.id = p.count_id AND c.state IN ('OPEN', 'COUNTED')
                          WHERE p.location_id = b.location_id)""",
    "closed_recall_leaves_nothing_to_take": """
        SELECT r.id FROM distribution_recall r
        JOIN distribution_balance b ON b.lot_id = r.lot_id AND b.units > 0
        JOIN distribution_location l ON l.id = b.location_id AND l.kind <> 'QUARANTINE'
        WHERE r.closed_at IS NOT NULL AND NOT r.is_drill
          AND NOT EXISTS (SELECT 1 FROM distribution_task t
                          WHERE t.balance_id = b.id AND t.kind = 'PULL' AND t.state IN ('OPEN', 'TAKEN'))
          AND NOT EXISTS (SELECT 1 FROM kernel_job j
                          WHERE j.kind = 'distribution.recalled_goods' AND j.done_at IS NULL
                            AND (j.payload ->> 'lot')::bigint = b.lot_id)""",
    "recall_blocks_its_lot": """
        SELECT r.id FROM distribution_recall r JOIN distribution_lot t ON t.id = r.lot_id
        WHERE NOT r.is_drill AND t.state <> 'RECALLED'""",
    "lot_is_conserved": """
        SELECT coalesce(o.lot_id, h.lot_id) FROM (
          SELECT lot_id, sum(n) AS n FROM (
            SELECT m.lot_id, m.units AS n FROM distribution_movement m
            JOIN distribution_location l ON l.id = m.from_location_id
            WHERE l.kind IN ('SUPPLIER', 'CUSTOMER', 'WASTE', 'DONATION', 'ADJUST')
            UNION ALL
            SELECT m.lot_id, -m.units FROM distribution_movement m
            JOIN distribution_location l ON l.id = m.to_location_id
            WHERE l.kind IN ('SUPPLIER', 'CUSTOMER', 'WASTE', 'DONATION', 'ADJUST')) x
          GROUP BY lot_id) o
        FULL JOIN (SELECT lot_id, sum(units) AS n FROM distribution_balance GROUP BY lot_id) h
          ON h.lot_id = o.lot_id
        WHERE coalesce(o.n, 0) <> coalesce(h.n, 0)""",
    "count_saw_what_the_ledger_says": """
        SELECT c.id FROM distribution_countline c
        JOIN distribution_countplace p ON p.id = c.place_id AND p.seen_movement IS NOT NULL
        LEFT JOIN LATERAL (
          SELECT sum(CASE WHEN m.to_location_id = p.location_id THEN m.units ELSE -m.units END) AS n
          FROM distribution_movement m
          WHERE m.lot_id = c.lot_id AND m.id <= p.seen_movement
            AND p.location_id IN (m.from_location_id, m.to_location_id)) s ON true
        WHERE c.booked <> coalesce(s.n, 0)""",
    "settled_count_has_documents_of_its_differences": """
        WITH said AS (
          SELECT c.document_id, c.lot_id, sum(abs(c.counted - c.booked)) AS n FROM distribution_countline c
          JOIN distribution_countplace p ON p.id = c.place_id
          JOIN distribution_count t ON t.id = p.count_id
          WHERE (t.state = 'SETTLED' AND c.counted <> c.booked) OR c.document_id IS NOT NULL
          GROUP BY c.document_id, c.lot_id)
        SELECT s.lot_id FROM said s
        WHERE s.n <> coalesce((SELECT sum(l.units) FROM distribution_documentline l
                               WHERE l.document_id = s.document_id AND l.lot_id = s.lot_id), 0)""",
    "open_count_has_its_tasks": """
        SELECT p.id FROM distribution_countplace p
        JOIN distribution_count c ON c.id = p.count_id AND c.state = 'OPEN'
        WHERE p.seen_movement IS NULL AND NOT EXISTS (
          SELECT 1 FROM distribution_task t WHERE t.count_place_id = p.id AND t.state IN ('OPEN', 'TAKEN'))""",
    "goods_last_long_enough_for_their_buyer": """
        SELECT a.id FROM distribution_allocation a
        JOIN distribution_lot t ON t.id = a.lot_id
        JOIN distribution_fulfilmentline l ON l.id = a.fulfilment_line_id
        JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
        JOIN distribution_round r ON r.id = f.round_id
        JOIN producers_stockitem i ON i.id = l.item_id JOIN producers_product p ON p.id = i.product_id
        WHERE a.state <> 'RELEASED' AND t.usable_until < r.hands_over_on""",
    "crate_holds_what_moved_into_it": """
        SELECT u.id FROM distribution_handlingunit u
        JOIN distribution_location l ON l.id = u.inside_id
        WHERE l.kind NOT IN ('CRATE', 'TRANSIT') OR l.centre_id <> u.centre_id
           OR (u.fulfilment_id IS NULL AND EXISTS (
                 SELECT 1 FROM distribution_balance b WHERE b.location_id = u.inside_id AND b.units > 0))""",
    "crate_is_with_whom_it_was_given": """
        SELECT u.id FROM distribution_handlingunit u
        LEFT JOIN LATERAL (
          SELECT e.kind, e.partner_id FROM distribution_crateevent e
          WHERE e.unit_id = u.id AND e.kind IN ('GIVEN', 'BACK') ORDER BY e.id DESC LIMIT 1) last ON true
        WHERE u.holder_id IS DISTINCT FROM CASE WHEN last.kind = 'GIVEN' THEN last.partner_id END""",
    "deposit_for_a_crate_that_came_back_is_settled": """
        SELECT e.unit_id FROM distribution_crateevent e JOIN distribution_handlingunit u ON u.id = e.unit_id
        WHERE e.partner_id IS NOT NULL AND u.holder_id IS DISTINCT FROM e.partner_id
        GROUP BY e.unit_id, e.partner_id HAVING sum(e.deposit) <> 0""",
    "goods_in_transit_ride_on_a_trip_or_are_missed": """
        SELECT b.id FROM distribution_balance b
        JOIN distribution_location l ON l.id = b.location_id AND l.kind = 'TRANSIT'
        JOIN distribution_trip t ON t.id = l.trip_id
        WHERE b.units > 0 AND t.state NOT IN ('DEPARTED', 'ARRIVED') AND NOT EXISTS (
          SELECT 1 FROM distribution_discrepancy d
          JOIN distribution_handlingunit u ON u.id = d.unit_id AND u.inside_id = l.id
          WHERE d.trip_id = t.id AND d.lot_id = b.lot_id AND d.settled_at IS NULL)""",
    "room_on_trips_is_what_was_sold_for_them": """
        WITH sold AS (
          SELECT s.trip_id, r.temperature, sum(h.load_grams) AS grams
          FROM distribution_hold h
          JOIN distribution_route r ON r.id = h.route_id JOIN distribution_routetrip s ON s.route_id = r.id
          WHERE h.state <> 'RELEASED' GROUP BY s.trip_id, r.temperature)
        SELECT m.id FROM distribution_triproom m
        FULL JOIN sold ON sold.trip_id = m.trip_id AND sold.temperature = m.temperature
        WHERE coalesce(m.booked_grams, 0) <> coalesce(sold.grams, 0)""",
    "dock_slot_is_taken_by_its_arrivals": """
        SELECT s.id FROM distribution_dockslot s
        WHERE s.taken <> (SELECT count(*) FROM distribution_arrival a WHERE a.dock_slot_id = s.id)""",
    "dock_slot_is_of_the_arrivals_centre": """
        SELECT a.id FROM distribution_arrival a JOIN distribution_dockslot s ON s.id = a.dock_slot_id
        WHERE s.centre_id <> a.centre_id""",
    "goods_on_a_ramp_have_a_task": """
        SELECT b.id FROM distribution_balance b
        JOIN distribution_location l ON l.id = b.location_id AND l.kind = 'DOCK'
        JOIN distribution_lot t ON t.id = b.lot_id AND t.state <> 'RECALLED'
        WHERE b.units > 0 AND NOT EXISTS (
          SELECT 1 FROM distribution_task k WHERE k.balance_id = b.id AND k.kind IN ('PUT_AWAY', 'PUT_BACK')
            AND k.state IN ('OPEN', 'TAKEN'))""",
    "receipt_says_of_each_item_what_its_lines_say": """
        WITH lines AS (
          SELECT l.document_id, t.item_id, sum(l.units) AS units, sum(l.refused_units) AS refused
          FROM distribution_documentline l JOIN distribution_lot t ON t.id = l.lot_id
          GROUP BY l.document_id, t.item_id)
        SELECT r.id FROM distribution_receiptitem r
        LEFT JOIN lines l ON l.document_id = r.document_id AND l.item_id = r.item_id
        WHERE r.accepted <> coalesce(l.units, 0) OR r.refused < coalesce(l.refused, 0)""",
    "arrival_has_received_what_its_receipts_say": """
        WITH said AS (
          SELECT r.arrival_id, r.item_id, sum(r.accepted) AS n FROM distribution_receiptitem r
          WHERE r.arrival_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM distribution_document m WHERE m.reverses_id = r.document_id)
          GROUP BY r.arrival_id, r.item_id)
        SELECT l.id FROM distribution_arrivalline l
        JOIN distribution_arrival a ON a.id = l.arrival_id AND a.state = 'EXPECTED'
        LEFT JOIN said s ON s.arrival_id = l.arrival_id AND s.item_id = l.item_id
        WHERE l.received <> coalesce(s.n, 0)
          AND EXISTS (SELECT 1 FROM distribution_receiptitem r WHERE r.arrival_id = a.id)""",
    "part_in_transit_has_its_crates_on_a_trip": """
        SELECT f.id FROM distribution_fulfilment f WHERE f.state = 'IN_TRANSIT' AND NOT EXISTS (
          SELECT 1 FROM distribution_load w JOIN distribution_handlingunit u ON u.id = w.unit_id
          WHERE u.fulfilment_id = f.id AND w.state IN ('LOADED', 'MISSING'))""",
    "packed_goods_are_in_their_crates": """
        WITH inside AS (
          SELECT u.fulfilment_id, b.item_id, sum(b.units) AS n FROM distribution_handlingunit u
          JOIN distribution_balance b ON b.location_id = u.inside_id AND b.units > 0
          WHERE u.fulfilment_id IS NOT NULL GROUP BY u.fulfilment_id, b.item_id),
        packed AS (
          SELECT l.fulfilment_id, l.item_id, sum(l.picked - l.handed_out) AS n FROM distribution_fulfilmentline l
          JOIN distribution_fulfilment f ON f.id = l.fulfilment_id AND f.state <> 'CLEARED'
          GROUP BY l.fulfilment_id, l.item_id)
        SELECT coalesce(p.fulfilment_id, i.fulfilment_id) FROM packed p
        FULL JOIN inside i ON i.fulfilment_id = p.fulfilment_id AND i.item_id = p.item_id
        WHERE coalesce(p.n, 0) <> coalesce(i.n, 0)""",
    "handed_out_is_what_left": """
        WITH gone AS (
          SELECT m.reference, t.item_id, sum(CASE WHEN m.reason = 'HAND_OUT' THEN m.units ELSE -m.units END) AS n
          FROM distribution_movement m
          JOIN distribution_lot t ON t.id = m.lot_id
          JOIN distribution_location l ON l.id = CASE WHEN m.reason = 'HAND_OUT' THEN m.to_location_id
                                                      ELSE m.from_location_id END
          WHERE m.reason IN ('HAND_OUT', 'REVERSAL') AND l.kind = 'CUSTOMER' GROUP BY m.reference, t.item_id),
        said AS (
          SELECT f.reference, l.item_id, sum(l.handed_out) AS n FROM distribution_fulfilmentline l
          JOIN distribution_fulfilment f ON f.id = l.fulfilment_id GROUP BY f.reference, l.item_id)
        SELECT coalesce(s.reference, g.reference) FROM said s
        FULL JOIN gone g ON g.reference = s.reference AND g.item_id = s.item_id
        WHERE coalesce(s.n, 0) <> coalesce(g.n, 0)""",
    "document_numbers_have_no_gap": """
        SELECT d.centre_id, d.kind, d.year FROM distribution_document d
        FULL JOIN distribution_documentcounter c
          ON c.centre_id = d.centre_id AND c.kind = d.kind AND c.year = d.year
        GROUP BY d.centre_id, d.kind, d.year, c.last
        HAVING count(d.id) <> max(d.number) OR min(d.number) <> 1 OR max(d.number) <> c.last OR c.last IS NULL""",
    "document_line_is_its_movements": """
        SELECT l.id FROM distribution_documentline l
        LEFT JOIN distribution_movement m ON m.document_line_id = l.id
        GROUP BY l.id, l.units HAVING coalesce(sum(m.units), 0) <> l.units""",
    "line_is_allocated_picked_awaited_or_short": """
        SELECT l.id FROM distribution_fulfilmentline l
        LEFT JOIN distribution_allocation a ON a.fulfilment_line_id = l.id AND a.state = 'ACTIVE'
        GROUP BY l.id
        HAVING l.pieces <> l.picked + l.awaited + l.short + coalesce(sum(a.units - a.picked), 0)""",
    "unfinished_line_has_a_task_or_awaits_goods": """
        SELECT l.id FROM distribution_fulfilmentline l
        JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
        WHERE f.state IN ('RELEASED', 'PICKED') AND l.state <> 'SHORT' AND NOT EXISTS (
          SELECT 1 FROM distribution_task t
          WHERE t.fulfilment_id = f.id AND t.state IN ('OPEN', 'TAKEN'))""",
    "awaited_pieces_are_held_on_a_promise": """
        WITH held AS (
          SELECT h.reference, h.line, sum(h.pieces) AS n FROM distribution_hold h
          JOIN distribution_supply s ON s.id = h.supply_id AND s.kind = 'PROMISE'
          WHERE h.state = 'ACTIVE' GROUP BY h.reference, h.line)
        SELECT l.id FROM distribution_fulfilmentline l
        JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
        LEFT JOIN held h ON h.reference = f.reference AND h.line = l.line
        WHERE l.awaited > 0 AND l.awaited <> coalesce(h.n, 0)""",
    "trip_that_left_or_was_cancelled_takes_no_goods": """
        SELECT m.id FROM distribution_triproom m JOIN distribution_trip t ON t.id = m.trip_id
        WHERE m.is_open AND t.state NOT IN ('PLANNED', 'LOADING')""",
    "cancelled_trip_has_neither_crates_nor_work": """
        SELECT t.id FROM distribution_trip t WHERE t.state = 'CANCELLED' AND (
          EXISTS (SELECT 1 FROM distribution_load w WHERE w.trip_id = t.id AND w.state IN ('EXPECTED', 'LOADED'))
          OR EXISTS (SELECT 1 FROM distribution_task k WHERE k.trip_id = t.id AND k.state IN ('OPEN', 'TAKEN')))""",
    "trip_is_what_its_history_says": """
        SELECT t.id FROM distribution_trip t
        JOIN LATERAL (SELECT new, arrives_at FROM distribution_tripevent e
                      WHERE e.trip_id = t.id ORDER BY e.id DESC LIMIT 1) last ON true
        WHERE last.new <> t.state OR last.arrives_at <> t.arrives_at""",
    "no_trip_runs_after_its_leg_has_ended": """
        SELECT t.id FROM distribution_trip t JOIN distribution_leg l ON l.id = t.leg_id
        WHERE t.departs_on > l.valid_until AND t.state <> 'CANCELLED'""",
    "job_is_not_open_past_its_leases": """
        SELECT id FROM kernel_job WHERE done_at IS NULL AND dead_at IS NULL
          AND run_after < now() - interval '10 minutes'""",
}

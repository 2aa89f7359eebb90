"""What must always hold of orders and their money, each as SQL that returns the rows that break it."""

INVARIANTS = {
    "slot_taken_is_its_live_orders": """
        SELECT s.id FROM distribution_slot s
        LEFT JOIN orders_order o ON o.slot_id = s.id AND o.state NOT IN ('CANCELLED', 'EXPIRED')
        GROUP BY s.id HAVING s.taken <> count(o.id)""",
    "released_round_left_no_order_behind": """
        SELECT o.id FROM orders_order o JOIN distribution_round r ON r.id = o.round_id
        WHERE o.state IN ('UNCONFIRMED', 'PLACED') AND r.state IN ('RELEASED', 'OVER')""",
    "closed_round_is_released_soon": """
        SELECT r.id FROM distribution_round r
        WHERE r.state = 'CLOSED' AND NOT EXISTS (
          SELECT 1 FROM kernel_job j WHERE j.kind = 'distribution.round_closed'
            AND j.done_at IS NULL AND (j.payload ->> 'round')::bigint = r.id)""",
    "open_order_holds_what_it_ordered": """
        SELECT l.id FROM orders_line l JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN distribution_hold h ON h.reference = o.number AND h.line = l.position AND h.state = 'ACTIVE'
        WHERE o.state IN ('UNCONFIRMED', 'PLACED')
        GROUP BY l.id HAVING coalesce(sum(h.pieces), 0) > l.pieces
          OR (coalesce(sum(h.pieces), 0) < l.pieces - l.short AND NOT EXISTS (
                SELECT 1 FROM distribution_shortage s JOIN orders_order x ON x.number = s.reference
                WHERE x.id = l.order_id AND s.line = l.position))""",
    "ended_order_holds_nothing": """
        SELECT h.id FROM distribution_hold h JOIN orders_order o ON o.number = h.reference
        WHERE h.state = 'ACTIVE' AND o.state IN ('CANCELLED', 'EXPIRED', 'COLLECTED')""",
    "ended_order_is_not_worked_on": """
        SELECT f.id FROM distribution_fulfilment f JOIN orders_order o ON o.number = f.reference
        WHERE o.state IN ('CANCELLED', 'EXPIRED') AND f.state <> 'EMPTY'""",
    "released_order_has_its_fulfilments": """
        SELECT l.id FROM orders_line l JOIN orders_order o ON o.id = l.order_id
        WHERE o.state IN ('PREPARING', 'READY', 'COLLECTED', 'UNCOLLECTED') AND l.short < l.pieces
          AND NOT EXISTS (SELECT 1 FROM distribution_shortage s WHERE s.reference = o.number
            AND s.line = l.position AND s.fulfilment_line_id IS NULL)
          AND NOT EXISTS (
          SELECT 1 FROM distribution_fulfilmentline x JOIN distribution_fulfilment f ON f.id = x.fulfilment_id
          WHERE f.reference = o.number AND x.line = l.position AND x.pieces <= l.pieces)""",
    "collected_order_was_handed_out_and_paid": """
        SELECT o.id FROM orders_order o WHERE o.state = 'COLLECTED' AND (
          EXISTS (SELECT 1 FROM distribution_fulfilment f
                  WHERE f.reference = o.number AND f.state NOT IN ('HANDED_OUT', 'EMPTY', 'GIVEN_UP', 'CLEARED'))
          OR (SELECT coalesce(sum(m.grosze), 0) FROM orders_moneyevent m WHERE m.order_id = o.id) > 0)""",
    "seller_parts_sum_to_the_order": """
        SELECT o.id FROM orders_order o LEFT JOIN orders_sellerpart p ON p.order_id = o.id
        GROUP BY o.id HAVING coalesce(sum(p.gross), 0) <> o.placed_total""",
    "lines_sum_to_their_seller_part": """
        SELECT p.id FROM orders_sellerpart p JOIN orders_line l ON l.seller_part_id = p.id
        GROUP BY p.id HAVING coalesce(sum(l.placed_total) FILTER (WHERE l.replaces_id IS NULL), 0) <> p.gross""",
    "given_up_lines_are_not_paid": """
        SELECT p.id FROM orders_postponement p JOIN orders_line l ON l.order_id = p.order_id
          AND l.position = ANY(p.given_up) WHERE l.short < l.pieces OR l.final_total <> 0""",
    "replacement_costs_no_more_than_what_it_replaces": """
        SELECT l.id FROM orders_line l JOIN orders_line r ON r.id = l.replaces_id
        WHERE l.order_id <> r.order_id OR l.price * l.quantity > r.placed_total""",
    "payment_captured_means_money_came": """
        SELECT p.id FROM orders_payment p LEFT JOIN orders_offlinereceipt r ON r.payment_id = p.id
        GROUP BY p.id HAVING p.state = 'CAPTURED' AND count(r.id) = 0""",
    "order_history_ends_in_its_state": """
        SELECT o.id FROM orders_order o JOIN LATERAL (
          SELECT new FROM orders_orderevent e WHERE e.order_id = o.id ORDER BY e.id DESC LIMIT 1) e ON true
        WHERE e.new <> o.state""",
}

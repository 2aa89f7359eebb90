"""The database as the last guard: each named constraint lets the right row in and refuses the wrong one."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.kernel.errors import constraint_of
from tests.factories.market import market

pytestmark = pytest.mark.django_db

ANOTHER_PAYMENT = """
INSERT INTO orders_payment (order_id, attempt, method, grosze, state)
SELECT order_id, {attempt}, method, grosze, '{state}' FROM orders_payment WHERE attempt = 1"""

# (constraint, a statement that keeps to it, one that breaks it)
CASES = [
    (
        "distribution_supply_covered",
        "UPDATE distribution_supply SET held = 7, uncovered = 2",
        "UPDATE distribution_supply SET held = 7",
    ),
    (
        "distribution_supply_covered",
        "UPDATE distribution_supply SET quantity = 0, uncovered = held",
        "UPDATE distribution_supply SET quantity = -1",
    ),
    (
        "distribution_supply_covered",
        "UPDATE distribution_supply SET held = 5",
        "UPDATE distribution_supply SET held = -1",
    ),
    (
        "distribution_supply_dates",
        "UPDATE distribution_supply SET available_on = usable_until",
        "UPDATE distribution_supply SET available_on = usable_until + 1",
    ),
    (
        "distribution_balance_not_negative",
        "UPDATE distribution_balance SET units = 0 WHERE allocated = 0",
        "UPDATE distribution_balance SET units = -1 WHERE allocated = 0",
    ),
    (
        "distribution_balance_not_negative",
        "UPDATE distribution_balance SET allocated = 8, uncovered = 3",
        "UPDATE distribution_balance SET allocated = 8",
    ),
    (
        "distribution_balance_grams",
        "UPDATE distribution_balance SET grams = 0",
        "UPDATE distribution_balance SET grams = -1",
    ),
    (
        "distribution_hold_pieces",
        "UPDATE distribution_hold SET pieces = 1",
        "UPDATE distribution_hold SET pieces = 0",
    ),
    (
        "distribution_slot_capacity",
        "UPDATE distribution_slot SET taken = capacity",
        "UPDATE distribution_slot SET taken = capacity + 1",
    ),
    (
        "distribution_slot_in_order",
        "UPDATE distribution_slot SET ends = '19:00'",
        "UPDATE distribution_slot SET ends = starts",
    ),
    (
        "distribution_round_in_order",
        "UPDATE distribution_round SET packs_on = hands_over_on",
        "UPDATE distribution_round SET packs_on = hands_over_on + 1",
    ),
    (
        "distribution_lot_date_fits",
        "UPDATE distribution_lot SET date_kind = 'USE_BY'",
        "UPDATE distribution_lot SET printed_on = NULL",
    ),
    (
        "distribution_fulfilment_line_sums",
        "UPDATE distribution_fulfilmentline SET short = pieces",
        "UPDATE distribution_fulfilmentline SET short = pieces + 1",
    ),
    (
        "distribution_fulfilment_line_handed_out",
        "UPDATE distribution_fulfilmentline SET picked = 2, handed_out = 2",
        "UPDATE distribution_fulfilmentline SET handed_out = picked + 1",
    ),
    (
        "distribution_allocation_units",
        "UPDATE distribution_allocation SET picked = units",
        "UPDATE distribution_allocation SET picked = units + 1",
    ),
    (
        "distribution_task_taken_by_someone",
        "UPDATE distribution_task SET state = 'OPEN'",
        "UPDATE distribution_task SET state = 'TAKEN'",
    ),
    (
        "distribution_task_done_at",
        "UPDATE distribution_task SET state = 'DONE', done_at = now()",
        "UPDATE distribution_task SET state = 'DONE'",
    ),
    (
        "distribution_centre_code",
        "UPDATE distribution_centre SET code = 'LESZNO2'",
        "UPDATE distribution_centre SET code = 'leszno'",
    ),
    (
        "orders_line_never_above_agreed",
        "UPDATE orders_line SET final_total = placed_total",
        "UPDATE orders_line SET final_total = placed_total + 0.01",
    ),
    (
        "orders_line_short",
        "UPDATE orders_line SET short = pieces",
        "UPDATE orders_line SET short = pieces + 1",
    ),
    (
        "orders_order_unconfirmed_expires",
        "UPDATE orders_order SET state = 'UNCONFIRMED', expires_at = now()",
        "UPDATE orders_order SET state = 'UNCONFIRMED', expires_at = NULL",
    ),
    (
        "orders_seller_part_sums",
        "UPDATE orders_sellerpart SET net = gross, vat = 0",
        "UPDATE orders_sellerpart SET vat = vat + 0.01",
    ),
    (
        "orders_payment_captured_at",
        "UPDATE orders_payment SET state = 'CAPTURED', captured_at = now()",
        "UPDATE orders_payment SET state = 'CAPTURED'",
    ),
    (
        "orders_payment_one_open",
        ANOTHER_PAYMENT.format(attempt=2, state="EXPIRED"),
        ANOTHER_PAYMENT.format(attempt=3, state="NEW"),
    ),
    (
        "kernel_job_key_once",
        "INSERT INTO kernel_job (kind, key, payload) VALUES ('a', 'new', '{}')",
        "INSERT INTO kernel_job (kind, key, payload) SELECT kind, key, payload FROM kernel_job LIMIT 1",
    ),
]


@pytest.fixture
def released():
    m = market()
    jam = m.add(stock=5)
    m.order([(jam, 2)])
    m.close_and_release()
    m.round.refresh_from_db()
    other = m.add()
    m.receive(other.stock_item, 5, until=date(2026, 12, 20))
    return m


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


@pytest.mark.parametrize(("name", "right", "wrong"), CASES, ids=[f"{n}:{c[0]}" for n, c in enumerate(CASES)])
def test_constraint_lets_in_and_refuses(released, name, right, wrong):
    with pytest.raises(IntegrityError) as refused:
        run(wrong)
    assert constraint_of(refused.value) == name
    assert run(right) > 0

"""Facts only grow: the database refuses, whoever asks, and the application can't talk it out of that."""

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from tests.factories.market import market

FACTS = [
    "distribution_crateevent",
    "distribution_document",
    "distribution_documentline",
    "distribution_fulfilmentevent",
    "distribution_legevent",
    "distribution_lotstatuschange",
    "distribution_movement",
    "distribution_quotachange",
    "distribution_roundevent",
    "distribution_rulechange",
    "distribution_scan",
    "distribution_shortage",
    "distribution_sourcechange",
    "distribution_supplychange",
    "distribution_taskevent",
    "orders_moneyevent",
    "orders_offlinereceipt",
    "orders_orderevent",
]


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, string_agg(t.tgname, ',' ORDER BY t.tgname) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE p.proname = 'kernel_refuse_change' AND t.tgenabled = 'O' GROUP BY c.relname"
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_of_facts_has_both_triggers():
    found = triggers()
    assert set(FACTS) <= set(found)
    assert {names.count(",") for names in found.values()} == {1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_movement SET units = 1",
        "DELETE FROM distribution_movement",
        "TRUNCATE distribution_movement CASCADE",
        "UPDATE distribution_document SET number = 9",
        "DELETE FROM distribution_documentline",
        "TRUNCATE orders_moneyevent",
    ],
)
@pytest.mark.django_db
def test_owner_is_refused_too(statement):
    market().add(stock=5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what is pending refuses the TRUNCATE first
        with pytest.raises(IntegrityError, match="only grows"):
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE distribution_movement DISABLE TRIGGER ALL",
        "DROP TRIGGER distribution_movement_append_only ON distribution_movement",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP TABLE distribution_movement",
        "TRUNCATE distribution_movement CASCADE",
        "SET ROLE spichlerz_owner",
        "ALTER TABLE distribution_balance DROP CONSTRAINT distribution_balance_not_negative",
    ],
)
def test_application_can_not_switch_it_off(cloned_database, statement):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_application_is_neither_owner_nor_superuser(cloned_database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolsuper, r.rolbypassrls, r.rolcreatedb, r.rolcreaterole, "
            "(SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) "
            "FROM pg_roles r WHERE r.rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False, 0)


@pytest.mark.parametrize(
    "statement", ["UPDATE distribution_movement SET units = 1", "DELETE FROM orders_orderevent"]
)
def test_application_is_refused_by_the_trigger(cloned_database, statement):
    m = market()
    jam = m.add(stock=5)
    m.order([(jam, 1)])
    with pytest.raises(IntegrityError, match="only grows"), connection.cursor() as cursor:
        cursor.execute(statement)

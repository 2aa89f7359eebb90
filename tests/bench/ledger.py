"""Trace and recall over a ledger of years: `python -m tests.bench.ledger --movements 10000000`.

Writes the movements set-based, without the checks of foreign keys, then measures what a lead waits for: a lot's trace,
an order's trace, the list of a recall, proposals of a cycle count. Everything is read by the lot's index, so the time
grows with the movements of one lot, not with those of all.
"""

import argparse
import statistics
import time

from tests import services

services.start()

import os  # noqa: E402 - after the services it works with

os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from distribution.models import Lot, Recall  # noqa: E402
from distribution.operations import recalls  # noqa: E402
from distribution.queries import counts, quarantine, traces  # noqa: E402
from marketplace.local import postgres as pg  # noqa: E402
from tests.factories.market import market  # noqa: E402

STEPS = 5  # movements of one line: picked, gone, arrived, staged, handed out
HISTORY = """
INSERT INTO distribution_lot (item_id, producer_id, code, date_kind, no_date_ground, printed_on, usable_until, state)
SELECT t.item_id, t.producer_id, 'H' || n, t.date_kind, t.no_date_ground, t.printed_on, t.usable_until, t.state
FROM distribution_lot t, generate_series(1, %(lots)s) n WHERE t.id = %(lot)s;

CREATE TEMP TABLE place AS
SELECT (SELECT id FROM distribution_location WHERE centre_id = %(here)s AND kind = 'SUPPLIER') AS supplier,
       (SELECT id FROM distribution_location WHERE centre_id = %(there)s AND kind = 'CUSTOMER') AS customer,
       (SELECT id FROM distribution_location WHERE centre_id = %(here)s AND code = 'A-01') AS slot,
       (SELECT id FROM distribution_location WHERE centre_id = %(here)s AND code = 'CRATE-01') AS crate,
       (SELECT id FROM distribution_location WHERE centre_id = %(there)s AND code = 'CRATE-02') AS aboard,
       (SELECT id FROM distribution_location WHERE centre_id = %(there)s AND code = 'CRATE-03') AS arrived,
       (SELECT id FROM distribution_location WHERE centre_id = %(there)s AND code = 'STAGE-A') AS stage;

CREATE TEMP TABLE line AS
SELECT n, 'B' || n / 5 AS reference, %(first)s + (n * 7919) %% %(lots)s AS lot_id
FROM generate_series(0::bigint, %(lines)s - 1) n;

INSERT INTO distribution_movement
  (lot_id, from_location_id, to_location_id, units, reason, reference, happened_at, recorded_at)
SELECT l.id, p.supplier, p.slot, 100000, 'RECEIPT', '', now() - interval '700 days', now() - interval '700 days'
FROM place p, distribution_lot l WHERE l.id >= %(first)s;

INSERT INTO distribution_movement
  (lot_id, from_location_id, to_location_id, units, reason, reference, happened_at, recorded_at)
SELECT x.lot_id, s.a, s.b, 1, s.reason, x.reference, w.at, w.at FROM line x, place p,
  LATERAL (VALUES (p.slot, p.crate, 'PICK'), (p.crate, p.aboard, 'DEPARTURE'), (p.aboard, p.arrived, 'ARRIVAL'),
                  (p.arrived, p.stage, 'MOVE'), (p.stage, p.customer, 'HAND_OUT')) AS s(a, b, reason),
  LATERAL (SELECT now() - interval '700 days' + x.n * interval '700 days' / %(lines)s AS at) w;

INSERT INTO distribution_balance
  (lot_id, location_id, item_id, centre_id, usable_until, units, allocated, uncovered, sellable)
SELECT l.id, p.slot, l.item_id, %(here)s, l.usable_until, 100000 - coalesce(x.n, 0), 0, 0, true
FROM place p, distribution_lot l
LEFT JOIN (SELECT lot_id, count(*) AS n FROM line GROUP BY lot_id) x ON x.lot_id = l.id WHERE l.id >= %(first)s;

ANALYZE line;

INSERT INTO distribution_fulfilment
  (round_id, centre_id, destination_id, reference, recipient_label, temperature, state)
SELECT %(round)s, %(here)s, %(there)s, reference, reference, 'AMBIENT', 'HANDED_OUT'
FROM (SELECT DISTINCT reference FROM line WHERE n < %(known)s) r;

INSERT INTO distribution_fulfilmentline
  (fulfilment_id, line, item_id, label, sold_by, pieces, awaited, short, picked, handed_out, state)
SELECT f.id, x.n %% 5, t.item_id, 'x', 'PIECE', 1, 0, 0, 1, 1, 'PICKED'
FROM line x JOIN distribution_fulfilment f ON f.reference = x.reference
JOIN distribution_lot t ON t.id = x.lot_id WHERE x.n < %(known)s;

INSERT INTO distribution_allocation (fulfilment_line_id, supply_id, lot_id, location_id, units, picked, state)
SELECT l.id, (SELECT min(id) FROM distribution_supply), x.lot_id, p.slot, 1, 1, 'PICKED'
FROM line x JOIN distribution_fulfilment f ON f.reference = x.reference
JOIN distribution_fulfilmentline l ON l.fulfilment_id = f.id AND l.line = x.n %% 5, place p WHERE x.n < %(known)s;
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--movements", type=int, default=500_000)
    parser.add_argument("--lots", type=int, default=0, help="default: 300 movements each")
    options = parser.parse_args()
    lots = options.lots or max(options.movements // 300, 10)
    call_command("migrate", verbosity=0)
    m, there = market(), market()
    m.add(stock=1)
    began = time.monotonic()
    write(m, there, options.movements // STEPS, lots)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM distribution_movement")
        say(f"{cursor.fetchone()[0]:,} movements of {lots:,} lots in {time.monotonic() - began:.0f} s")
    measure(m, lots)


def write(m, there, lines, lots):
    """As the superuser of the bench's own server: foreign keys of rows that we made ourselves are not checked."""
    url = os.environ["DATABASE_OWNER_URL"].replace(f"//{pg.OWNER}@", f"//{pg.ADMIN}@")
    first = Lot.objects.latest("pk").pk
    values = {
        "lots": lots, "lot": first, "first": first + 1, "lines": lines, "known": min(lines, 1_000_000),
        "here": m.centre.pk, "there": there.centre.pk, "round": m.round.pk,
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        cursor = psycopg.ClientCursor(admin)
        for statement in HISTORY.split(";\n"):
            cursor.execute(statement, values)
        admin.execute("VACUUM ANALYZE")


def measure(m, lots):
    first = Lot.objects.get(code="H1").pk
    some = [Lot.objects.get(pk=first + n * lots // 7) for n in range(7)]
    lead = m.worker("LEAD")
    timed("trace of a lot", lambda n: traces.of_lot(some[n]))
    timed("trace of an order", lambda n: traces.of_order(f"B{n * 1000}"))
    timed("list of a recall (drill)", lambda n: drill(some[n], lead))
    timed("recall, blocked and listed", lambda n: recall(some[n], lead))
    timed("proposals of a cycle count", lambda n: counts.proposals(centre=m.centre, at=timezone.now()))
    timed("quarantine", lambda n: quarantine.waiting(m.centre))
    told = Recall.objects.latest("pk").listed_ms
    say(f"{len(traces.of_lot(some[0]).steps)} steps in a trace; the recall itself says {told} ms")


def drill(lot, lead):
    recalls.start(lot=lot.pk, reason="bench", by=lead, at=timezone.now(), drill=True)


def recall(lot, lead):
    recalls.start(lot=lot.pk, reason="bench", by=lead, at=timezone.now())


def timed(name, effect):
    took = []
    for n in range(7):
        began = time.monotonic()
        effect(n)
        took.append((time.monotonic() - began) * 1000)
    say(f"{name:28} median {statistics.median(took):8.1f} ms   worst {max(took):8.1f} ms")


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    main()

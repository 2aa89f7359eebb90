"""`make bench`: ratios measured in one run against floors measured in the same run. Method: docs/performance.md."""

import argparse
import json
import os
import random
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

from tests import services

services.start()
os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"

import psycopg  # noqa: E402 - after the services it works with
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from distribution.models import HandoverPlace, Round, Supply  # noqa: E402
from distribution.operations import rounds  # noqa: E402
from distribution.queries import availability  # noqa: E402
from distribution.queries.rounds import open_rounds  # noqa: E402
from marketplace.local.rehearsal.day import Day  # noqa: E402
from orders.operations import baskets, checkout, preparation  # noqa: E402
from orders.operations.checkout import Request  # noqa: E402
from producers.models import Listing  # noqa: E402
from tests.bench import floors  # noqa: E402
from tests.bench.network import crowd  # noqa: E402
from tests.bench.site import Site, alternating, children, cores, pss_megabytes  # noqa: E402

WORDS = ["ser", "miod", "chleb", "kielbasa", "ogorki", "powidla", "olej", "wielkopolsk", "kasza", "twarog"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--offers", type=int, default=1200)
    parser.add_argument("--producers", type=int, default=160)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--movements", type=int, default=500_000, help="of the ledger's history")
    parser.add_argument("--requests", type=int, default=300, help="per round of a list measurement")
    options = parser.parse_args()
    prepare(options)
    say(f"{cores()} cores, {options.offers} offers, {Listing.objects.count()} on sale")
    site = Site(dict(os.environ))
    try:
        lists(site, options)
        with as_in_the_web():
            promising()
            placing()
        crowd(say)
        releasing(options)
        memory(site)
    finally:
        site.stop()
    ledger(options)


@contextmanager
def as_in_the_web():
    """This process keeps plans as the web server's do, else as a worker's."""
    options = connection.settings_dict["OPTIONS"]
    kept = options["prepare_threshold"]
    connection.close()
    options["prepare_threshold"] = 5
    yield
    connection.close()
    options["prepare_threshold"] = kept


def ledger(options):
    """(i): trace, recall, counts over years of movements, beside a database of their own."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", services.RUN, services.OWN_REDIS)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger", "--movements", str(options.movements)],
        check=True, env={name: value for name, value in os.environ.items() if name not in names},
    )  # fmt: skip


def promising():
    """(f): the earliest day of every offer on sale for one place with every round open there, warm."""
    place = HandoverPlace.objects.get(centre__code="LES")
    joinable = open_rounds(place=place, at=timezone.now())
    items = list(Listing.objects.values_list("stock_item_id", flat=True).distinct())
    seconds = []
    for _try in range(7):
        began = time.perf_counter()
        found = availability.earliest(rounds=joinable, items=items)
        seconds.append(time.perf_counter() - began)
    days = len({promise.hands_over_on for promise in found.values()})
    say(
        f"(f) promise of {len(items)} items, {len(joinable)} rounds: median {sorted(seconds)[3] * 1000:.0f} ms; "
        f"{len(found)} reach the place, on {days} days, {sum(not p.is_local for p in found.values())} from elsewhere"
    )


def say(text):
    print(text, flush=True)


def prepare(options):
    for command in (
        ["migrate", "-v0"],
        ["load_registers"],
        ["seed_demo", "--producers", str(options.producers), "--offers", str(options.offers)],
    ):
        subprocess.run([sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"STATEMENT_TIMEOUT": "120s"})  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lists(site, options):
    """(a) and (b): the list and the search, against bare rows served by the same server."""
    keys = list(Listing.objects.order_by("pk").values_list("pk", flat=True))
    chance = random.Random(1)
    n = options.requests

    cursors = [page for order in ("name", "price", "newest") for page in _walk(site, order)]

    def pages():
        return [chance.choice(cursors) for _ in range(n)]

    def bare():
        return [f"/bench/list/?after={chance.choice(keys)}" for _ in range(n)]

    def searches():
        return [f"/api/v1/offers/?centre=LES&page_size=24&q={chance.choice(WORDS)}" for _ in range(n)]

    def by_key():
        return [f"/bench/keys/?keys={','.join(map(str, chance.sample(keys, 24)))}" for _ in range(n)]

    site.rate(pages())
    site.rate(bare())
    ours, floor = alternating(lambda: site.rate(pages()), lambda: site.rate(bare()))
    say(f"(a) offers/ of 24          {ours:8.0f}/s   bare list    {floor:8.0f}/s   ratio {ours / floor:.2f}")
    ours, floor = alternating(lambda: site.rate(searches()), lambda: site.rate(by_key()))
    say(f"(b) search                 {ours:8.0f}/s   rows by key  {floor:8.0f}/s   ratio {ours / floor:.2f}")


def _walk(site, order, most=40):
    """Addresses of the list's pages from the first on, so that requests are spread over the table."""
    address = f"/api/v1/offers/?centre=LES&page_size=24&ordering={order}"
    found = []
    while address and len(found) < most:
        found.append(address)
        following = json.loads(site.get(address))["next"]
        address = following and following.partition(f":{site.port}")[2]
    return found


def placing():
    """(c): the checkout call of four lines against the same rows written by bare psycopg, one connection each."""
    round_ = Round.objects.filter(centre__code="LES", is_rehearsal=False).order_by("orders_close_at")[2]
    left = availability.left(
        round_=round_, items=list(Listing.objects.values_list("stock_item_id", flat=True))
    )
    rich = [row for row in Listing.objects.all() if left.get(row.stock_item_id, 0) >= 40 and row.pieces == 1]
    rows = rich[:40]
    ids = {
        "place": round_.place_id, "round": round_.pk, "slot": round_.slots.first().pk, "offer": rows[0].offer_id,
        "item": rows[0].stock_item_id, "producer": rows[0].producer_id,
        "supply": list(Supply.objects.values_list("pk", flat=True)[:4]),
    }  # fmt: skip
    slots = list(round_.slots.all())
    made = [_basket(round_, [rows[(4 * n + k) % len(rows)] for k in range(4)]) for n in range(80)]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as bare:
        todo = iter(made)

        def ours():
            started = time.perf_counter()
            for n in range(15):
                _order(next(todo), round_, slots[n % len(slots)])
            return 15 / (time.perf_counter() - started)

        def floor():
            started = time.perf_counter()
            for _n in range(100):
                floors.bare_checkout(bare, ids | {"number": uuid.uuid4().hex[:20]})
            return 100 / (time.perf_counter() - started)

        rate, bare_rate = alternating(ours, floor)
        with CaptureQueriesContext(connection) as seen:
            _order(next(todo), round_, slots[0])
    inside = _inside(seen.captured_queries)
    say(f"(c) checkout of 4 lines    {rate:8.0f}/s   bare psycopg {bare_rate:8.0f}/s   ratio {rate / bare_rate:.2f}"
        f"   {inside} statements between BEGIN and COMMIT")  # fmt: skip


def _basket(round_, rows):
    basket = baskets.start(place=round_.place, by=None)
    for row in rows:
        baskets.set_quantity(basket=basket, offer_id=row.offer_id, quantity=1, at=timezone.now())
    return basket


def _order(basket, round_, slot):
    request = Request(
        round=round_.pk, slot=slot.pk, email=f"{uuid.uuid4().hex}@example.pl", name="Jan Bench", phone="600100200",
        payment_method="ON_COLLECTION", accept_terms=True,
    )  # fmt: skip
    checkout.place_order(
        basket=basket, key=uuid.uuid4(), request=request, by=None, at=timezone.now(), address=None
    )


def _inside(queries):
    texts = [query["sql"] for query in queries]
    begin, commit = texts.index("BEGIN"), texts.index("COMMIT")
    return commit - begin - 1


def releasing(options):
    """(d): closed rounds to lots allocated and tasks created; and the rate at which bare rows could be written."""
    day = Day(orders=options.orders, seed=1, at=timezone.now(), threads=2)
    day.open()
    day.place_orders(lambda steps, total: steps)
    for round_ in day.rounds:
        rounds.close_round(round_id=round_.pk, by=None, at=day.closing)
    started = time.perf_counter()
    counts = [preparation.release(round_id=round_.pk, by=None, at=day.closing) for round_ in day.rounds]
    seconds = time.perf_counter() - started
    orders = sum(count["orders"] for count in counts)
    floor = _bare_rows(day)
    say(f"(d) release of {orders} orders {orders / seconds:8.0f}/s   bare INSERT  {orders / floor:8.0f}/s"
        f"   ratio {floor / seconds:.2f}   {sum(c['allocations'] for c in counts)} stops in"
        f" {sum(c['fulfilments'] for c in counts)} tasks, {seconds:.1f} s")  # fmt: skip


COPIED = {
    "distribution_fulfilment": "round_id, centre_id, destination_id, reference, recipient_label, slot_starts, "
    "temperature, state",
    "distribution_fulfilmentline": "fulfilment_id, line, item_id, label, sold_by, pieces, max_grams, awaited, short, "
    "picked, handed_out, state",
    "distribution_task": "centre_id, kind, wave_id, fulfilment_id, due_at, state",
    "distribution_allocation": "fulfilment_line_id, supply_id, lot_id, location_id, task_id, units, picked, state",
}


def _bare_rows(day):
    """Seconds to copy the very rows the release made into tables like theirs, indexes and all."""
    with connection.cursor() as cursor:
        for table in COPIED:
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        for table, columns in COPIED.items():
            cursor.execute(f"INSERT INTO bench_{table} ({columns}) SELECT {columns} FROM {table}")
        seconds = time.perf_counter() - started
        for table in COPIED:
            cursor.execute(f"DROP TABLE bench_{table}")
    return seconds


def memory(site):
    """(e): PSS of the web's processes after 1,000 mixed requests, and of an idle worker's."""
    mixed = ["/api/v1/offers/?centre=LES", "/", "/produkty/", "/api/v1/centres/", "/dziedzictwo/"]
    site.rate([mixed[n % len(mixed)] for n in range(1000)])
    web = max(pss_megabytes(pid) for pid in site.workers())
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "marketplace", "worker", "-c", "2", "-l", "error"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(8)
    parts = [worker.pid, *children(worker.pid)]
    say(f"(e) memory (PSS)           web process {web:.0f} MB, worker "
        + " + ".join(f"{pss_megabytes(pid):.0f}" for pid in parts) + " MB")  # fmt: skip
    worker.terminate()
    worker.wait(timeout=60)


main()
services.stop()

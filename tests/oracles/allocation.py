"""Order lines and lots in many centres: the policy order by order, against one minimum-cost flow per product.

The flow knows every order at once and minds no parcels, so nobody can do better on its costs: a shortage is dear, a
piece from another centre costs its kilometres and changes, a day of life at the buyer's is a credit.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from distribution.policies.resourcing import improve
from distribution.policies.sourcing import Source, Wanted, choose, spare_days
from tests.oracles.flow import Network, send

DAY = date(2026, 11, 27)
SHORT, CHANGE, LIFE = (
    10_000,
    100,
    10,
)  # cost of a missing piece, of a change of lorry, credit of a day of life
CENTRES = 16


@dataclass
class Case:
    """Orders in the order they came; what lies where before the first of them, and what came after the last."""

    orders: list[list[Wanted]]
    sources: list[Source]
    later: list[Source]


def case(lines, seed, *, orders_of=8):
    """One round at centre 0: about 25 lines a product, which lies in 1 to 4 centres as 3 lots each; stock is what is
    wanted, a quarter more or less; a tenth of it comes only when the round has closed."""
    draw = random.Random(seed)
    products = max(1, lines // 25)
    wanted = [
        Wanted(n, draw.randrange(products), draw.randint(1, 4), DAY + timedelta(days=draw.choice([0, 2, 5])))
        for n in range(lines)
    ]
    owed = defaultdict(int)
    for want in wanted:
        owed[want.item] += want.pieces
    kilometres = [0, *(draw.randrange(60, 600) for _ in range(1, CENTRES))]
    changes = [0, *(draw.choice([0, 0, 1]) for _ in range(1, CENTRES))]
    sources, later = [], []
    for item in range(products):
        lots = [(c, n) for c in draw.sample(range(CENTRES), draw.randint(1, 4)) for n in range(3)]
        for c, _n in lots:
            free = max(1, round(owed[item] * draw.uniform(0.75, 1.25) / len(lots)))
            until = DAY + timedelta(days=draw.randint(0, 14))
            made = Source(
                len(sources) + len(later), item, c, c or None, changes[c], kilometres[c], until, free
            )
            (later if draw.random() < 0.1 else sources).append(made)
    return Case([wanted[n : n + orders_of] for n in range(0, lines, orders_of)], sources, later)


def by_policy(found, *, again=True):
    """What each order gets when they come one after another; with `again`, looked at once more at release."""
    free = {s.supply: s for s in found.sources}
    held = []
    for order in found.orders:
        held.append(choose(order, list(free.values())))
        _take(free, held[-1], 1)
    if not again:
        return held
    free |= {s.supply: s for s in found.later}
    return [_once_more(order, mine, free) for order, mine in zip(found.orders, held, strict=True)]


def _once_more(order, mine, free):
    served = {line: sum(c.pieces for c in mine if c.line == line) for line in {c.line for c in mine}}
    whole = [replace(want, pieces=served[want.line]) for want in order if served.get(want.line)]
    items = {want.item for want in order}
    own = [replace(c, source=replace(c.source, free=c.pieces)) for c in mine]
    better = improve(own, whole, [s for s in free.values() if s.item in items])
    if not better:
        return mine
    lines = {c.line for c in better}
    _take(free, [c for c in mine if c.line in lines], -1)
    _take(free, better, 1)
    return [c for c in mine if c.line not in lines] + better


def _take(free, choices, sign):
    for c in choices:
        known = free[c.source.supply]
        free[c.source.supply] = replace(known, free=known.free - sign * c.pieces)
        assert free[c.source.supply].free >= 0


def cost(source, want):
    freight = source.kilometres + CHANGE * source.changes if source.route else 0
    return freight - LIFE * spare_days(source, want.enough_until)


def cost_of(found, choices):
    """Of what the policy gave, shortages included; and the pieces short."""
    wants = {want.line: want for order in found.orders for want in order}
    given = [c for mine in choices for c in mine]
    short = sum(want.pieces for want in wants.values()) - sum(c.pieces for c in given)
    return sum(c.pieces * cost(c.source, wants[c.line]) for c in given) + SHORT * short, short


def served(found, choices):
    """The case as if exactly what these choices give had been ordered."""
    got = defaultdict(int)
    for mine in choices:
        for c in mine:
            got[c.line] += c.pieces
    orders = [[replace(w, pieces=got[w.line]) for w in order if got[w.line]] for order in found.orders]
    return replace(found, orders=orders)


def parcels(choices):
    return sum(len({c.source.origin for c in mine if c.source.route}) for mine in choices)


def best(found, sources):
    """The least cost there is, product by product: (cost, pieces short, parcels of that plan)."""
    wants = [want for order in found.orders for want in order]
    order_of = {want.line: n for n, order in enumerate(found.orders) for want in order}
    total = short = 0
    sent = set()
    for item in {want.item for want in wants}:
        mine = [want for want in wants if want.item == item]
        rows = [s for s in sources if s.item == item]
        network, start, end = Network(2 + len(mine) + len(rows)), 0, 1
        arcs = []
        for n, want in enumerate(mine):
            network.join(start, 2 + n, want.pieces, 0)
            network.join(2 + n, end, want.pieces, SHORT)
            for m, row in enumerate(rows):
                if row.usable_until >= want.enough_until:
                    arc = network.join(2 + n, 2 + len(mine) + m, want.pieces, cost(row, want))
                    arcs.append((arc, want, row))
        for m, row in enumerate(rows):
            network.join(2 + len(mine) + m, end, row.free, 0)
        total += send(network, start, end)[1]
        for arc, want, row in arcs:
            if arc.back.room and row.route:
                sent.add((order_of[want.line], row.origin))
        short += sum(want.pieces for want in mine) - sum(arc.back.room for arc, _, _ in arcs)
    return total, short, len(sent)

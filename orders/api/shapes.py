"""What the orders API answers look like."""

from orders.queries.progress import sources
from orders.queries.totals import due_grosze, money_state, total


def basket(row, lines, round_):
    return {
        "id": str(row.pk),
        "centre": {"code": row.place.centre.code, "name": row.place.centre.name},
        "place": {"id": row.place_id, "name": row.place.name},
        "round": round_ and {"id": round_.pk, "orders_close_at": round_.orders_close_at.isoformat(),
                             "hands_over_on": round_.hands_over_on.isoformat()},
        "lines": [_basket_line(line) for line in lines],
        "total": str(sum((line.total for line in lines), 0) if lines else "0.00"),
    }  # fmt: skip


def _basket_line(line):
    return {
        "offer": line.offer,
        "name": line.name,
        "pack": line.pack,
        "producer": {"slug": line.producer_slug, "name": line.producer_name},
        "quantity": line.quantity,
        "price": None if line.price is None else str(line.price),
        "price_seen": str(line.price_seen),
        "total": str(line.total),
        "expected_total": str(line.expected_total),
        "available": line.available,
        "on_sale": line.on_sale,
        "price_changed": line.is_repriced,
    }


def order(row, *, token=None):
    """`token` is given where the asker may know it: to who placed the order, or who came with it."""
    answer = {
        "number": row.number,
        "status": row.state.lower(),
        "money": money_state(row),
        "total": str(total(row)),
        "due": f"{max(due_grosze(row), 0) / 100:.2f}",
        "payment_method": row.payment_method.lower(),
        "substitutes": row.substitutes.lower(),
        "placed_at": row.placed_at.isoformat(),
        "expires_at": row.expires_at and row.expires_at.isoformat(),
        "round": {"id": row.round_id, "hands_over_on": row.round.hands_over_on.isoformat()},
        "slot": {"id": row.slot_id, "from": f"{row.slot.starts:%H:%M}", "to": f"{row.slot.ends:%H:%M}"},
        "centre": {"code": row.round.centre.code, "name": row.round.centre.name},
        "lines": [_line(line) for line in row.lines.all()],
    }
    return {**answer, "token": token} if token else answer


def order_row(row):
    """An order in a list; `total` is what it costs by now."""
    return {
        "number": row.number,
        "status": row.state.lower(),
        "total": str(row.costs),
        "placed_at": row.placed_at.isoformat(),
        "round": {"id": row.round_id, "hands_over_on": row.round.hands_over_on.isoformat()},
        "place": {"id": row.place_id, "name": row.place.name},
    }


def way(row, steps):
    """Parts of the order made at other centres, as far as they are; `sources` says why each line is served from
    there."""
    known = sources(row.number, centre=row.round.centre_id)
    return {
        "journeys": [
            {
                "from": one.origin,
                "state": one.state.lower(),
                "departs_at": one.departs_at and one.departs_at.isoformat(),
                "arrives_at": one.arrives_at and one.arrives_at.isoformat(),
            }
            for one in steps.journeys
        ],
        "sources": [
            {"offer": line.offer_id, "centre": one.centre, "reason": one.reason.lower()}
            for line in row.lines.all()
            for one in known.get(line.position, [])
        ],
    }


def _line(line):
    return {
        "offer": line.offer_id,
        "name": line.name,
        "producer": line.producer_name,
        "pack": line.pack,
        "quantity": line.quantity,
        "pieces": line.pieces,
        "short": line.short,
        "price": str(line.price),
        "vat_percent": str(line.vat_percent),
        "total": str(line.total),
        "agreed_max_grams": line.agreed_max,
        "final_grams": line.final_grams,
    }


def waiting(row):
    """An order at the hand-out desk, with the name it is called out by."""
    return {
        "number": row.number,
        "name": row.contact.name,
        "hands_over_on": row.round.hands_over_on.isoformat(),
        "from": f"{row.slot.starts:%H:%M}",
        "to": f"{row.slot.ends:%H:%M}",
    }


def uncollected(row):
    return {
        "id": row.pk,
        "order": row.reference,
        "state": row.state.lower(),
        "temperature": row.temperature,
        "hands_over_on": row.round.hands_over_on.isoformat(),
        "lines": [{"label": line.label, "units": line.picked} for line in row.lines.all() if line.picked],
    }

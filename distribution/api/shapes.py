"""What the centres' API answers look like."""

from dataclasses import asdict


def task(row):
    return {
        "id": row.pk,
        "kind": row.kind.lower(),
        "state": row.state.lower(),
        "due_at": row.due_at.isoformat(),
        "about": row.about,
        "order": row.fulfilment.reference if row.fulfilment_id else None,
        "trip": row.trip_id,
        "temperature": row.temperature or None,
        "stops": getattr(row, "stops", None),
        "taken_by": row.taken_by.label if row.taken_by_id else None,
        "leased_until": row.leased_until and row.leased_until.isoformat(),
    }


def document(row):
    return {
        "id": row.pk,
        "number": number(row),
        "issued_at": row.issued_at.isoformat(),
        "producer": row.producer.slug if row.producer_id else None,
        "reference": row.reference,
    }


def number(row):
    return f"{row.kind}/{row.centre.code}/{row.year}/{row.number:06d}"


def balance(row):
    return {
        "lot": row.lot_id,
        "code": row.lot.code,
        "name": row.item.product.name,
        "piece": row.item.name,
        "item": row.item_id,
        "producer": row.lot.producer.slug,
        "location": row.location.code,
        "units": row.units,
        "grams": row.grams,
        "allocated": row.allocated,
        "usable_until": row.usable_until.isoformat(),
        "state": row.lot.state.lower(),
    }


def arrival(row):
    return {
        "id": row.pk,
        "producer": row.producer.slug,
        "due_on": row.due_on.isoformat(),
        "slot": dock_slot(row.dock_slot) if row.dock_slot else None,
        "crates": row.crates,
        "owed": row.owed,
        "received": row.received,
        "lines": arrival_lines(row),
    }


def arrival_lines(row):
    return [
        {
            "item": line.item_id,
            "name": line.item.product.name,
            "piece": line.item.name,
            "owed": line.owed,
            "received": line.received,
        }
        for line in row.lines.all()
    ]


def delivery(row):
    """An arrival as its producer sees it."""
    return {
        "id": row.pk,
        "centre": row.centre.code,
        "due_on": row.due_on.isoformat(),
        "slot": dock_slot(row.dock_slot) if row.dock_slot else None,
        "crates": row.crates,
        "lines": arrival_lines(row),
    }


def dock_slot(row):
    return {
        "id": row.pk,
        "on": row.on.isoformat(),
        "starts": f"{row.starts:%H:%M}",
        "ends": f"{row.ends:%H:%M}",
        "capacity": row.capacity,
        "taken": row.taken,
    }


def sold(row):
    return asdict(row) | {"on": row.on.isoformat()}


def trace(found):
    lot = found.lot
    return {
        "lot": {
            "id": lot.pk,
            "code": lot.code,
            "name": lot.item.product.name,
            "producer": lot.producer.slug,
            "usable_until": lot.usable_until.isoformat(),
            "state": lot.state.lower(),
        },
        **mass(found.balance),
        "lost": found.balance.destroyed + found.balance.donated + found.balance.lost - found.balance.found,
        "on_hand": found.balance.stock + found.balance.in_transit,
        "places": [place(row) for row in found.places],
        "orders": [{"number": number, "units": units} for number, units in found.orders.items()],
        "steps": [asdict(step) | {"at": step.at.isoformat()} for step in found.steps],
    }


def mass(balance):
    """Units: received + found = with_buyers + destroyed + donated + miscounted + stock + in_transit + outside."""
    return {
        "received": balance.received,
        "found": balance.found,
        "handed_out": balance.handed_out,
        "returned": balance.returned,
        "with_buyers": balance.with_buyers,
        "destroyed": balance.destroyed,
        "donated": balance.donated,
        "miscounted": balance.lost,
        "stock": balance.stock,
        "in_transit": balance.in_transit,
        "outside": balance.outside,
    }


def place(row):
    return asdict(row) | {"kind": row.kind.lower()}


def count(row):
    return {
        "id": row.pk,
        "state": row.state.lower(),
        "zone": row.zone.code if row.zone else None,
        "reason": row.reason,
        "opened_at": row.opened_at.isoformat(),
        "closed_at": row.closed_at and row.closed_at.isoformat(),
        "places": row.all_places,
        "done": row.done_places,
    }


def whole_count(row, *, booked):
    """`booked` lets differences be seen, of places that are confirmed."""
    return {
        "id": row.pk,
        "state": row.state.lower(),
        "zone": row.zone.code if row.zone else None,
        "reason": row.reason,
        "opened_at": row.opened_at.isoformat(),
        "closed_at": row.closed_at and row.closed_at.isoformat(),
        "places": [_counted_place(place, booked) for place in row.places.all()],
    }


def _counted_place(place, booked):
    done = place.seen_movement is not None
    return {
        "id": place.pk,
        "location": place.location.code,
        "counted_at": place.counted_at and place.counted_at.isoformat(),
        "counted_by": place.counted_by.label if place.counted_by else None,
        "recounts": place.recounts,
        "lines": [_counted_line(line) for line in place.lines.all()] if booked and done else None,
    }


def _counted_line(line):
    return {
        "lot": line.lot_id,
        "code": line.lot.code,
        "name": line.lot.item.product.name,
        "counted": line.counted,
        "booked": line.booked,
        "counted_grams": line.counted_grams,
        "booked_grams": line.booked_grams,
        "difference": line.difference,
        "document": line.document_id,
    }


def proposal(row):
    return {
        "location": row.code,
        "zone": row.zone or None,
        "days": row.days,
        "every": row.every,
        "worth_grosze": row.grosze,
        "moved": row.moved,
    }


def reading(row):
    return {
        "id": row.pk,
        "zone": row.zone.code if row.zone_id else None,
        "trip": row.trip_id,
        "document": row.document_id,
        "temperature": row.temperature.lower(),
        "celsius": row.tenths / 10,
        "limit": row.limit_tenths / 10,
        "breach": row.is_breach,
        "sensor": row.sensor,
        "note": row.note,
        "by": row.by.label if row.by_id else None,
        "at": row.at.isoformat(),
    }


def sheet(row):
    return {
        "zone": row.zone.code,
        "limit": row.zone.max_tenths / 10,
        "readings": [reading(one) for one in row.readings],
        "missing": [at.isoformat() for at in row.missing],
    }


def waiting(row):
    return balance(row.balance) | {
        "id": row.balance.pk,
        "why": row.why,
        "since": row.since and row.since.isoformat(),
        "may_be_released": row.may_be_released,
    }


def recall(row):
    return {
        "id": row.pk,
        "lot": row.lot_id,
        "code": row.lot.code,
        "name": row.lot.item.product.name,
        "producer": row.lot.producer.slug,
        "drill": row.is_drill,
        "reason": row.reason,
        "started_at": row.started_at.isoformat(),
        "started_by": row.by.label,
        "listed_ms": row.listed_ms,
        "closed_at": row.closed_at and row.closed_at.isoformat(),
    }


def progress(found):
    return recall(found.recall) | {
        "listed": [
            {
                "centre": place.location.centre.code if place.location else None,
                "location": place.location.code if place.location else None,
                "kind": place.location.kind.lower() if place.location else "buyer",
                "order": place.reference or None,
                "units": place.units,
                "grams": place.grams,
            }
            for place in found.listed
        ],
        "places": [place(row) for row in found.trace.places],
        "balance": mass(found.trace.balance),
        "loose": found.loose,
        "may_close": found.may_close,
        "open_tasks": [
            {"id": row.pk, "centre": row.centre.code, "location": row.balance.location.code}
            for row in found.open_tasks
        ],
    }


def ingredient(row):
    return asdict(row) | {
        "usable_until": row.usable_until.isoformat(),
        "state": row.state.lower(),
        "deliveries": [asdict(one) | {"at": one.at.isoformat()} for one in row.deliveries],
    }

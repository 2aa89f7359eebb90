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
        "owed": row.owed,
        "received": row.received,
        "lines": [
            {
                "item": line.item_id,
                "name": line.item.product.name,
                "piece": line.item.name,
                "owed": line.owed,
                "received": line.received,
            }
            for line in row.lines.all()
        ],
    }


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
        "received": found.received,
        "handed_out": found.handed_out,
        "lost": found.lost,
        "on_hand": found.on_hand,
        "outside": found.outside,
        "orders": [{"number": number, "units": units} for number, units in found.orders.items()],
        "steps": [asdict(step) | {"at": step.at.isoformat()} for step in found.steps],
    }

"""What the API says of a trip's crates."""

from distribution.api.timetable_shapes import at, fields, text, truth, whole

LOAD = fields(
    "Load", id=whole(), sscc=text(), order=text(allow_null=True), temperature=text(), chamber=text(),
    stands_at=text(allow_null=True), state=text(), reason=text(),
)  # fmt: skip
CRATES = fields(
    "TripCrates", may_leave=truth(), crates=LOAD(many=True),
    in_work=fields("PartInWork", order=text(), temperature=text(), state=text())(many=True),
)  # fmt: skip
LOT = fields("MissingLot", lot=text(), name=text(), expected_units=whole(), found_units=whole())
MISSING = fields(
    "Discrepancy", unit=whole(), sscc=text(), order=text(allow_null=True), reason=text(), at=at(), by=text(),
    lots=LOT(many=True),
)  # fmt: skip


def _order(unit):
    return unit.fulfilment.reference if unit.fulfilment_id else None


def load(row):
    return {
        "id": row.pk,
        "sscc": row.unit.sscc,
        "order": _order(row.unit),
        "temperature": row.temperature,
        "chamber": row.chamber,
        "stands_at": row.unit.stands_at.code if row.unit.stands_at_id else None,
        "state": row.state.lower(),
        "reason": row.reason,
    }


def crates(found):
    return {
        "may_leave": not found.is_blocked,
        "crates": [load(row) for row in found.loads],
        "in_work": [
            {"order": part.reference, "temperature": part.temperature, "state": part.state.lower()}
            for part in found.in_work
        ],
    }


def missing(crate):
    first = crate.first
    return {
        "unit": first.unit_id,
        "sscc": first.unit.sscc,
        "order": _order(first.unit),
        "reason": first.reason,
        "at": first.at.isoformat(),
        "by": first.by.label,
        "lots": [
            {
                "lot": row.lot.code,
                "name": row.lot.item.product.name,
                "expected_units": row.expected_units,
                "found_units": row.found_units,
            }
            for row in crate.rows
        ],
    }

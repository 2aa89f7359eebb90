"""Warehouse documents: numbered without a gap, with the lines that their moves make."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from distribution.models import Document
from distribution.operations.moves import Move
from marketplace.accounts.models import User
from marketplace.kernel.clock import WARSAW
from marketplace.kernel.database import fetch_row, insert_all


@dataclass(frozen=True)
class Paper:
    """A warehouse document to number and post with its moves."""

    kind: str
    producer: int | None = None
    reference: str = ""
    taken_by: str = ""
    reason: str = ""
    reverses: int | None = None
    trip: int | None = None
    crates: dict[int, str] = field(default_factory=dict)
    temperatures: dict[int, int] = field(default_factory=dict)
    refused: dict[int, tuple[int, str]] = field(default_factory=dict)  # pieces sent back, and why
    notes: dict[int, str] = field(default_factory=dict)
    weights: dict[int, int] = field(default_factory=dict)  # grams of goods that are counted, not weighed


def open_paper(*, centre: int, by: User | None, at: datetime, paper: Paper) -> Document:
    """A numbered document without lines yet."""
    year, number = next_number(centre=centre, kind=paper.kind, at=at)
    return Document.objects.create(
        centre_id=centre,
        kind=paper.kind,
        year=year,
        number=number,
        issued_at=at,
        by=by,
        producer_id=paper.producer,
        reference=paper.reference,
        trip_id=paper.trip,
        taken_by=paper.taken_by,
        reason=paper.reason,
        reverses_id=paper.reverses,
    )


def next_number(*, centre: int, kind: str, at: datetime) -> tuple[int, int]:
    """The next (year, number) of the series, without a gap: the counter row stays locked until commit."""
    year = at.astimezone(WARSAW).year
    row = fetch_row(
        """
        INSERT INTO distribution_documentcounter AS c (centre_id, kind, year, last) VALUES (%s, %s, %s, 1)
        ON CONFLICT (centre_id, kind, year) DO UPDATE SET last = c.last + 1 RETURNING last
        """,
        [centre, kind, year],
    )
    return year, row[0]


def add_lines(*, document: Document, paper: Paper, moves: Sequence[Move]) -> dict[int, int]:
    """The lines that the moves make on the document: their ids by position."""
    by_line: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        if move.line is not None:
            by_line[move.line].append(move)
    positions = sorted(by_line)
    ids = insert_all(
        "distribution_documentline",
        {
            "document_id": ("bigint", [document.pk] * len(positions)),
            "position": ("int", positions),
            "lot_id": ("bigint", [by_line[p][0].lot for p in positions]),
            "units": ("int", [sum(m.units for m in by_line[p]) for p in positions]),
            "grams": ("int", [paper.weights.get(p, _grams(by_line[p])) for p in positions]),
            "temperature_tenths": ("int", [paper.temperatures.get(p) for p in positions]),
            "refused_units": ("int", [paper.refused.get(p, (0, ""))[0] for p in positions]),
            "refused_for": ("text", [paper.refused.get(p, (0, ""))[1] for p in positions]),
            "note": ("text", [paper.notes.get(p, "") for p in positions]),
            "crate": ("text", [paper.crates.get(p, "") for p in positions]),
        },
        returning="id",
    )
    return dict(zip(positions, ids, strict=True))


def _grams(moves):
    known = [move.grams for move in moves if move.grams is not None]
    return sum(known) if known else None

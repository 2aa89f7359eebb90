"""Whether a line held one way had better come another way, now that more is known. Pure.

In this order: fewer parcels from other centres, fewer lines split between centres, fewer pieces still awaited from
their producers, longer life at the buyer's in whole days, fewer changes of lorry, a shorter way. Only what is strictly
better is worth a change; everything that was held must still come whole.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from distribution.policies.sourcing import Choice, Source, Wanted, choose, spare_days

Worth = tuple[int, int, int, int, int, int]
WHY = ("FEWEST", "FEWEST", "ON_SHELF", "FRESHEST", "NEAREST", "NEAREST")


def worth(choices: Sequence[Choice], until: Mapping[int, date]) -> Worth:
    """Less is better; `until` is the day up to which each line's goods must last."""
    away = {c.source.route: c.source for c in choices if c.source.route}
    centres = {(c.line, c.source.origin) for c in choices}
    pieces = sum(c.pieces for c in choices)
    life = sum(c.pieces * spare_days(c.source, until[c.line]) for c in choices)
    return (
        len(away),
        len(centres) - len({c.line for c in choices}),
        sum(c.pieces for c in choices if c.source.promised),
        -(life // max(1, pieces)),
        sum(s.changes for s in away.values()),
        sum(s.kilometres for s in away.values()),
    )


def improve(held: Sequence[Choice], wanted: Sequence[Wanted], free: Sequence[Source]) -> list[Choice]:
    """The choices that had better take the place of those held for the same lines; empty when nothing is better.
    Lines that would come from where they come now are left out."""
    until = {want.line: want.enough_until for want in wanted}
    old, new = _moving(held, wanted, free)
    if not new or _pieces(new) != _pieces(old):
        return []
    before, after = worth(held, until), worth([*(c for c in held if c not in old), *new], until)
    if after >= before:
        return []
    why = next(reason for reason, a, b in zip(WHY, after, before, strict=True) if a != b)
    return [Choice(c.line, c.source, c.pieces, "LOCAL" if _comes_home(c, old) else why) for c in new]


def _moving(
    held: Sequence[Choice], wanted: Sequence[Wanted], free: Sequence[Source]
) -> tuple[list[Choice], list[Choice]]:
    """What moves, before and after. A line that stays keeps its very pieces, so the rest is chosen again without
    them, until nothing more stays."""
    while True:
        found = _without_waiting(choose(wanted, _with_own(held, free)), wanted, held, free)
        lines = {want.line for want in wanted if _changes(want.line, held, found)}
        if len(lines) == len(wanted):
            return list(held), found
        held = [c for c in held if c.line in lines]
        wanted = [want for want in wanted if want.line in lines]
        if not wanted:
            return [], []


def _without_waiting(
    found: list[Choice], wanted: Sequence[Wanted], held: Sequence[Choice], free: Sequence[Source]
) -> list[Choice]:
    """Goods on a shelf, where they serve every line as well, rather than those still awaited."""
    if not any(c.source.promised for c in found):
        return found
    there = choose(wanted, [s for s in _with_own(held, free) if not s.promised])
    return there if _pieces(there) == _pieces(found) else found


def _with_own(held: Sequence[Choice], free: Sequence[Source]) -> list[Source]:
    """What is free, and what these lines would give back."""
    own: dict[int, Choice] = {}
    for c in held:
        known = own.get(c.source.supply)
        own[c.source.supply] = Choice(c.line, c.source, c.pieces + (known.pieces if known else 0), c.reason)
    back = {supply: c.pieces for supply, c in own.items()}
    listed = {source.supply for source in free}
    return [_more(source, back.get(source.supply, 0)) for source in free] + [
        _more(c.source, c.pieces - c.source.free) for supply, c in own.items() if supply not in listed
    ]


def _more(source: Source, pieces: int) -> Source:
    return Source(**{**source.__dict__, "free": source.free + pieces})


def _pieces(choices: Sequence[Choice]) -> dict[int, int]:
    found: dict[int, int] = {}
    for c in choices:
        found[c.line] = found.get(c.line, 0) + c.pieces
    return found


def _changes(line: int, held: Sequence[Choice], found: Sequence[Choice]) -> bool:
    """Whether the line would come from another centre, or off a shelf instead of a promise."""
    return _origins(line, held) != _origins(line, found)


def _origins(line: int, choices: Sequence[Choice]) -> dict[tuple[int, bool], int]:
    found: dict[tuple[int, bool], int] = {}
    for c in choices:
        if c.line == line:
            where = (c.source.origin, c.source.promised)
            found[where] = found.get(where, 0) + c.pieces
    return found


def _comes_home(choice: Choice, old: Sequence[Choice]) -> bool:
    """From the buyer's own centre, where part of it came from another before."""
    return choice.source.route is None and any(c.line == choice.line and c.source.route for c in old)

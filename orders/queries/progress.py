"""How far the centre is with an order: its parts by state, and what was short."""

from dataclasses import dataclass
from datetime import datetime

from distribution.models import Fulfilment, Shortage
from distribution.states import FulfilmentState


@dataclass(frozen=True)
class Progress:
    """`parts` of the order are kept at one temperature each; `picked` of them are collected or further."""

    parts: int
    picked: int
    shortages: list[tuple[int, int, datetime]]
    """Line, pieces and moment."""


def progress(number: str) -> Progress:
    states = list(Fulfilment.objects.filter(reference=number).values_list("state", flat=True))
    short = Shortage.objects.filter(reference=number).order_by("at").values_list("line", "pieces", "at")
    done = sum(state not in {FulfilmentState.RELEASED, FulfilmentState.EMPTY} for state in states)
    return Progress(sum(state != FulfilmentState.EMPTY for state in states), done, list(short))

"""What every part of the demo shares: the wish, the day, repeatable chance, and set-based saving."""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from tqdm import tqdm

from marketplace.kernel.clock import local_date, moment

BATCH = 2000


@dataclass(frozen=True)
class World:
    """`producers` and `offers` are how many are wanted; the same seed gives the same network."""

    producers: int
    offers: int
    seed: int
    at: datetime

    @property
    def today(self) -> date:
        return local_date(self.at)

    def chance(self, about: str) -> random.Random:
        """Each subject has a sequence of its own, so that one can grow without changing the others."""
        return random.Random(f"{self.seed}:{about}")  # noqa: S311 - a demo must repeat itself

    def days_ago(self, days: int, hour: int = 9) -> datetime:
        """That hour by the clock in Warsaw; `at` itself when it is not so late yet."""
        return min(moment(self.today - timedelta(days=days), time(hour)), self.at)


def save(rows: Sequence[models.Model], about: str) -> None:
    """Inserts the rows, a few thousand per statement, with a progress bar on a terminal."""
    if not rows:
        return
    manager = type(rows[0])._base_manager
    for batch in _batches(rows, about):
        manager.bulk_create(batch)


def _batches(rows: Sequence[models.Model], about: str) -> Iterator[Sequence[models.Model]]:
    bar = tqdm(total=len(rows), desc=f"{about:22}", unit="", disable=not sys.stderr.isatty(), leave=True)
    with bar:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            yield batch
            bar.update(len(batch))

"""The register files in producers/data."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, plain or gzipped, one dict each."""
    path = DATA / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

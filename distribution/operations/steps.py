"""What every task of the floor shares: the step it is at, and the scans it refuses."""

from dataclasses import dataclass

from django.db.models import QuerySet

from distribution.models import HandlingUnit
from distribution.policies import gs1
from marketplace.kernel.errors import DomainError, Invalid


class WrongScan(DomainError):
    """`details["expects"]` says what should be scanned and `details["wanted"]` its code."""

    code = "wrong_scan"


class UnknownCode(WrongScan):
    code = "unknown_code"


class WrongCrate(WrongScan):
    code = "wrong_crate"


class WrongLocation(WrongScan):
    code = "wrong_location"


class WrongGoods(WrongScan):
    code = "wrong_goods"


class WrongChamber(WrongScan):
    code = "wrong_chamber"


class WrongCount(Invalid):
    code = "wrong_count"


@dataclass(frozen=True)
class Step:
    """What to do next; `expects` is crate, location, goods, stage, chamber, done or nothing. `grams` asks for a
    weight."""

    expects: str
    code: str = ""
    location: str = ""
    label: str = ""
    lot: str = ""
    units: int = 0
    grams: bool = False
    max_grams: int = 0
    allocation: int = 0
    left: int = 0


def crate_number(code: str) -> str:
    """The SSCC in a scanned code, plain or as a GS1 element string; what is neither stays as it is."""
    try:
        label = gs1.parse(code)
    except gs1.Malformed:
        label = None
    return label.sscc if label and label.sscc else code.strip()


def find_crate(*, code: str, among: QuerySet[HandlingUnit] | None = None) -> HandlingUnit | None:
    """The crate with the scanned SSCC, locked; of all, or of these."""
    rows = HandlingUnit.objects.all() if among is None else among
    return rows.select_for_update(no_key=True).filter(sscc=crate_number(code)).first()

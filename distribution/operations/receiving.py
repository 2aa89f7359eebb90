"""A receipt as the dock gives it: by item or by scanned GS1 label, once per key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from distribution.models import Arrival, Centre, Location, Scan
from distribution.operations import labels
from distribution.operations.arrivals import ArrivalOver
from distribution.operations.counted import Counted, ForeignItem
from distribution.operations.labels import UnknownProduct
from distribution.operations.receipts import close_arrival, post_receipt
from distribution.policies import gs1
from distribution.policies.temperatures import WARMEST_TENTHS
from marketplace.accounts.models import User
from marketplace.kernel import commands
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, Invalid, NotFound
from producers.models import Offer, Producer, StockItem


class TemperatureMissing(Invalid):
    code = "temperature_missing"

    def __init__(self, name: str) -> None:
        super().__init__(_("Zmierz i podaj temperaturę: %s.") % name, field="temperature")


@dataclass(frozen=True)
class Read:
    """What a scanned label means among a producer's goods. `units` are pieces: a case of six counts six."""

    item: StockItem
    lot: str
    printed_on: date | None
    units: int | None
    grams: int | None


def read(*, code: str, producer: int) -> Read:
    """One scanned label. Raises UnreadableLabel, UnknownProduct, and ForeignItem for goods of somebody else."""
    label = labels.read(code)
    if label.gtin is None:
        if label.sscc:
            raise UnknownProduct(_("To kod skrzyni. Zeskanuj etykietę towaru."), field="gtin")
        raise UnknownProduct(_("Ten kod nie mówi, co to za towar. Wybierz go z listy."), field="gtin")
    item, pieces = _meant(label.gtin)
    if item.product.producer_id != producer:
        raise ForeignItem
    units = label.count and label.count * pieces
    return Read(
        item,
        label.lot or "",
        label.use_by or label.best_before,
        units or (pieces if pieces > 1 else None),
        label.grams,
    )


def scan(*, centre: Centre, code: str, producer: int, by: User | None) -> Read:
    """The same for a label scanned at a centre's ramp: one that is refused is kept on record."""
    try:
        return read(code=code, producer=producer)
    except DomainError as refusal:
        Scan.objects.create(centre=centre, text=code[:120], refused=refusal.code, by=by)
        raise


def _meant(number):
    """The stock item of a GTIN, and how many of its pieces the number stands for. A GTIN may be kept with or without
    its leading zeros."""
    forms = {number, *(number[n:] for n in (1, 2, 6) if number.startswith("0" * n))}
    items = StockItem.objects.select_related("product")
    house = gs1.house_item(number)
    item = items.filter(pk=house).first() if house else items.filter(gtin__in=forms).first()
    if item is not None:
        return item, 1
    offer = Offer.objects.select_related("stock_item__product").filter(gtin__in=forms).first()
    if offer is None:
        raise UnknownProduct(_("Nie znam produktu o tym kodzie."), field="gtin")
    return offer.stock_item, offer.pieces


@retried
def receive(
    *,
    centre: Centre,
    key: UUID,
    lines: Sequence[Mapping[str, Any]],
    by: User | None,
    at: datetime,
    arrival: int | None = None,
    producer: str | None = None,
    last: bool = False,
    reference: str = "",
    seen: int = 0,
) -> dict[str, Any]:
    """Posts one PZ and answers its number; the same key answers the same. Each line names its `item`, or a
    `gtin`: a GTIN or a whole GS1 label, which then also fills count, lot, date and weight that were not typed. Of an
    arrival, `seen` is how many pieces had come by then.

    Raises UnknownProduct, UnreadableLabel, ArrivalOver, TemperatureMissing for cold goods, NotFound for an unknown
    producer, and the refusals of post_receipt.
    """
    body = {"arrival": arrival, "producer": producer, "last": last, "reference": reference, "lines": lines}
    return commands.once(
        scope=f"receipt:{centre.pk}",
        key=key,
        body=body,
        effect=lambda: _post(centre, lines, by, at, arrival, producer, last, reference, seen),
    )


def _post(centre, lines, by, at, arrival, producer, last, reference, seen):
    seller = _producer(centre, arrival, producer)
    document = post_receipt(
        centre=centre.pk,
        producer=seller,
        counted=[_counted(centre, seller, line) for line in lines],
        by=by,
        at=at,
        arrival=arrival,
        last=last,
        reference=reference,
        seen=seen,
    )
    return {
        "id": document.pk,
        "number": f"{document.kind}/{centre.code}/{document.year}/{document.number:06d}",
    }


def _producer(centre, arrival, slug):
    if arrival is not None:
        row = Arrival.objects.filter(pk=arrival, centre=centre, state="EXPECTED").first()
        if row is None:
            raise ArrivalOver
        return row.producer_id
    row = Producer.objects.filter(slug=slug or "").first()
    if row is None:
        raise NotFound(_("Nie ma takiego producenta."), field="producer")
    return row.pk


def _counted(centre, producer, line):
    scanned = read(code=line["gtin"], producer=producer) if line.get("gtin") else None
    item = line.get("item") or (scanned and scanned.item.pk) or 0
    units = line.get("units")
    if units is None:
        units = (scanned and scanned.units) or (1 if scanned and not line.get("refused_units") else 0)
    if units:
        _require_measured(item, line)
    temperature = line.get("temperature")
    return Counted(
        item=item,
        lot_code=line.get("lot_code") or (scanned.lot if scanned else ""),
        units=units,
        printed_on=line.get("printed_on") or (scanned.printed_on if scanned else None),
        grams=line.get("grams") or (scanned.grams if scanned else None),
        temperature_tenths=None if temperature is None else int(temperature * 10),
        refused_units=line.get("refused_units", 0),
        refused_for=line.get("refused_for", ""),
        difference_for=line.get("difference_for", ""),
        note=line.get("note", ""),
        location=_location(centre, line.get("location")),
    )


def _require_measured(item, line):
    """Cold goods come in with a reading of their temperature (Reg. (EC) 852/2004, annex II, ch. IX)."""
    if line.get("temperature") is not None:
        return
    row = StockItem.objects.select_related("product").filter(pk=item).first()
    if row is not None and row.product.temperature in WARMEST_TENTHS:
        raise TemperatureMissing(row.product.name)


def _location(centre, code):
    if not code:
        return None
    row = Location.objects.filter(centre=centre, code__iexact=code).values_list("pk", flat=True).first()
    if row is None:
        raise NotFound(_("Nie ma takiego miejsca w tym centrum."), field="location")
    return row


@retried
def close(*, centre: Centre, arrival: int, by: User | None, at: datetime) -> None:
    """Nothing (more) comes of an expected arrival: what is still owed is short. Raises ArrivalOver."""
    if not Arrival.objects.filter(pk=arrival, centre=centre, state="EXPECTED").exists():
        raise ArrivalOver
    close_arrival(arrival=arrival, by=by, at=at)

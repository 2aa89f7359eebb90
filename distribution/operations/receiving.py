"""A receipt as the dock gives it: by item or by scanned GS1 label, once per key."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from distribution.models import Arrival, Centre, Location
from distribution.operations.receipts import Counted, close_arrival, post_receipt
from distribution.policies import gs1
from marketplace.accounts.models import User
from marketplace.kernel import commands
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.references import gtin
from producers.models import Producer, StockItem


class UnknownProduct(Invalid):
    code = "unknown_product"


class ArrivalOver(NotFound):
    code = "arrival_over"

    def __init__(self) -> None:
        super().__init__(_("Tej dostawy nie ma wśród oczekiwanych."))


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
) -> dict[str, Any]:
    """Posts one PZ and answers its number; the same key answers the same. Each line names its `item`, or a
    `gtin`: a GTIN or a whole GS1 label, which then also fills lot, date and weight that were not typed.

    Raises UnknownProduct, ArrivalOver, NotFound for an unknown producer, and the refusals of post_receipt.
    """
    body = {"arrival": arrival, "producer": producer, "last": last, "reference": reference, "lines": lines}
    return commands.once(
        scope=f"receipt:{centre.pk}",
        key=key,
        body=body,
        effect=lambda: _post(centre, lines, by, at, arrival, producer, last, reference),
    )


def _post(centre, lines, by, at, arrival, producer, last, reference):
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
    label = _label(line.get("gtin", ""))
    item = line.get("item") or _item_of(label, producer)
    location = None
    if code := line.get("location"):
        location = (
            Location.objects.filter(centre=centre, code__iexact=code).values_list("pk", flat=True).first()
        )
        if location is None:
            raise NotFound(_("Nie ma takiego miejsca w tym centrum."), field="location")
    temperature = line.get("temperature")
    return Counted(
        item=item,
        lot_code=line.get("lot_code") or label.lot or "",
        units=line["units"],
        printed_on=line.get("printed_on") or label.use_by or label.best_before,
        grams=line.get("grams") or label.grams,
        temperature_tenths=None if temperature is None else int(temperature * 10),
        refused_units=line.get("refused_units", 0),
        note=line.get("note", ""),
        location=location,
    )


def _label(text):
    if not text:
        return gs1.Label()
    if gtin(text):
        return gs1.Label(gtin=gtin(text))
    try:
        label = gs1.parse(text)
    except gs1.Malformed:
        label = None
    if label is None:
        raise UnknownProduct(_("Nie umiem odczytać tego kodu."), field="gtin")
    return label


def _item_of(label, producer):
    wanted = label.gtin
    items = StockItem.objects.filter(product__producer=producer).exclude(gtin="")
    for pk, code in items.values_list("pk", "gtin"):
        if wanted and gtin(code) == wanted:
            return pk
    raise UnknownProduct(_("Nie znam produktu o tym kodzie."), field="gtin")


@retried
def close(*, centre: Centre, arrival: int, by: User | None, at: datetime) -> None:
    """Nothing (more) comes of an expected arrival: what is still owed is short. Raises ArrivalOver."""
    if not Arrival.objects.filter(pk=arrival, centre=centre, state="EXPECTED").exists():
        raise ArrivalOver
    close_arrival(arrival=arrival, by=by, at=at)

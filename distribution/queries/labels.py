"""Labels to print: of goods by lot, and of crates by SSCC; GS1-128 for hand scanners, the same as QR for cameras."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import segno
from barcode.codex import Gs1_128
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from distribution.models import Balance, Centre, Document, HandlingUnit, Lot
from distribution.policies import gs1
from marketplace.kernel import pdf
from marketplace.kernel.errors import NotFound
from marketplace.kernel.units import Temperature
from producers.models.product import DateKind

TEMPLATE = Path(__file__).parent.parent / "typst" / "labels.typ"
FNC1 = "\xf1"  # as the library writes it
MOST_COPIES = 100
# Widths of the narrowest bar in mm that a printer of 203 dpi can set, and how many of them a label has room for.
WIDE, NARROW, ROOM = 0.375, 0.25, 92


@dataclass(frozen=True)
class Printed:
    """One label: what people read on it, and its element string in parts, one for each barcode."""

    title: str
    lines: list[tuple[str, str]]
    parts: list[list[tuple[str, str]]]
    copies: int = 1


def of_lot(*, lot: Lot, centre: Centre, units: int | None = None, copies: int = 1) -> bytes:
    """Labels of one lot; `units` are those in the box that it goes on."""
    return render([_of_lot(lot, centre, units, copies)])


def of_receipt(document: Document) -> bytes:
    """A label for each lot of a PZ, with what came of it. Raises NotFound when nothing was taken."""
    lines = document.lines.select_related("lot__item__product__producer").order_by("position")
    labels = [_of_lot(line.lot, document.centre, line.units, 1, line.grams) for line in lines]
    if not labels:
        raise NotFound(_("Na tym dokumencie nie ma żadnej partii."))
    return render(labels)


def of_crate(unit: HandlingUnit) -> bytes:
    """A crate's label: its SSCC, and of one lot alone also what is in it."""
    inside = list(contents(unit))
    label = gs1.Label(sscc=unit.sscc)
    if len(inside) == 1:
        label = _said(inside[0].lot, inside[0].units, inside[0].grams, sscc=unit.sscc)
    elements = gs1.elements_of(label)
    lines = [("SSCC", unit.sscc)]
    if unit.fulfilment_id and unit.fulfilment:
        lines.append((_("Zamówienie"), unit.fulfilment.reference))
    lines += [(f"{row.units} ×", f"{row.item.product.name}, {row.lot.code}") for row in inside[:6]]
    if len(inside) > 6:
        lines.append(("", _("i inne")))
    return render([Printed(_("Skrzynia %s") % unit.sscc[-6:], lines, _split(elements))])


def contents(unit: HandlingUnit) -> Sequence[Balance]:
    """What lies in a crate, by lot."""
    rows = Balance.objects.filter(location=unit.inside_id, units__gt=0)
    return list(rows.select_related("lot__item__product__producer", "item__product").order_by("lot_id"))


def _of_lot(lot, centre, units, copies, grams=None):
    product = lot.item.product
    until = lot.usable_until.isoformat()
    kinds = {DateKind.USE_BY: _("należy spożyć do"), DateKind.BEST_BEFORE: _("najlepiej spożyć przed")}
    lines = [
        (_("Producent"), product.producer.name),
        (_("Partia"), lot.code),
        (kinds.get(lot.date_kind, _("wydać do")), until),
        (_("Przechowywanie"), str(Temperature(product.temperature).label)),
    ]
    if units:
        lines.append((_("Sztuk"), str(units)))
    lines.append((_("Centrum"), f"{centre.name} ({centre.code})"))
    elements = gs1.elements_of(_said(lot, units, grams))
    return Printed(f"{product.name}, {lot.item.name}", lines, _split(elements), copies)


def _said(lot, units, grams, sscc=None):
    dated = lot.printed_on is not None
    return gs1.Label(
        sscc=sscc,
        gtin=gs1.number_of(lot.item.gtin, lot.item_id),
        lot=lot.code,
        best_before=lot.printed_on if dated and lot.date_kind == DateKind.BEST_BEFORE else None,
        use_by=lot.printed_on if dated and lot.date_kind == DateKind.USE_BY else None,
        count=units,
        grams=grams,
    )


def _split(elements):
    """One barcode for the fields of fixed length, one for the rest: each is short enough for a hand scanner."""
    fixed = [one for one in elements if one[0] in gs1.FIXED]
    rest = [one for one in elements if one[0] not in gs1.FIXED]
    parts = [fixed[:1], fixed[1:], rest] if len(fixed) > 3 else [fixed, rest]
    return [part for part in parts if part]


def render(labels: Sequence[Printed]) -> bytes:
    """The labels as one PDF, a page each."""
    pages = [_page(label) for label in labels for _copy in range(label.copies)]
    return pdf.render(TEMPLATE, {"lang": get_language() or "pl", "title": _("Etykiety"), "labels": pages})


def _page(label):
    whole = [one for part in label.parts for one in part]
    return {
        "title": label.title,
        "lines": [[name, value] for name, value in label.lines],
        "codes": [_bars(part) for part in label.parts],
        "qr": _squares(gs1.scanned(whole)),
    }


def _bars(elements):
    """A GS1-128 as SVG one unit high, with its width in mm and what it says."""
    modules = Gs1_128(gs1.scanned(elements, separator=FNC1)).build()[0]
    width = len(modules) * (WIDE if len(modules) * WIDE <= ROOM else NARROW)
    return {"svg": _svg([modules]), "width": f"{min(width, ROOM):.2f}", "text": gs1.printed(elements)}


def _squares(text):
    rows = [
        "".join("1" if dark else "0" for dark in row)
        for row in segno.make(text, error="m", micro=False).matrix
    ]
    return {"svg": _svg(rows)}


def _svg(rows):
    """Rows of 1 and 0 as one path of black rectangles."""
    path = []
    for y, row in enumerate(rows):
        x = 0
        while (x := row.find("1", x)) >= 0:
            end = row.find("0", x)
            end = len(row) if end < 0 else end
            path.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end
    width, height = len(rows[0]), len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path fill="#000" d="{"".join(path)}"/></svg>'
    )

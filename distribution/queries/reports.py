"""Documents as PDF: the report of a recall, the day's sheet of temperatures."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from distribution.models import Centre, Recall
from distribution.queries import readings, recalls, traces
from marketplace.kernel import pdf
from marketplace.kernel.clock import WARSAW

TEMPLATES = Path(__file__).resolve().parent.parent / "typst"


def recall_pdf(recall: Recall) -> bytes:
    """The report with the list as it was made, the times, and the mass balance of this moment."""
    title = recalls.title_of(recall)
    return pdf.render(
        TEMPLATES / "recall.typ",
        {
            "lang": get_language() or "pl",
            "title": f"{title} {recall.lot.code}",
            "footer": f"{title} {recall.pk}",
            "facts": recalls.facts_of(recall),
            "balance_title": _("Bilans masy"),
            "balance": recalls.balance_of(traces.of_lot(recall.lot).balance),
            "places_title": _("Gdzie była partia"),
            "head": [_("Centrum"), _("Miejsce"), _("Zamówienie"), _("Sztuk"), _("Gramów")],
            "places": [[str(cell) for cell in row] for row in recalls.rows_of(recall)],
        },
    )


def degrees(tenths: int) -> str:
    return f"{tenths / 10:.1f}".replace(".", ",").replace("-", "−")


def day_sheet_pdf(*, centre: Centre, day: date, signed_by: str, now: datetime) -> bytes:
    """The day's readings by zone and elsewhere, with what is missing and who signs. The digest is of the readings:
    two prints of one day bear the same, unless one was added between them."""
    sheets = [
        {
            "title": _("Strefa %(code)s – najwyżej %(limit)s °C")
            % {"code": sheet.zone.code, "limit": degrees(sheet.zone.max_tenths)},
            "rows": [_row(reading) for reading in sheet.readings],
            "notes": [_("brak odczytu: %s") % f"{at.astimezone(WARSAW):%H.%M}" for at in sheet.missing],
        }
        for sheet in readings.of_day(centre=centre, day=day, now=now)
    ]
    others = list(readings.elsewhere(centre=centre, day=day))
    if others:
        sheets.append({"title": _("Kursy i przyjęcia"), "rows": [_row(r) for r in others], "notes": []})
    return pdf.render(
        TEMPLATES / "temperatures.typ",
        {
            "lang": get_language() or "pl",
            "title": _("Karta temperatur"),
            "footer": f"{centre.name}, {day.isoformat()}",
            "facts": [
                [_("Centrum"), f"{centre.name} ({centre.code})"],
                [_("Dzień"), day.isoformat()],
                [_("Podpisuje"), f"{signed_by}, {now.astimezone(WARSAW):%Y-%m-%d %H:%M}"],
                [_("Przekroczenia"), _exceeded(sheets)],
            ],
            "head": [_("Godzina"), "°C", _("Granica"), _("Czujnik"), _("Kto"), _("Uwagi")],
            "sheets": sheets,
            "signs": _("podpis: %s") % signed_by,
            "checks": _("sprawdził(a)"),
            "digest": _("Skrót danych: %s") % _digest(sheets),
        },
    )


def _row(reading):
    of = ""
    if reading.trip_id:
        of = f"{reading.trip.from_centre.code}–{reading.trip.to_centre.code} {reading.get_temperature_display()} "
    elif reading.document_id:
        of = f"{reading.document.kind} {reading.document.year}/{reading.document.number} "
    mark = _("PRZEKROCZENIE") if reading.is_breach else ""
    return [
        f"{reading.at.astimezone(WARSAW):%H.%M}",
        degrees(reading.tenths),
        degrees(reading.limit_tenths),
        reading.sensor,
        reading.by.label if reading.by else "",
        " ".join(part for part in (mark, of + reading.note) if part.strip()),
    ]


def _exceeded(sheets: list[dict[str, Any]]) -> str:
    n = sum(row[5].startswith(_("PRZEKROCZENIE")) for sheet in sheets for row in sheet["rows"])
    return ngettext("%(n)s odczyt", "%(n)s odczytów", n) % {"n": n} if n else _("nie było")


def _digest(sheets: list[dict[str, Any]]) -> str:
    rows = [[sheet["title"], sheet["rows"]] for sheet in sheets]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:32]

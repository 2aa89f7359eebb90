"""Recalls and drills: where a lot is, what has been done about it, and the report."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from distribution.models import Centre, CentreStaff, Lot, Recall, RecallPlace, Task
from distribution.queries import traces
from distribution.queries.traces import MassBalance, Trace
from marketplace.kernel.clock import WARSAW
from marketplace.kernel.errors import NotFound


def all_recalls() -> QuerySet[Recall]:
    """Every recall and drill of the network, the newest first."""
    return Recall.objects.select_related("lot__item__product", "lot__producer", "by", "closed_by").order_by(
        "-pk"
    )


def whole(pk: int) -> Recall:
    """A recall with its lot. Raises NotFound."""
    row = all_recalls().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def visible_to(*, pk: int, user: object) -> Recall:
    """A recall, for a lead of any centre: the goods of one may be in another tomorrow. Raises NotFound."""
    if not is_lead(user):
        raise NotFound
    return whole(pk)


def is_lead(user: object) -> bool:
    """Leads some centre."""
    return CentreStaff.objects.filter(
        user_id=getattr(user, "pk", None), role=CentreStaff.Role.LEAD, is_active=True
    ).exists()


def lots_found(text: str) -> QuerySet[Lot]:
    """Lots of the network by number, product or producer, the newest first."""
    words = (
        Q(code__icontains=text) | Q(item__product__name__icontains=text) | Q(producer__name__icontains=text)
    )
    return Lot.objects.filter(words).select_related("item__product", "producer").order_by("-pk")


def lot_of_network(pk: int) -> Lot:
    """Raises NotFound."""
    row = Lot.objects.filter(pk=pk).select_related("item__product", "producer").first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Progress:
    """A recall as it stands: what was listed, what is where now, and the work that is open by centre."""

    recall: Recall
    listed: list[RecallPlace]
    trace: Trace
    open_tasks: list[Task]

    @property
    def loose(self) -> int:
        return sum(place.units for place in self.trace.places if place.is_loose)

    @property
    def may_close(self) -> bool:
        return not (self.recall.closed_at or self.loose or self.trace.balance.outside)


def progress(recall: Recall) -> Progress:
    return Progress(
        recall,
        listed(recall),
        traces.of_lot(recall.lot),
        list(
            Task.objects.unfinished()
            .filter(kind=Task.Kind.PULL, balance__lot=recall.lot)
            .select_related("centre", "balance__location", "taken_by")
            .order_by("centre__code", "pk")
        ),
    )


def listed(recall: Recall) -> list[RecallPlace]:
    """Where the lot was when it was recalled: places first, then buyers' orders."""
    rows = recall.places.select_related("location__centre", "location__trip__to_centre")
    return list(rows.order_by("location__centre__code", "location__code", "reference", "pk"))


def buyers(recall: Recall) -> dict[str, int]:
    """Order number → units, of orders that had been handed out."""
    rows = recall.places.filter(location=None).order_by("pk")
    return dict(rows.values_list("reference", "units"))


def concerned(centre: Centre, recall: Recall) -> bool:
    """The lot is or was at the centre."""
    return recall.lot.balances.filter(centre=centre).exists()


def _when(at):
    return at.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def rows_of(recall: Recall) -> list[list[Any]]:
    """The list as a table: centre, place, order, units, grams."""
    return [
        [
            place.location.centre.code if place.location else "",
            f"{place.location.get_kind_display()} {place.location.code}" if place.location else _("odbiorca"),
            place.reference,
            place.units,
            "" if place.grams is None else place.grams,
        ]
        for place in listed(recall)
    ]


def facts_of(recall: Recall) -> list[list[str]]:
    """The head of the report, names and values."""
    lot = recall.lot
    return [
        [_("Partia"), lot.code],
        [_("Produkt"), f"{lot.item.product.name}, {lot.item.name}"],
        [_("Producent"), lot.producer.name],
        [_("Termin"), lot.usable_until.isoformat()],
        [_("Powód"), recall.reason],
        [_("Rozpoczęto"), _when(recall.started_at)],
        [_("Rozpoczął(-ęła)"), recall.by.label],
        [_("Czas wyszukania"), f"{recall.listed_ms} ms"],
        [_("Zamknięto"), _when(recall.closed_at) or "–"],
    ]


def balance_of(balance: MassBalance) -> list[list[str]]:
    """The mass balance, names and units."""
    return [
        [name, str(value)]
        for name, value in [
            (_("Przyjęto od producenta"), balance.received),
            (_("Znaleziono przy liczeniu"), balance.found),
            (_("U kupujących"), balance.with_buyers),
            (_("w tym zwrócono"), balance.returned),
            (_("Na stanie"), balance.stock),
            (_("W drodze"), balance.in_transit),
            (_("Zniszczono"), balance.destroyed),
            (_("Oddano"), balance.donated),
            (_("Braki z liczenia"), balance.lost),
            (_("Niewyjaśnione"), balance.outside),
        ]
    ]


def title_of(recall: Recall) -> str:
    return _("Ćwiczenie wycofania") if recall.is_drill else _("Wycofanie partii")


def as_csv(recall: Recall) -> str:
    """The report with a byte order mark, as spreadsheets in Poland open it: semicolons, facts first."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([title_of(recall), recall.pk])
    writer.writerows([_plain(cell) for cell in row] for row in facts_of(recall))
    writer.writerow([])
    writer.writerows([_plain(cell) for cell in row] for row in balance_of(traces.of_lot(recall.lot).balance))
    writer.writerow([])
    writer.writerow([_("Centrum"), _("Miejsce"), _("Zamówienie"), _("Sztuk"), _("Gramów")])
    writer.writerows([_plain(cell) for cell in row] for row in rows_of(recall))
    return out.getvalue()


def _plain(cell):
    """A text that begins as a formula is not to be run by a spreadsheet."""
    text = str(cell)
    return (
        f"'{text}"
        if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not text.lstrip("-").isdigit()
        else text
    )

"""Goods that wait for a decision of the lead, and goods to give away before their date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from distribution.models import Balance, Centre, Document, Location
from distribution.states import LotState
from marketplace.kernel.database import fetch_all
from marketplace.kernel.units import Unit


@dataclass(frozen=True)
class Waiting:
    """Goods in quarantine or of a lot that is held back, with why: the newest change of the lot's state, else
    the document that brought them here."""

    balance: Balance
    why: str
    since: datetime | None
    document: int | None

    @property
    def may_be_released(self) -> bool:
        """From the place of quarantine to a shelf; a lot that is held back is released first, as a whole."""
        return (
            self.balance.location.kind == Location.Kind.QUARANTINE
            and self.balance.lot.state == LotState.RELEASED
        )


WHY = """
SELECT b.id,
       CASE WHEN t.state = 'RELEASED' THEN coalesce(d.kind || ': ' || coalesce(nullif(l.note, ''), d.reason), '')
            ELSE c.reason END,
       CASE WHEN t.state = 'RELEASED' THEN m.recorded_at ELSE c.at END, d.id
FROM distribution_balance b
JOIN distribution_lot t ON t.id = b.lot_id
LEFT JOIN LATERAL (
  SELECT reason, at FROM distribution_lotstatuschange WHERE lot_id = b.lot_id ORDER BY id DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (
  SELECT recorded_at, document_line_id FROM distribution_movement
  WHERE lot_id = b.lot_id AND to_location_id = b.location_id ORDER BY id DESC LIMIT 1) m ON true
LEFT JOIN distribution_documentline l ON l.id = m.document_line_id
LEFT JOIN distribution_document d ON d.id = l.document_id
WHERE b.id = ANY(%s)
"""


def waiting(centre: Centre) -> list[Waiting]:
    """Everything at the centre that may not be sold for now, the earliest end first."""
    rows = Balance.objects.filter(centre=centre, units__gt=0).select_related(
        "lot__producer", "location", "item__product"
    )
    held = rows.filter(lot__state__in=[LotState.QUARANTINE, LotState.RECALLED]) | rows.filter(
        location__kind=Location.Kind.QUARANTINE
    )
    found = list(held.order_by("usable_until", "lot_id", "location_id")[:200])
    why = {pk: rest for pk, *rest in fetch_all(WHY, [[row.pk for row in found]])}
    return [Waiting(row, *why[row.pk]) for row in found]


def to_donate(*, centre: Centre, day: date) -> QuerySet[Balance]:
    """Free sellable goods whose date comes in DONATE_DAYS_BEFORE days or less: still good, too late to sell."""
    last = day + timedelta(days=settings.DONATE_DAYS_BEFORE)
    return (
        Balance.objects.filter(
            centre=centre, sellable=True, units__gt=F("allocated"), usable_until__range=(day, last)
        )
        .select_related("lot", "location", "item__product")
        .annotate(free=F("units") - F("allocated"))
        .order_by("usable_until", "location__walk_order", "pk")
    )


def grams_of(balance: Balance, units: int) -> int | None:
    """What the units weigh by scales or by what one piece holds; None when neither says."""
    if balance.grams is not None:
        return balance.grams * units // max(balance.units, 1)
    return None if balance.item.unit == Unit.PIECE else balance.item.content * units


def last_receiver(centre: Centre) -> str:
    """Who took the centre's newest donation: most likely the next one too."""
    gifts = Document.objects.filter(centre=centre, kind=Document.Kind.RW).exclude(taken_by="")
    return gifts.order_by("-pk").values_list("taken_by", flat=True).first() or ""

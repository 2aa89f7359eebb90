"""What was counted at the dock, checked line by line: whose goods, how much, which lot, where they may lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from distribution.models import DocumentLine, Location, Lot, ReceiptItem
from distribution.operations import lots
from distribution.policies.temperatures import WARMEST_TENTHS
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.units import SoldBy
from producers.models import StockItem

MOST_UNITS = 100_000
MOST_GRAMS = 20_000_000  # a lorry of one thing
TIMES = 10  # a piece may weigh so many times more or less than expected; beyond it somebody mistook kg for g


class ForeignItem(Invalid):
    code = "foreign_item"

    def __init__(self) -> None:
        super().__init__(_("Ten produkt nie należy do producenta tej dostawy."), field="item")


class WrongQuantity(Invalid):
    code = "wrong_quantity"

    def __init__(self) -> None:
        super().__init__(_("Podaj liczbę sztuk: od 1 do 100 000, a na wagę także gramy."), field="units")


class WrongWeight(Invalid):
    code = "wrong_weight"

    def __init__(self, units: int, usual: int) -> None:
        super().__init__(
            ngettext(
                "Ta waga nie pasuje: %(units)d sztuka waży zwykle około %(grams)s g.",
                "Ta waga nie pasuje: %(units)d sztuk waży zwykle około %(grams)s g.",
                units,
            )
            % {"units": units, "grams": usual},
            field="grams",
        )


class WrongLocation(Invalid):
    code = "wrong_location"

    def __init__(self) -> None:
        super().__init__(_("To miejsce nie pasuje do temperatury produktu."), field="location")


class RefusalUnexplained(Invalid):
    code = "refusal_unexplained"

    def __init__(self) -> None:
        super().__init__(_("Wybierz, dlaczego odmawiasz przyjęcia."), field="refused_for")


class UnknownReason(Invalid):
    code = "unknown_reason"

    def __init__(self, field: str) -> None:
        super().__init__(_("Wybierz powód z listy."), field=field)


@dataclass(frozen=True)
class Counted:
    """One line as counted at the dock. `location` is where it is put; None means the dock, and goods that are
    too warm always go to quarantine. `refused_units` were sent back, for the reason `refused_for`, and never
    enter the ledger; with no `units` at all the line needs no lot. `difference_for` says why the number is not
    what was owed, also when nothing came."""

    item: int
    lot_code: str
    units: int
    printed_on: date | None = None
    grams: int | None = None
    temperature_tenths: int | None = None
    refused_units: int = 0
    refused_for: str = ""
    difference_for: str = ""
    note: str = ""
    location: int | None = None


@dataclass
class Arrived:
    """A counted line with the lot and place it got, and the pieces not yet given to waiting orders."""

    counted: Counted
    item: StockItem
    lot: Lot
    location: Location
    free: int
    grams: int | None


def check_all(
    counted: Sequence[Counted], items: Mapping[int, StockItem], centre: int, producer: int, day: date
) -> list[Arrived]:
    """The lines something was taken of, in their order, with new lots made. Raises the refusals of this module and
    those of lots.find_or_make."""
    for line in counted:
        _check(line, items, producer)
    taken = [line for line in counted if line.units]
    arrived: dict[int, Arrived] = {}
    for n, line in in_order_of_lots(taken):
        arrived[n] = _arrive(line, items[line.item], centre, day)
    return [arrived[n] for n in range(len(taken))]


def in_order_of_lots(counted: Sequence[Counted]) -> list[tuple[int, Counted]]:
    """The lines with their positions, in the order in which new lots are made: whoever makes the same lot
    meanwhile, in any centre, waits; in another order the two would wait for each other."""
    return sorted(
        enumerate(counted), key=lambda row: (row[1].item, row[1].lot_code.strip(), str(row[1].printed_on))
    )


def _check(line, items, producer):
    item = items.get(line.item)
    if item is None or item.product.producer_id != producer:
        raise ForeignItem
    if not (0 <= line.units <= MOST_UNITS and 0 <= line.refused_units <= MOST_UNITS):
        raise WrongQuantity
    if not (line.units + line.refused_units or line.difference_for) or (
        line.grams is not None and line.grams <= 0
    ):
        raise WrongQuantity
    if line.refused_units and not line.refused_for:
        raise RefusalUnexplained
    if line.refused_for and line.refused_for not in DocumentLine.Refusal.values:
        raise UnknownReason("refused_for")
    if line.difference_for and line.difference_for not in ReceiptItem.Difference.values:
        raise UnknownReason("difference_for")


def _arrive(line, item, centre, day):
    grams = _weight(line, item)
    lot = lots.find_or_make(item=item, code=line.lot_code, printed_on=line.printed_on, received_on=day)
    return Arrived(line, item, lot, _place(line, item, centre), line.units, grams)


def _weight(line, item):
    """Grams of goods sold by weight, when they can be true; None for those that are counted."""
    sold = [offer for offer in item.offers.all() if offer.sold_by == SoldBy.WEIGHT]
    if not sold:
        return None
    if line.grams is None:
        raise WrongQuantity
    least = min(offer.expected_grams for offer in sold) * line.units
    most = max(offer.max_grams for offer in sold) * line.units
    if not max(1, least // TIMES) <= line.grams <= min(MOST_GRAMS, most * TIMES):
        raise WrongWeight(line.units, least)
    return line.grams


def _place(line, item, centre):
    warmest = WARMEST_TENTHS.get(item.product.temperature)
    measured = line.temperature_tenths
    if warmest is not None and measured is not None and measured > warmest:
        return quarantine(centre)
    if line.location is None:
        return dock(centre)
    return shelf(centre, line.location, item)


def shelf(centre: int, pk: int, item: StockItem) -> Location:
    """A place of the centre where goods of this item's temperature may lie and be sold. Raises WrongLocation."""
    places = Location.objects.filter(centre_id=centre, pk=pk, kind__in=Location.SELLABLE)
    row = places.select_related("zone").first()
    if row is None or (row.zone and row.zone.temperature != item.product.temperature):
        raise WrongLocation
    return row


def dock(centre: int) -> Location:
    """The centre's first ramp. Raises NotFound when it has none."""
    row = Location.objects.filter(centre_id=centre, kind=Location.Kind.DOCK).order_by("pk").first()
    if row is None:
        raise NotFound(_("To centrum nie ma rampy."))
    return row


def quarantine(centre: int) -> Location:
    """The centre's place for goods that wait for a decision. Raises NotFound when it has none."""
    row = Location.objects.filter(centre_id=centre, kind=Location.Kind.QUARANTINE).order_by("pk").first()
    if row is None:
        raise NotFound(_("To centrum nie ma miejsca kwarantanny."))
    return row

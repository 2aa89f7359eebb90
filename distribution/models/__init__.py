from distribution.models.allocation import Allocation
from distribution.models.arrival import Arrival, ArrivalLine, DockSlot, ReceiptItem, ReceiptPhoto
from distribution.models.balance import Balance
from distribution.models.centre import Centre, Location, ShortageRule, Zone
from distribution.models.count import Count, CountLine, CountPlace
from distribution.models.document import Document, DocumentCounter, DocumentLine
from distribution.models.fulfilment import Fulfilment, FulfilmentEvent, FulfilmentLine, Shortage
from distribution.models.handling_unit import CrateEvent, HandlingUnit
from distribution.models.history import LegEvent, QuotaChange, RuleChange, SourceChange
from distribution.models.leg import Leg, LegRoom
from distribution.models.load import Discrepancy, Load
from distribution.models.lot import Lot, LotStatusChange
from distribution.models.movement import Movement
from distribution.models.place import Coverage, HandoverPlace
from distribution.models.reading import Reading
from distribution.models.recall import Recall, RecallPlace
from distribution.models.round import Round, RoundEvent, Slot
from distribution.models.route import Route, RouteTrip
from distribution.models.staff import CentreStaff
from distribution.models.supply import Hold, Quota, Supply, SupplyChange
from distribution.models.task import Scan, Task, TaskEvent, Wave
from distribution.models.trip import Trip, TripEvent, TripRoom

__all__ = [
    "Allocation",
    "Arrival",
    "ArrivalLine",
    "Balance",
    "Centre",
    "CentreStaff",
    "Count",
    "CountLine",
    "CountPlace",
    "Coverage",
    "CrateEvent",
    "Discrepancy",
    "DockSlot",
    "Document",
    "DocumentCounter",
    "DocumentLine",
    "Fulfilment",
    "FulfilmentEvent",
    "FulfilmentLine",
    "HandlingUnit",
    "HandoverPlace",
    "Hold",
    "Leg",
    "LegEvent",
    "LegRoom",
    "Load",
    "Location",
    "Lot",
    "LotStatusChange",
    "Movement",
    "Quota",
    "QuotaChange",
    "Reading",
    "Recall",
    "RecallPlace",
    "ReceiptItem",
    "ReceiptPhoto",
    "Round",
    "RoundEvent",
    "Route",
    "RouteTrip",
    "RuleChange",
    "Scan",
    "Shortage",
    "ShortageRule",
    "Slot",
    "SourceChange",
    "Supply",
    "SupplyChange",
    "Task",
    "TaskEvent",
    "Trip",
    "TripEvent",
    "TripRoom",
    "Wave",
    "Zone",
]

from distribution.models.allocation import Allocation
from distribution.models.arrival import Arrival, ArrivalLine
from distribution.models.balance import Balance
from distribution.models.centre import Centre, Location, Zone
from distribution.models.document import Document, DocumentCounter, DocumentLine
from distribution.models.fulfilment import Fulfilment, FulfilmentEvent, FulfilmentLine, Shortage
from distribution.models.handling_unit import HandlingUnit
from distribution.models.lot import Lot, LotStatusChange
from distribution.models.movement import Movement
from distribution.models.place import Coverage, HandoverPlace
from distribution.models.round import Round, RoundEvent, Slot
from distribution.models.staff import CentreStaff
from distribution.models.supply import Hold, Supply, SupplyChange
from distribution.models.task import Scan, Task, TaskEvent, Wave

__all__ = [
    "Allocation",
    "Arrival",
    "ArrivalLine",
    "Balance",
    "Centre",
    "CentreStaff",
    "Coverage",
    "Document",
    "DocumentCounter",
    "DocumentLine",
    "Fulfilment",
    "FulfilmentEvent",
    "FulfilmentLine",
    "HandlingUnit",
    "HandoverPlace",
    "Hold",
    "Location",
    "Lot",
    "LotStatusChange",
    "Movement",
    "Round",
    "RoundEvent",
    "Scan",
    "Shortage",
    "Slot",
    "Supply",
    "SupplyChange",
    "Task",
    "TaskEvent",
    "Wave",
    "Zone",
]

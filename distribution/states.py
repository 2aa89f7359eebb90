"""States of what a centre works with, and the legal moves. All of them, on one screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.states import Machine


class RoundState(models.TextChoices):
    OPEN = "OPEN", _("przyjmuje zamówienia")
    CLOSED = "CLOSED", _("zamknięta")
    RELEASED = "RELEASED", _("w przygotowaniu")
    OVER = "OVER", _("zakończona")
    CANCELLED = "CANCELLED", _("odwołana")


class LotState(models.TextChoices):
    RELEASED = "RELEASED", _("dopuszczona")
    QUARANTINE = "QUARANTINE", _("wstrzymana")
    RECALLED = "RECALLED", _("wycofana")


class HoldState(models.TextChoices):
    ACTIVE = "ACTIVE", _("rezerwuje podaż")
    ALLOCATED = "ALLOCATED", _("ma przydzielone partie")
    RELEASED = "RELEASED", _("zwolniona")


class AllocationState(models.TextChoices):
    ACTIVE = "ACTIVE", _("do zebrania")
    PICKED = "PICKED", _("zebrane")
    RELEASED = "RELEASED", _("zwolnione")


class FulfilmentState(models.TextChoices):
    RELEASED = "RELEASED", _("do zebrania")
    PICKED = "PICKED", _("zebrane")
    TO_LOAD = "TO_LOAD", _("czeka na kurs")
    IN_TRANSIT = "IN_TRANSIT", _("w drodze")
    ARRIVED = "ARRIVED", _("przyjechało")
    READY = "READY", _("gotowe do odbioru")
    HANDED_OUT = "HANDED_OUT", _("wydane")
    UNCOLLECTED = "UNCOLLECTED", _("nieodebrane")
    GIVEN_UP = "GIVEN_UP", _("kupujący zrezygnował")
    CLEARED = "CLEARED", _("rozdysponowane")
    EMPTY = "EMPTY", _("nic nie przyszło")


# Parts of an order that are not yet at its buyers' stage.
UNFINISHED = {
    FulfilmentState.RELEASED,
    FulfilmentState.PICKED,
    FulfilmentState.TO_LOAD,
    FulfilmentState.IN_TRANSIT,
    FulfilmentState.ARRIVED,
}


class LineState(models.TextChoices):
    """Of a fulfilment's line. What is still awaited comes with an arrival."""

    AWAITING_GOODS = "AWAITING_GOODS", _("czeka na dostawę")
    ALLOCATED = "ALLOCATED", _("do zebrania")
    PICKED = "PICKED", _("zebrane")
    SHORT = "SHORT", _("brak")


class TaskState(models.TextChoices):
    OPEN = "OPEN", _("wolne")
    TAKEN = "TAKEN", _("w pracy")
    DONE = "DONE", _("zrobione")
    CANCELLED = "CANCELLED", _("odwołane")


class ArrivalState(models.TextChoices):
    EXPECTED = "EXPECTED", _("oczekiwana")
    RECEIVED = "RECEIVED", _("przyjęta")


class TripState(models.TextChoices):
    PLANNED = "PLANNED", _("zaplanowany")
    LOADING = "LOADING", _("załadunek")
    DEPARTED = "DEPARTED", _("w drodze")
    ARRIVED = "ARRIVED", _("rozładunek")
    CLOSED = "CLOSED", _("zakończony")
    CANCELLED = "CANCELLED", _("odwołany")


class LoadState(models.TextChoices):
    """Of a crate that goes by a trip."""

    EXPECTED = "EXPECTED", _("czeka na rampie")
    LOADED = "LOADED", _("załadowana")
    UNLOADED = "UNLOADED", _("rozładowana")
    MISSING = "MISSING", _("nie dojechała")
    LEFT = "LEFT", _("została")


class CountState(models.TextChoices):
    OPEN = "OPEN", _("liczenie")
    COUNTED = "COUNTED", _("do zatwierdzenia")
    SETTLED = "SETTLED", _("zatwierdzona")
    CANCELLED = "CANCELLED", _("odwołana")


ROUND = Machine(
    "round",
    {
        RoundState.OPEN: (RoundState.CLOSED, RoundState.CANCELLED),
        RoundState.CLOSED: (RoundState.RELEASED,),
        RoundState.RELEASED: (RoundState.OVER,),
        RoundState.OVER: (),
        RoundState.CANCELLED: (),
    },
)
LOT = Machine(
    "lot",
    {
        LotState.RELEASED: (LotState.QUARANTINE, LotState.RECALLED),
        LotState.QUARANTINE: (LotState.RELEASED, LotState.RECALLED),
        LotState.RECALLED: (),
    },
)
FULFILMENT = Machine(
    "fulfilment",
    {
        FulfilmentState.RELEASED: (FulfilmentState.PICKED, FulfilmentState.EMPTY),
        FulfilmentState.PICKED: (FulfilmentState.READY, FulfilmentState.TO_LOAD, FulfilmentState.EMPTY),
        # A part made at another centre goes by trips before it is ready; it may stay behind, or be lost.
        FulfilmentState.TO_LOAD: (
            FulfilmentState.IN_TRANSIT,
            FulfilmentState.EMPTY,
            FulfilmentState.GIVEN_UP,  # late, and its buyer would rather not wait
        ),
        FulfilmentState.IN_TRANSIT: (FulfilmentState.TO_LOAD, FulfilmentState.ARRIVED, FulfilmentState.EMPTY),
        FulfilmentState.ARRIVED: (FulfilmentState.READY, FulfilmentState.EMPTY),
        FulfilmentState.READY: (FulfilmentState.HANDED_OUT, FulfilmentState.UNCOLLECTED),
        FulfilmentState.HANDED_OUT: (FulfilmentState.READY,),  # a hand-out reversed
        FulfilmentState.UNCOLLECTED: (FulfilmentState.HANDED_OUT, FulfilmentState.CLEARED),
        FulfilmentState.GIVEN_UP: (FulfilmentState.CLEARED,),
        FulfilmentState.CLEARED: (),
        FulfilmentState.EMPTY: (FulfilmentState.RELEASED,),  # something else comes instead
    },
)
TRIP = Machine(
    "trip",
    {
        TripState.PLANNED: (TripState.LOADING, TripState.DEPARTED, TripState.CANCELLED),
        TripState.LOADING: (TripState.DEPARTED, TripState.CANCELLED),
        TripState.DEPARTED: (TripState.ARRIVED,),
        TripState.ARRIVED: (TripState.CLOSED,),
        TripState.CLOSED: (),
        TripState.CANCELLED: (),
    },
)
COUNT = Machine(
    "count",
    {
        CountState.OPEN: (CountState.COUNTED, CountState.CANCELLED),
        CountState.COUNTED: (CountState.OPEN, CountState.SETTLED, CountState.CANCELLED),
        CountState.SETTLED: (),
        CountState.CANCELLED: (),
    },
)
TASK = Machine(
    "task",
    {
        TaskState.OPEN: (TaskState.TAKEN, TaskState.CANCELLED),
        TaskState.TAKEN: (TaskState.OPEN, TaskState.DONE, TaskState.CANCELLED),
        TaskState.DONE: (),
        TaskState.CANCELLED: (),
    },
)

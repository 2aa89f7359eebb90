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
    READY = "READY", _("gotowe do odbioru")
    HANDED_OUT = "HANDED_OUT", _("wydane")
    UNCOLLECTED = "UNCOLLECTED", _("nieodebrane")
    CLEARED = "CLEARED", _("nieodebrane, rozdysponowane")
    EMPTY = "EMPTY", _("nic nie przyszło")


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
        FulfilmentState.PICKED: (FulfilmentState.READY, FulfilmentState.EMPTY),
        FulfilmentState.READY: (FulfilmentState.HANDED_OUT, FulfilmentState.UNCOLLECTED),
        FulfilmentState.HANDED_OUT: (FulfilmentState.READY,),  # a hand-out reversed
        FulfilmentState.UNCOLLECTED: (FulfilmentState.HANDED_OUT, FulfilmentState.CLEARED),
        FulfilmentState.CLEARED: (),
        FulfilmentState.EMPTY: (),
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

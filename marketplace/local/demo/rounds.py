"""Rounds of the next four weeks with their slots, and the jobs that close and end them."""

from datetime import date, time, timedelta

from distribution.jobs import ROUND_CLOSES, ROUND_ENDS
from distribution.models import Round, Slot
from distribution.operations import routes
from marketplace.kernel.clock import holidays, is_working_day, moment
from marketplace.kernel.outbox import NewJob, write
from marketplace.local.demo.centres import Hall
from marketplace.local.demo.world import World, save

WEEKS = 4
# Monday is 0. No round on a Sunday; two in a week, three days apart or more.
WEEKDAYS = ((1, 4), (2, 5), (0, 3))
CLOSES_DAYS_AHEAD = 2
CLOSES_AT = time(20)
FIRST_HOUR, LAST_HOUR = 14, 19
CAPACITY = 20
CAPACITY_OF = {"LES": 60, "WAW": 40}


def make(world: World, halls: dict[str, Hall]) -> dict[str, list[Round]]:
    """By centre, in the order of their days."""
    rounds = {code: _rounds(world, hall, n) for n, (code, hall) in enumerate(halls.items())}
    flat = [one for found in rounds.values() for one in found]
    save(flat, "tury")
    save([slot for one in flat for slot in _slots(one)], "okna odbioru")
    routes.refresh(rounds=[one.pk for one in flat])  # without a way to the round nothing is on sale for it
    return rounds


def _rounds(world: World, hall: Hall, number: int) -> list[Round]:
    weekdays = (1, 4) if hall.centre.code == "LES" else WEEKDAYS[number % len(WEEKDAYS)]
    days = (world.today + timedelta(days=ahead) for ahead in range(1, 7 * WEEKS + CLOSES_DAYS_AHEAD + 1))
    found = [_round(world, hall, day) for day in days if day.weekday() in weekdays and not _is_free(day)]
    return [one for one in found if one.orders_close_at > world.at]


def _is_free(day: date) -> bool:
    return day in holidays(day.year)


def _round(world: World, hall: Hall, day: date) -> Round:
    closes_on, eve = day - timedelta(days=CLOSES_DAYS_AHEAD), day - timedelta(days=1)
    return Round(
        place=hall.place,
        centre=hall.centre,
        opens_at=world.days_ago(14),
        closes_on=closes_on,
        closes_hour=CLOSES_AT,
        orders_close_at=moment(closes_on, CLOSES_AT),
        packs_on=eve if is_working_day(eve) else day,
        hands_over_on=day,
        ends_at=moment(day, time(LAST_HOUR)),
    )


def _slots(one: Round) -> list[Slot]:
    capacity = CAPACITY_OF.get(one.centre.code, CAPACITY)
    return [
        Slot(round=one, starts=time(hour), ends=time(hour + 1), capacity=capacity)
        for hour in range(FIRST_HOUR, LAST_HOUR)
    ]


def schedule(rounds: dict[str, list[Round]]) -> None:
    """The jobs of every round, as the last statement of the transaction (the lock order ends with jobs)."""
    write(
        job
        for code, found in rounds.items()
        for one in found
        for job in (
            _job(ROUND_CLOSES, one, code, one.orders_close_at),
            _job(ROUND_ENDS, one, code, one.ends_at),
        )
    )


def _job(kind: str, one: Round, code: str, due) -> NewJob:
    key = f"{kind.removeprefix('distribution.')}:{one.pk}"
    return NewJob(kind, key, {"round": one.pk}, centre=code, run_after=due)

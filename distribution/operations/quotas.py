"""Quotas: a part of a producer's promise kept for one sales channel until a set hour; what is not sold by then serves
everybody. A quota changes only while its supply row is locked, whose `reserved` repeats what its quotas have left."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Centre, Quota, QuotaChange, Supply
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import fetch_all, insert_all, retried
from marketplace.kernel.errors import Invalid, NotFound
from producers.models import StockItem


class WrongQuota(Invalid):
    code = "wrong_quota"


@dataclass(frozen=True)
class Kept:
    """Pieces of an item's promise that one channel is to have; 0 gives back what it has not sold."""

    item: StockItem
    channel: str
    pieces: int


@retried
@transaction.atomic
def keep(
    *,
    centre: Centre,
    available_on: date,
    kept: Sequence[Kept],
    flows_back_at: datetime,
    by: User | None,
    at: datetime,
) -> list[Quota]:
    """Sets quotas of what a producer promised to a centre for a day, all or none. Raises NotFound where nothing is
    promised, WrongQuota for an hour that has passed or is after the day, for fewer pieces than the channel has bought,
    and for more than is left."""
    if not at < flows_back_at or local_date(flows_back_at) > available_on:
        raise WrongQuota(_("Podaj godzinę od teraz do dnia dostawy."), field="flows_back_at")
    promises = Supply.objects.filter(
        kind=Supply.Kind.PROMISE,
        centre=centre,
        available_on=available_on,
        item__in={one.item.pk for one in kept},
    )
    rows = {row.item_id: row for row in locks.supply(promises.values_list("pk", flat=True)).values()}
    return [_keep(rows.get(one.item.pk), one, flows_back_at, by, at) for one in kept]


def _keep(row, one, flows_back_at, by, at):
    if row is None:
        raise NotFound(_("Na ten dzień nic nie zapowiedziano."), field="item")
    quota, _made = Quota.objects.get_or_create(
        supply=row, channel=one.channel, defaults={"pieces": 0, "flows_back_at": flows_back_at, "by": by}
    )
    if one.pieces < quota.sold:
        raise WrongQuota(
            _("Ten kanał kupił już %(sold)s szt.: %(name)s.")
            % {"sold": quota.sold, "name": one.item.product.name},
            field="pieces",
        )
    more = one.pieces - quota.pieces
    left = row.quantity - row.held - row.reserved
    if more > max(left, 0):
        raise WrongQuota(
            _("Do podziału zostało %(left)s szt.: %(name)s.")
            % {"left": max(left, 0), "name": one.item.product.name},
            field="pieces",
        )
    if more:
        _set(quota, row, one.pieces, by, at)
    quota.flows_back_at, quota.flowed_back_at, quota.by = flows_back_at, None, by
    quota.save(update_fields=["flows_back_at", "flowed_back_at", "by"])
    return quota


def _set(quota, row, pieces, by, at, reason=""):
    QuotaChange.objects.create(quota=quota, old=quota.pieces, new=pieces, by=by, at=at, reason=reason)
    row.reserved += pieces - quota.pieces
    quota.pieces = pieces
    row.save(update_fields=["reserved"])
    quota.save(update_fields=["pieces"])


FLOW_BACK = """
WITH over AS (
  UPDATE distribution_quota q SET pieces = q.sold, flowed_back_at = %(at)s
  FROM distribution_quota was
  WHERE was.id = q.id AND q.supply_id = ANY(%(supply)s) AND q.id = ANY(%(quotas)s) AND q.flowed_back_at IS NULL
  RETURNING q.id, q.supply_id, was.pieces AS old, q.sold
), freed AS (
  UPDATE distribution_supply s SET reserved = s.reserved - o.pieces
  FROM (SELECT supply_id, sum(old - sold)::int AS pieces FROM over GROUP BY supply_id) o
  WHERE s.id = o.supply_id RETURNING s.id
)
SELECT id, old, sold FROM over
"""


@retried
@transaction.atomic
def flow_back(*, at: datetime, by: User | None = None, only: Sequence[int] | None = None) -> int:
    """What channels have not bought by their hour serves everybody from now on; with `only`, these quotas whatever
    their hour. Safe to run at any time. Returns the pieces freed."""
    due = Quota.objects.filter(flowed_back_at=None)
    due = due.filter(flows_back_at__lte=at) if only is None else due.filter(pk__in=list(only))
    found = dict(due.values_list("pk", "supply"))
    if not found:
        return 0
    locks.supply(found.values())
    rows = fetch_all(FLOW_BACK, {"at": at, "supply": list(found.values()), "quotas": list(found)})
    insert_all(
        "distribution_quotachange",
        {
            "quota_id": ("bigint", [pk for pk, _, _ in rows]),
            "old": ("int", [old for _, old, _ in rows]),
            "new": ("int", [sold for _, _, sold in rows]),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(rows)),
            "at": ("timestamptz", [at] * len(rows)),
            "reason": ("text", [_("wróciło do wspólnej puli")] * len(rows)),
        },
    )
    return sum(old - sold for _, old, sold in rows)


def fit(*, row: Supply, by: User | None, at: datetime) -> None:
    """Less is promised than channels were to have: the newest quota loses first. The caller has locked the row."""
    over = row.reserved - max(row.quantity - row.held, 0)
    if over <= 0:
        return
    for quota in row.quotas.filter(flowed_back_at=None).order_by("-pk"):
        lost = min(over, quota.pieces - quota.sold)
        if lost:
            _set(quota, row, quota.pieces - lost, by, at, _("mniej towaru, niż zapowiedziano"))
            over -= lost


def follow(*, row: Supply, shelves: Sequence[tuple[Supply, int]], by: User | None, at: datetime) -> None:
    """Promised goods came: what is kept of them for channels is kept of the shelf's row from now on. `shelves` are
    the rows they lie in, with the pieces nobody waited for. The caller has locked all of them."""
    over = row.reserved - max(row.quantity - row.held, 0)
    room = defaultdict(int, {shelf.pk: pieces for shelf, pieces in shelves})
    for quota in row.quotas.filter(flowed_back_at=None).order_by("pk"):
        for shelf, _pieces in shelves:
            moved = min(over, quota.pieces - quota.sold, room[shelf.pk])
            if moved > 0:
                _set(quota, row, quota.pieces - moved, by, at, _("towar przyjechał"))
                _add(shelf, quota, moved, by, at)
                room[shelf.pk] -= moved
                over -= moved


def _add(shelf, like, pieces, by, at):
    quota, _made = Quota.objects.get_or_create(
        supply=shelf,
        channel=like.channel,
        defaults={"pieces": 0, "flows_back_at": like.flows_back_at, "by": like.by},
    )
    _set(quota, shelf, quota.pieces + pieces, by, at, _("towar przyjechał"))
    quota.flows_back_at = max(quota.flows_back_at, like.flows_back_at)
    quota.flowed_back_at = None
    quota.save(update_fields=["flows_back_at", "flowed_back_at"])

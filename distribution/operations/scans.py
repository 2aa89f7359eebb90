"""What every scan of a task shares: done once per key, and kept on record when it is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from distribution.models import Lot, Scan, Task
from distribution.operations import labels
from distribution.operations.steps import UnknownCode, WrongScan
from distribution.policies import gs1
from marketplace.accounts.models import User
from marketplace.kernel import commands
from marketplace.kernel.database import retried
from marketplace.kernel.references import gtin


def run(
    *, task: int, key: UUID, body: dict[str, Any], by: User, at: datetime, effect: Callable[[], Any]
) -> Any:
    """The answer of `effect()`; the same key gives the same answer. A WrongScan is logged, with its code, and
    leaves everything as it was."""
    try:
        return _once(task, key, body, effect)
    except WrongScan as refusal:
        row = Task.objects.get(pk=task)
        text = str(body.get("code", ""))[:120]
        Scan.objects.create(centre_id=row.centre_id, task=row, text=text, refused=refusal.code, by=by)
        raise


def by_code(
    *,
    task: int,
    key: UUID,
    code: str,
    by: User,
    at: datetime,
    effect: Callable[[int, str, User, datetime], Any],
) -> Any:
    """The same for a scan that is nothing but its code."""
    return run(
        task=task,
        key=key,
        body={"code": code},
        by=by,
        at=at,
        effect=lambda: effect(task, code.strip(), by, at),
    )


@retried
@transaction.atomic
def _once(task, key, body, effect):
    return commands.once(scope="scan", key=key, body={"task": task, **body}, effect=effect)


def lots_named(*, code: str, among: Any) -> tuple[list[Lot], gs1.Label]:
    """The lots `among` which a scanned code means, by lot number or GS1 label, and the label itself (empty for a
    plain number). Raises UnknownCode when the code can't be read as either."""
    exact = list(among.filter(code__iexact=code))
    if exact:
        return exact, gs1.Label()
    try:
        label = gs1.Label(gtin=gtin(code)) if gtin(code) else gs1.parse(code)
    except gs1.Malformed as error:
        raise UnknownCode(labels.said(error), expects="goods", wanted="") from error
    if label is None or (label.gtin is None and label.lot is None):
        raise UnknownCode(_("Nie znam takiego kodu."), expects="goods", wanted="")
    found = [
        lot
        for lot in (among.filter(code__iexact=label.lot) if label.lot else _of_number(among, label.gtin))
        if label.gtin is None or gs1.number_of(lot.item.gtin, lot.item_id) == label.gtin
    ]
    return found, label


def _of_number(among, number):
    item = gs1.house_item(number)
    return among.filter(item=item) if item else among.exclude(item__gtin="")

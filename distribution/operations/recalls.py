"""Recall: a lot is blocked everywhere, listed by place and by buyer, pulled out of every hall, and accounted for.
A drill only lists (Reg. (EC) 178/2002, art. 18 and 19)."""

import time
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from distribution import jobs, locks
from distribution.models import Balance, CentreStaff, Location, Lot, Recall, Task
from distribution.operations import lots
from distribution.operations.corrections import ReasonMissing
from distribution.queries import recalls as recall_queries
from distribution.queries import traces
from distribution.states import LotState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import insert_all, retried
from marketplace.kernel.errors import DomainError, refusals
from marketplace.kernel.outbox import NewJob

# Where recalled goods may still be taken by mistake. On a lorry they are pulled when it has arrived.
TO_PULL = (Location.Kind.DOCK, Location.Kind.SLOT, Location.Kind.STAGE, Location.Kind.CRATE)


class AlreadyRecalled(DomainError):
    code = "already_recalled"

    def __init__(self) -> None:
        super().__init__(_("Ta partia jest już wycofana."))


class NotAccountedFor(DomainError):
    """`details` says how many units are not explained and how many are not put aside yet."""

    code = "not_accounted_for"

    def __init__(self, *, outside: int, loose: int) -> None:
        super().__init__(
            _(
                "Bilans się nie zamyka: niewyjaśnionych %(outside)s szt., jeszcze nie odłożonych %(loose)s szt."
            )
            % {"outside": outside, "loose": loose},
            outside=outside,
            loose=loose,
        )


class AlreadyClosed(DomainError):
    code = "recall_closed"

    def __init__(self) -> None:
        super().__init__(_("To wycofanie jest już zamknięte."))


@retried
@transaction.atomic
def start(*, lot: int, reason: str, by: User, at: datetime, drill: bool = False) -> Recall:
    """Blocks the lot in every centre and writes down where it is and who bought it; opens tasks to pull it, and
    jobs that tell its buyers and the centres. All in one transaction: nothing leaves after it commits.

    A drill writes the list and the time it took, and nothing else. Raises ReasonMissing, AlreadyRecalled."""
    if not reason.strip():
        raise ReasonMissing
    row = Lot.objects.select_related("item__product").get(pk=lot)
    if not drill:
        if Recall.objects.filter(lot=row, is_drill=False).exists():
            raise AlreadyRecalled
        if row.state != LotState.RECALLED:
            lots.change_state(lot=lot, new=LotState.RECALLED, reason=reason.strip(), by=by, at=at)
    began = time.perf_counter()
    found = traces.of_lot(row)
    took = round((time.perf_counter() - began) * 1000)
    with refusals(distribution_recall_of_lot_once=AlreadyRecalled):
        recall = Recall.objects.create(
            lot=row,
            is_drill=drill,
            reason=reason.strip()[:200],
            started_at=at,
            by=by,
            listed_ms=took,
            closed_at=at if drill else None,
            closed_by=by if drill else None,
        )
    _write_places(recall, found)
    if not drill:
        open_pulls(lot=lot, at=at)
        _announce(recall, at)
    return recall


def _write_places(recall, found):
    rows = [(place.location, place.reference, place.units, place.grams) for place in found.places]
    rows += [(None, reference, units, None) for reference, units in found.orders.items()]
    insert_all(
        "distribution_recallplace",
        {
            "recall_id": ("bigint", [recall.pk] * len(rows)),
            "location_id": ("bigint", [row[0] for row in rows]),
            "reference": ("text", [row[1] for row in rows]),
            "units": ("int", [row[2] for row in rows]),
            "grams": ("int", [row[3] for row in rows]),
        },
    )


def _announce(recall, at):
    facts = {"recall": recall.pk, "at": at.isoformat()}
    outbox.write(
        [
            NewJob(jobs.LOT_RECALLED, f"{jobs.LOT_RECALLED}:{recall.pk}", facts),
            NewJob(jobs.RECALL_BEGUN, f"{jobs.RECALL_BEGUN}:{recall.pk}", facts),
        ]
    )


def open_pulls(*, lot: int, at: datetime) -> None:
    """A task for each place where recalled goods can be taken, unless one is open. Safe to run again, which it is
    when such goods arrive, are received or are found."""
    rows = Balance.objects.filter(
        lot=lot, lot__state=LotState.RECALLED, units__gt=0, location__kind__in=TO_PULL
    )
    Task.objects.bulk_create(
        [
            Task(centre_id=row.centre_id, kind=Task.Kind.PULL, balance=row, due_at=at)
            for row in rows.order_by("pk")
        ],
        ignore_conflicts=True,
    )


@retried
@transaction.atomic
def close(*, recall: int, by: User, at: datetime) -> Recall:
    """Ends a recall whose every unit is accounted for: with a buyer, put aside, destroyed or given back. Raises
    NotAccountedFor, AlreadyClosed."""
    row = locks.recall(recall)
    if row.closed_at is not None:
        raise AlreadyClosed
    found = traces.of_lot(row.lot)
    loose = sum(place.units for place in found.places if place.is_loose)
    if found.balance.outside or loose:
        raise NotAccountedFor(outside=found.balance.outside, loose=loose)
    row.closed_at, row.closed_by = at, by
    row.save(update_fields=["closed_at", "closed_by"])
    return row


@transaction.atomic
def tell_centres(*, recall: int, at: datetime) -> int:
    """A letter to the lead of every centre where the lot is or was: each a job of its own, so that one address that
    fails is tried again without the others. Safe to run twice. Returns how many letters."""
    row = recall_queries.whole(recall)
    centres = Q(centre__in=row.lot.balances.values("centre"))
    leads = CentreStaff.objects.filter(centres, role=CentreStaff.Role.LEAD, is_active=True)
    people = list(leads.order_by("pk").values_list("pk", flat=True))
    outbox.write(
        NewJob(
            jobs.RECALL_LETTER,
            f"{jobs.RECALL_LETTER}:{recall}:{person}",
            {"recall": recall, "person": person, "at": at.isoformat()},
            queue="mail",
        )
        for person in people
    )
    return len(people)


def write_to(*, recall: int, person: int) -> None:
    """The letter to one lead, with what is at their centre now. A repeat carries the same Message-ID."""
    row = recall_queries.whole(recall)
    lead = CentreStaff.objects.select_related("centre", "user").get(pk=person)
    places = traces.of_lot(row.lot).places
    _post(lead, row, [place for place in places if place.centre == lead.centre.code])


def _post(person: CentreStaff, recall: Recall, places: Sequence[traces.Place]) -> None:
    with override("pl"):
        address = f"{settings.SITE_URL}/centrum/{person.centre.code}/wycofania/{recall.pk}/"
        context = {
            "recall": recall,
            "centre": person.centre,
            "places": places,
            "address": address,
            "site_url": settings.SITE_URL,
        }
        mail = EmailMultiAlternatives(
            _("Wycofanie partii %(lot)s") % {"lot": recall.lot.code},
            render_to_string("distribution/mail/recall.txt", context),
            to=[person.user.email],
            headers={
                "Message-ID": f"<recall.{recall.pk}.{person.pk}@spichlerz>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("distribution/mail/recall.html", context), "text/html")
        mail.send()

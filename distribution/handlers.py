"""Jobs of this package."""

from distribution import jobs
from distribution.operations import counts, recalls, rounds, timetable
from marketplace.accounts.models import User
from marketplace.kernel.worker import handles


@handles(jobs.ROUND_CLOSES)
def round_closes(*, round, at):  # noqa: A002 - the payload's word
    rounds.close_round(round_id=round, by=None, at=at)


@handles(jobs.ROUND_ENDS)
def round_ends(*, round, at):  # noqa: A002
    rounds.end_round(round_id=round, by=None, at=at)


@handles(jobs.PLACE_SHORT)
def place_short(*, location, lot, by, at, left=False):
    counts.open_for_short(location=location, lot=lot, by=User.objects.get(pk=by), at=at, left=left)


@handles(jobs.PLAN_TRIPS)
def plan_trips(*, at):
    timetable.plan_ahead(at=at)


@handles(jobs.RECALLED_GOODS)
def recalled_goods(*, lot, at):
    recalls.open_pulls(lot=lot, at=at)


@handles(jobs.RECALL_BEGUN)
def recall_begun(*, recall, at):
    recalls.tell_centres(recall=recall, at=at)


@handles(jobs.RECALL_LETTER, atomic=False)
def recall_letter(*, recall, person, at):
    recalls.write_to(recall=recall, person=person)

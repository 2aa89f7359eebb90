"""Rules a centre's lead sets: who gets goods when there are not enough for all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Centre, RuleChange, ShortageRule
from distribution.operations.corrections import reasoned
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid


class UnknownRule(Invalid):
    code = "unknown_rule"

    def __init__(self) -> None:
        super().__init__(_("Nie ma takiej reguły."), field="rule")


@retried
@transaction.atomic
def set_shortage_rule(*, centre: int, rule: str, reason: str, by: User | None, at: datetime) -> Centre:
    """Another rule from now on, with why; contracts and standing orders come first under any. What was shared out
    already stays. The same rule again changes nothing. Raises UnknownRule, ReasonMissing."""
    if rule not in ShortageRule.values:
        raise UnknownRule
    row = locks.centre(centre)
    if row.shortage_rule != rule:
        RuleChange.objects.create(
            centre=row, old=row.shortage_rule, new=rule, reason=reasoned(reason), by=by, at=at
        )
        row.shortage_rule = rule
        row.save(update_fields=["shortage_rule"])
    return row

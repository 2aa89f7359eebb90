"""Staff share tablets: they switch by badge and PIN, so every movement names the person."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext as _

from distribution.models import Centre, CentreStaff, Scan
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


class WrongBadge(DomainError):
    code = "wrong_badge"

    def __init__(self) -> None:
        super().__init__(_("Zły identyfikator albo PIN."), field="pin")


class BadgeLocked(DomainError):
    code = "badge_locked"

    def __init__(self) -> None:
        super().__init__(_("Za dużo prób. Ten identyfikator odblokuje się za kwadrans."), field="pin")


def switch(*, centre: Centre, badge: str, pin: str, at: datetime) -> User:
    """The person whose badge and PIN these are, at this centre. Each wrong try is logged; five in a quarter
    of an hour lock the badge. Raises WrongBadge, BadgeLocked."""
    badge = badge.strip().upper()
    wrong = Scan.objects.filter(
        centre=centre, text=badge[:120], refused=WrongBadge.code, recorded_at__gt=at - LOCKED_FOR
    )
    if wrong.count() >= TRIES:
        raise BadgeLocked
    row = (
        CentreStaff.objects.select_related("user")
        .filter(centre=centre, badge=badge, is_active=True, user__is_active=True)
        .first()
    )
    if row is None or not check_password(pin, row.pin_hash):
        Scan.objects.create(centre=centre, text=badge[:120], refused=WrongBadge.code)
        raise WrongBadge
    return row.user

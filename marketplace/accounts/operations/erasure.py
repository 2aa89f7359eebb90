"""Erasing a person (Reg. (EU) 2016/679, art. 17): who they were goes, what happened stays."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from knox.models import AuthToken

from marketplace.accounts.models import User

NOBODY = "erased-{pk}@spichlerz.invalid"  # RFC 2606: a name no mail ever reaches


@transaction.atomic
def erase(*, user: User, at: datetime) -> User:
    """Clears name, e-mail and phone, ends every way to sign in and every session. A repeat changes nothing."""
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.erased_at is not None:
        return row
    EmailAddress.objects.filter(user=row).delete()
    Authenticator.objects.filter(user=row).delete()
    AuthToken.objects.filter(user=row).delete()
    row.email, row.name, row.phone = NOBODY.format(pk=row.pk), "", ""
    row.is_active = row.is_staff = row.is_superuser = False
    row.erased_at = at
    row.set_unusable_password()  # sessions carry a hash of the password, so they end with it
    row.save()
    return row

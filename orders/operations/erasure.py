"""Erasing a person from everything they ordered and worked at; orders, money and goods stay as facts."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from distribution.models import CentreStaff
from marketplace.accounts.models import User
from marketplace.accounts.operations import erasure as accounts
from marketplace.kernel.errors import DomainError
from orders.models import Basket, FinanceRole, Order, OrderContact
from orders.states import LIVE
from producers.models import ClusterRole, ProducerPerson


class OrdersUnderway(DomainError):
    code = "orders_underway"

    def __init__(self) -> None:
        super().__init__(
            _("Masz zamówienia w drodze. Odbierz je albo anuluj, wtedy konto będzie można usunąć.")
        )


class LastAtDesk(DomainError):
    code = "last_at_desk"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("Tylko Ty prowadzisz stronę „%(name)s”. Poproś koordynatora, żeby przejął ją ktoś inny.")
            % {"name": name}
        )


@transaction.atomic
def erase(*, user: User, by: User, at: datetime) -> User:
    """Clears contacts of the person's orders, baskets, roles and the account itself.

    Guest orders count as theirs when the e-mail was verified. Raises OrdersUnderway, LastAtDesk."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    theirs = Order.objects.filter(Q(user=user) | Q(contact__email__in=list(verified)))
    if theirs.filter(state__in=LIVE).exists():
        raise OrdersUnderway
    _leave_desks(user)
    numbers = list(theirs.values_list("pk", flat=True))
    OrderContact.objects.filter(pk__in=numbers, erased_at=None).update(
        name="", email="", phone="", client_address=None, erased_at=at
    )
    Order.objects.filter(pk__in=numbers).update(delivery_address=None)
    Basket.objects.filter(user=user).delete()
    CentreStaff.objects.filter(user=user).update(is_active=False)
    for role in (ProducerPerson, ClusterRole, FinanceRole):
        role.objects.filter(user=user).delete()
    return accounts.erase(user=user, at=at)


def _leave_desks(user):
    for mine in ProducerPerson.objects.filter(user=user, role=ProducerPerson.Role.OWNER).select_related(
        "producer"
    ):
        others = ProducerPerson.objects.filter(producer=mine.producer, role=ProducerPerson.Role.OWNER)
        if mine.producer.is_active and not others.exclude(user=user).exists():
            raise LastAtDesk(mine.producer.name)

"""Bank transfers that are awaited, and what came for an order."""

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.models import FinanceRole, MoneyEvent, OfflineReceipt, Order, Payment
from orders.states import PaymentMethod, PaymentState


def awaited() -> QuerySet[Payment]:
    """Open payments by transfer, the first due first, each with `due` grosze left."""
    due = (
        MoneyEvent.objects.filter(order=OuterRef("order"))
        .order_by()
        .values("order")
        .annotate(sum=Sum("grosze"))
    )
    return (
        Payment.objects.filter(method=PaymentMethod.BANK_TRANSFER, state=PaymentState.NEW)
        .select_related("order__round", "order__contact")
        .annotate(
            due=Coalesce(Subquery(due.values("sum"), output_field=IntegerField()), 0),
            has_receipt=Exists(OfflineReceipt.objects.filter(payment=OuterRef("pk"))),
            due_on=Coalesce(F("due_at"), F("created_at")),
        )
    )


def receipts(order: Order) -> QuerySet[OfflineReceipt]:
    return OfflineReceipt.objects.filter(payment__order=order).select_related("by").order_by("-pk")


def is_clerk(user: object) -> bool:
    """Whether the person looks after payments."""
    return FinanceRole.objects.filter(user_id=getattr(user, "pk", None)).exists()

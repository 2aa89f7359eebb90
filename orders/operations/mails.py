"""Letters to buyers and producers. At least once: a repeat carries the same Message-ID."""

from decimal import Decimal

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from distribution.models import Round
from distribution.queries import recalls
from marketplace.kernel.polish import day
from marketplace.kernel.tokens import secret_token
from orders.operations.checkout import order_token
from orders.queries import orders as order_queries
from orders.queries import producer_orders
from orders.queries.totals import due_grosze, total
from producers.models import Producer

SUBJECTS = {
    "placed": lambda number: _("Zamówienie %s przyjęte") % number,
    "confirm": lambda number: _("Potwierdź zamówienie %s") % number,
    "ready": lambda number: _("Zamówienie %s czeka na odbiór") % number,
    "short": lambda number: _("Zmiana w zamówieniu %s") % number,
    "moved": lambda number: _("Nowy dzień odbioru zamówienia %s") % number,
    "cancelled": lambda number: _("Zamówienie %s anulowane") % number,
    "expired": lambda number: _("Zamówienie %s wygasło") % number,
    "uncollected": lambda number: _("Zamówienie %s nie zostało odebrane") % number,
    "recalled": lambda number: _("Nie jedz tego produktu: wycofana partia w zamówieniu %s") % number,
    "returned": lambda number: _("Zwrot pieniędzy za zamówienie %s") % number,
    "restored": lambda number: _("Jednak będzie: zamówienie %s") % number,
    "given_up": lambda number: _("Zamówienie %s bez spóźnionej części") % number,
    "link": lambda number: _("Odnośnik do zamówienia %s") % number,
}


def send(*, number: str, message: str, recall: int | None = None) -> bool:
    """Sends one of SUBJECTS to the order's buyer in the language they ordered in. False when the contact was
    erased. `placed` is the durable copy of the contract: sellers, lines, total, terms. `recalled` names the lot
    of the recall and how many pieces of it the buyer has."""
    order = order_queries.whole(number)
    contact = order.contact
    if contact.erased_at is not None:
        return False
    with override(order.language):
        due = due_grosze(order)
        context = {
            "order": order,
            "address": _address(number, message),
            "total": total(order),
            "due": Decimal(max(due, 0)) / 100,
            "refund": Decimal(max(-due, 0)) / 100,
            "account": settings.SELLERS_AGENT_ACCOUNT,
            "account_name": settings.SELLERS_AGENT_NAME,
            "terms_version": order.terms_version,
            "site_url": settings.SITE_URL,
        }
        once = f"{message}.{number}"
        if recall is not None:
            context |= _recalled(recall, number)
            once = f"{message}.{recall}.{number}"
        _post(SUBJECTS[message](number), contact.email, f"orders/mail/{message}", context, once)
    return True


def _recalled(pk, number):
    recall = recalls.whole(pk)
    return {"recall": recall, "pieces": recalls.buyers(recall).get(number, 0)}


def _address(number, message):
    """The order's page; the letter that asks to confirm carries the key to it, so that only its reader can."""
    key = f"&potwierdz={secret_token('confirm', number)}" if message == "confirm" else ""
    return f"{settings.SITE_URL}/zamowienia/{number}/?token={order_token(number)}{key}"


def send_producer_list(*, round_id: int, producer_id: int) -> None:
    """Sends a producer what to bring for a round, by product."""
    producer = Producer.objects.get(pk=producer_id)
    round_ = Round.objects.select_related("centre").get(pk=round_id)
    with override("pl"):
        context = {
            "producer": producer,
            "round": round_,
            "totals": producer_orders.totals(producer=producer, round_=round_),
            "address": f"{settings.SITE_URL}/producent/{producer.slug}/zamowienia/{round_id}/",
            "site_url": settings.SITE_URL,
        }
        subject = _("Lista na turę: %(centre)s, %(day)s") % {
            "centre": round_.centre.name,
            "day": day(round_.hands_over_on),
        }
        _post(subject, producer.email, "orders/mail/producer_list", context, f"list.{round_id}.{producer_id}")


def _post(subject, to, template, context, message_id):
    text = render_to_string(f"{template}.txt", context)
    mail = EmailMultiAlternatives(
        subject,
        text,
        to=[to],
        headers={"Message-ID": f"<{message_id}@spichlerz>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    mail.send()

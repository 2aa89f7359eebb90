"""Placing an order: the whole basket or nothing, once per key, in one short transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from distribution import locks as centre_locks
from distribution.models import Round
from distribution.operations import holds, rounds
from distribution.operations.holds import NotEnoughSupply
from distribution.policies.sourcing import Wanted
from distribution.states import RoundState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date
from marketplace.kernel.commands import body_hash
from marketplace.kernel.database import execute, fetch_one, fetch_row, insert_all, retried
from marketplace.kernel.errors import DomainError, Invalid, KeyReused
from marketplace.kernel.money import ZERO, grosze, net_and_tax
from marketplace.kernel.outbox import NewJob
from marketplace.kernel.references import new_reference
from marketplace.kernel.tokens import secret_token, token_hash
from orders import jobs, locks
from orders.models import Basket, Order
from orders.policies.transfers import comes_in_time
from orders.queries.baskets import PricedLine, priced_lines
from orders.queries.channels import channel_of
from orders.states import LIVE, OrderState, PaymentMethod, PaymentState, Substitutes

ORDER = """
WITH placed AS (
  INSERT INTO orders_order (number, token_hash, basket_id, key, body_hash, user_id, place_id, round_id,
    slot_id, state, payment_method, substitutes, terms_version, language, placed_at, expires_at, placed_total)
  VALUES (%(number)s, %(token)s, %(basket)s, %(key)s, %(body)s, %(by)s, %(place)s, %(round)s,
    %(slot)s, %(state)s, %(method)s, %(substitutes)s, %(terms)s, %(language)s, %(at)s, %(expires)s, %(total)s)
  RETURNING id
), contact AS (
  INSERT INTO orders_ordercontact (order_id, name, email, phone, client_address)
  SELECT id, %(name)s, %(email)s, %(phone)s, %(address)s::inet FROM placed
), history AS (
  INSERT INTO orders_orderevent (order_id, old, new, by_id, at, reason)
  SELECT id, '', %(state)s, %(by)s, %(at)s, '' FROM placed
), payment AS (
  INSERT INTO orders_payment (order_id, attempt, method, grosze, state, due_at)
  SELECT id, 1, %(method)s, %(grosze)s, %(new)s, %(due)s FROM placed
), money AS (
  INSERT INTO orders_moneyevent (order_id, kind, grosze, at, by_id)
  SELECT id, 'PLACED', %(grosze)s, %(at)s, %(by)s FROM placed
)
SELECT id FROM placed
"""


class TermsNotAccepted(Invalid):
    code = "terms_not_accepted"

    def __init__(self) -> None:
        super().__init__(_("Zaakceptuj regulamin, żeby zamówić."), field="accept_terms")


class BasketEmpty(Invalid):
    code = "basket_empty"

    def __init__(self) -> None:
        super().__init__(_("Koszyk jest pusty."))


class OfferWithdrawn(DomainError):
    code = "offer_withdrawn"


class PriceChanged(DomainError):
    code = "price_changed"


class RoundClosed(DomainError):
    """`details["next_round"]` is the round the basket may join instead, or None."""

    code = "round_closed"

    def __init__(self, next_round: int | None) -> None:
        super().__init__(
            _("Ta tura jest już zamknięta. Koszyk został; wybierz następny termin."),
            field="round",
            next_round=next_round,
        )


class TooManyUnpaid(DomainError):
    code = "too_many_unpaid_orders"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("Masz już %(most)s nieopłacone zamówienia. Odbierz je, opłać albo anuluj któreś z nich.")
            % {"most": most},
            most=most,
        )


class TransferTooLate(DomainError):
    code = "transfer_too_late"

    def __init__(self) -> None:
        super().__init__(
            _("Przelew nie zdąży przed zamknięciem tej tury. Wybierz płatność przy odbiorze."),
            field="payment_method",
        )


@dataclass(frozen=True)
class Request:
    """What the buyer asks for; already of the right types, not yet allowed."""

    round: int
    slot: int
    email: str
    name: str
    phone: str
    payment_method: str
    substitutes: str = Substitutes.SIMILAR
    accept_terms: bool = False
    language: str = "pl"


@dataclass(frozen=True)
class Placed:
    order: Order
    token: str
    is_new: bool


def place_order(
    *, basket: Basket, key: UUID, request: Request, by: User | None, at: datetime, address: str | None
) -> Placed:
    """Places the basket as one order: holds for every line or none, a slot, a payment due, and the mail.

    The same key and request give the same order again; another request raises KeyReused. A refusal changes
    nothing and frees the key: BasketEmpty, OfferWithdrawn, PriceChanged, RoundClosed, SlotFull,
    NotEnoughSupply (naming offers and packs left), TooManyUnpaid, TransferTooLate, TermsNotAccepted.
    `address` is the client's, None to count by e-mail only.
    """
    if not request.accept_terms:
        raise TermsNotAccepted
    try:
        number = _place(basket=basket, key=key, request=request, by=by, at=at, address=address)
    except (DomainError, IntegrityError):
        # A repeat finds the basket emptied, itself among the unpaid, or the key taken.
        if repeated := _already_placed(basket, key, request):
            return repeated
        raise
    order = Order.objects.get(number=number)
    return Placed(order, order_token(number), is_new=True)


def order_token(number: str) -> str:
    """The token that opens the order without signing in; made again from the number, never stored."""
    return secret_token("order", number)


def _already_placed(basket, key, request):
    order = Order.objects.filter(basket_id=basket.pk, key=key).first()
    if order is None:
        return None
    if order.body_hash != body_hash(request.__dict__):
        raise KeyReused
    return Placed(order, order_token(order.number), is_new=False)


@retried
@transaction.atomic
def _place(*, basket, key, request, by, at, address):
    number = new_reference("Z")
    _limit_unpaid(request.email, address)
    round_ = _lock_round(basket, request, at)
    rounds.take_slot(slot=request.slot, round_id=round_.pk)
    lines = priced_lines(basket=basket.pk, at=at)
    _check(lines)
    total = sum((line.total for line in lines), ZERO)
    state, expires_at = _terms_of_payment(request, round_, total, by, at)
    order = _write_order(basket, key, request, round_, number, state, expires_at, total, by, at, address)
    _write_lines(order, lines)
    _take_holds(round_, number, lines, by)
    execute("DELETE FROM orders_basketline WHERE basket_id = %s", [basket.pk])
    outbox.write(_jobs(number, state, expires_at, lines))
    return number


def _limit_unpaid(email, address):
    """Counts open unpaid orders under a lock, so parallel checkouts of one person are counted one by one."""
    keys = [f"email:{email.lower()}"] + ([f"address:{address}"] if address else [])
    locks.people(*keys)
    row = fetch_row(
        """
        SELECT count(*) FILTER (WHERE c.email = %s), count(*) FILTER (WHERE c.client_address = %s::inet)
        FROM orders_ordercontact c JOIN orders_order o ON o.id = c.order_id
        WHERE (c.email = %s OR c.client_address = %s::inet) AND o.state = ANY(%s)
          AND NOT EXISTS (SELECT 1 FROM orders_payment p WHERE p.order_id = o.id AND p.state = 'CAPTURED')
        """,
        [email.lower(), address, email.lower(), address, list(LIVE)],
    )
    if row[0] >= settings.UNPAID_ORDERS_PER_EMAIL:
        raise TooManyUnpaid(settings.UNPAID_ORDERS_PER_EMAIL)
    if address and row[1] >= settings.UNPAID_ORDERS_PER_ADDRESS:
        raise TooManyUnpaid(settings.UNPAID_ORDERS_PER_ADDRESS)


def _lock_round(basket, request, at) -> Round:
    round_ = centre_locks.round_shared(request.round)
    joinable = (
        round_.place_id == basket.place_id
        and round_.state == RoundState.OPEN
        and round_.opens_at <= at < round_.orders_close_at
    )
    if not joinable:
        row = fetch_one(
            "SELECT id FROM distribution_round WHERE place_id = %s AND state = 'OPEN' AND NOT is_rehearsal "
            "AND opens_at <= %s AND orders_close_at > %s ORDER BY orders_close_at LIMIT 1",
            [basket.place_id, at, at],
        )
        raise RoundClosed(row[0] if row else None)
    return round_


def _check(lines: Sequence[PricedLine]):
    if not lines:
        raise BasketEmpty
    if gone := [line for line in lines if not line.on_sale]:
        raise OfferWithdrawn(
            _("Nie ma już w sprzedaży: %(names)s.") % {"names": ", ".join(line.name for line in gone)},
            offers=[line.offer for line in gone],
        )
    if changed := [line for line in lines if line.is_repriced]:
        raise PriceChanged(
            _("Zmieniła się cena: %(names)s. Sprawdź koszyk przed zamówieniem.")
            % {"names": ", ".join(line.name for line in changed)},
            offers=[
                {"offer": line.offer, "was": str(line.price_seen), "is": str(line.price)} for line in changed
            ],
        )


def _terms_of_payment(request, round_, total, by, at):
    """State and expiry of the new order: a transfer must come before the round closes; a guest's larger
    order paid on collection is confirmed from the mail first."""
    if request.payment_method == PaymentMethod.BANK_TRANSFER:
        if not comes_in_time(
            today=local_date(at),
            closes_on=round_.closes_on,
            working_days=settings.BANK_TRANSFER_WORKING_DAYS,
        ):
            raise TransferTooLate
        return OrderState.PLACED, round_.orders_close_at - timedelta(hours=2)
    if by is None and total > Decimal(settings.GUEST_CONFIRMATION_ABOVE):
        until = at + timedelta(minutes=settings.GUEST_CONFIRMATION_MINUTES)
        return OrderState.UNCONFIRMED, min(until, round_.orders_close_at)
    return OrderState.PLACED, None


def _write_order(basket, key, request, round_, number, state, expires_at, total, by, at, address):
    """Order, contact, history, payment and money event in one statement; returns the order's id."""
    row = fetch_row(
        ORDER,
        {
            "number": number,
            "token": token_hash(order_token(number)),
            "basket": basket.pk,
            "key": key,
            "body": body_hash(request.__dict__),
            "by": by.pk if by else None,
            "place": basket.place_id,
            "round": round_.pk,
            "slot": request.slot,
            "state": state,
            "method": request.payment_method,
            "substitutes": request.substitutes,
            "terms": settings.TERMS_VERSION,
            "language": request.language,
            "at": at,
            "expires": expires_at,
            "due": expires_at if request.payment_method == PaymentMethod.BANK_TRANSFER else None,
            "total": total,
            "grosze": grosze(total),
            "new": PaymentState.NEW,
            "name": request.name,
            "email": request.email.lower(),
            "phone": request.phone,
            "address": address,
        },
    )
    return row[0]


def _write_lines(order, lines):
    """A part per seller, and the lines frozen as they are now: two statements whatever their number."""
    taxed = [net_and_tax(line.total, line.vat_percent) for line in lines]
    parts: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for line, (net, tax) in zip(lines, taxed, strict=True):
        parts[line.producer][0] += net
        parts[line.producer][1] += tax
    made = insert_all(
        "orders_sellerpart",
        {
            "order_id": ("bigint", [order] * len(parts)),
            "producer_id": ("bigint", list(parts)),
            "gross": ("numeric", [net + tax for net, tax in parts.values()]),
            "net": ("numeric", [net for net, _ in parts.values()]),
            "vat": ("numeric", [tax for _, tax in parts.values()]),
        },
        returning="id",
    )
    part_of = dict(zip(parts, made, strict=True))
    insert_all(
        "orders_line",
        {
            "order_id": ("bigint", [order] * len(lines)),
            "seller_part_id": ("bigint", [part_of[line.producer] for line in lines]),
            "position": ("int", range(1, len(lines) + 1)),
            "offer_id": ("bigint", [line.offer for line in lines]),
            "item_id": ("bigint", [line.item for line in lines]),
            "name": ("text", [line.name for line in lines]),
            "producer_name": ("text", [line.producer_name for line in lines]),
            "pack": ("text", [line.pack for line in lines]),
            "sold_by": ("text", [line.sold_by for line in lines]),
            "quantity": ("int", [line.quantity for line in lines]),
            "pieces": ("int", [line.pieces for line in lines]),
            "expected_grams": ("int", [line.expected_grams for line in lines]),
            "agreed_max": ("int", [line.agreed_max for line in lines]),
            "price": ("numeric", [line.price for line in lines]),
            "vat_percent": ("numeric", [line.vat_percent for line in lines]),
            "placed_total": ("numeric", [line.total for line in lines]),
            "short": ("int", [0] * len(lines)),
        },
    )


def _take_holds(round_, number, lines, by):
    wanted = [
        Wanted(
            position,
            line.item,
            line.pieces,
            line.enough_until(round_.hands_over_on),
            line.max_grams_each if line.agreed_max is not None else None,
        )
        for position, line in enumerate(lines, start=1)
    ]
    try:
        buyer = f"u{by.pk}" if by else ""
        holds.take(round_id=round_.pk, reference=number, wanted=wanted, buyer=buyer, channel=channel_of(by))
    except NotEnoughSupply as refusal:
        raise _named(refusal, lines) from refusal


def _named(refusal, lines):
    """The refusal in the buyer's words: which offers, and how many packs are left of each."""
    short = [
        (lines[position - 1], left // lines[position - 1].pieces_each)
        for position, left in refusal.details["lines"].items()
    ]
    words = "; ".join(
        _("%(name)s: zostało %(left)s") % {"name": line.name, "left": left} for line, left in short
    )
    return NotEnoughSupply(
        _("Nie ma już tyle towaru. %(words)s.") % {"words": words},
        offers=[
            {"offer": line.offer, "name": line.name, "wanted": line.quantity, "left": left}
            for line, left in short
        ],
    )


def _jobs(number, state, expires_at, lines):
    message = "confirm" if state == OrderState.UNCONFIRMED else "placed"
    made = [
        NewJob(jobs.MAIL, f"mail:{message}:{number}", {"order": number, "message": message}, queue="mail")
    ]
    if expires_at is not None:
        made.append(
            NewJob(jobs.ORDER_EXPIRES, f"order_expires:{number}", {"order": number}, run_after=expires_at)
        )
    return made

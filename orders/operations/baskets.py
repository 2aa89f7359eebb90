"""Baskets: made at a place, filled, emptied. They hold nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from distribution.models import HandoverPlace
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError, Invalid, NotFound
from orders.models import Basket, BasketLine
from producers.models import Offer, Price
from producers.states import Publication

MOST_LINES = 100


class WrongQuantity(Invalid):
    code = "wrong_quantity"


class OfferWithdrawn(DomainError):
    code = "offer_withdrawn"


class BasketFull(DomainError):
    code = "basket_full"

    def __init__(self) -> None:
        super().__init__(_("Koszyk mieści 100 różnych produktów."))


def start(*, place: HandoverPlace, by: User | None) -> Basket:
    """An empty basket for collection at the place."""
    return Basket.objects.create(place=place, user=by)


@transaction.atomic
def set_quantity(*, basket: Basket, offer_id: int, quantity: int, at: datetime) -> None:
    """Puts `quantity` packs of the offer in the basket at today's price, which the buyer thereby has seen;
    0 takes it out. Raises NotFound, WrongQuantity, OfferWithdrawn, BasketFull."""
    if quantity == 0:
        BasketLine.objects.filter(basket=basket, offer_id=offer_id).delete()
        return
    offer = Offer.objects.select_related("stock_item__product__producer").filter(pk=offer_id).first()
    if offer is None or offer.state == Publication.DRAFT:
        raise NotFound(_("Nie ma takiej oferty."))
    product = offer.stock_item.product
    on_sale = offer.state == product.state == Publication.PUBLISHED and product.producer.is_active
    price = Price.objects.filter(offer=offer, price_list="RETAIL", min_quantity=1).in_force(at).first()
    if not on_sale or price is None:
        raise OfferWithdrawn(_("Tej oferty nie ma już w sprzedaży: %(name)s.") % {"name": product.name})
    if not 1 <= quantity <= offer.max_per_order:
        raise WrongQuantity(
            _("Podaj liczbę od 1 do %(most)s.") % {"most": offer.max_per_order},
            field="quantity",
            most=offer.max_per_order,
        )
    BasketLine.objects.update_or_create(
        basket=basket, offer=offer, defaults={"quantity": quantity, "price_seen": price.amount}
    )
    if BasketLine.objects.filter(basket=basket).aggregate(n=Count("id"))["n"] > MOST_LINES:
        raise BasketFull


@transaction.atomic
def accept_prices(*, basket: Basket, at: datetime) -> None:
    """The buyer has seen today's prices of all lines."""
    for line in BasketLine.objects.filter(basket=basket):
        price = Price.objects.filter(offer_id=line.offer_id, price_list="RETAIL", min_quantity=1).in_force(at)
        if newest := price.first():
            BasketLine.objects.filter(pk=line.pk).update(price_seen=newest.amount)


def move(*, basket: Basket, place: HandoverPlace) -> None:
    """The basket will be collected somewhere else; its lines stay."""
    Basket.objects.filter(pk=basket.pk).update(place=place)
    basket.place = place


def adopt(*, basket: UUID, by: User | None) -> None:
    """An anonymous basket becomes the signed-in person's."""
    Basket.objects.filter(pk=basket, user=None).update(user=by)

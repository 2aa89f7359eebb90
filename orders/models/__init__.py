from orders.models.basket import Basket, BasketLine
from orders.models.line import Line, SellerPart
from orders.models.money_event import MoneyEvent
from orders.models.order import Order, OrderContact, OrderEvent
from orders.models.payment import OfflineReceipt, Payment
from orders.models.postponement import BuyerChannel, Postponement
from orders.models.role import FinanceRole

__all__ = [
    "Basket",
    "BasketLine",
    "BuyerChannel",
    "FinanceRole",
    "Line",
    "MoneyEvent",
    "OfflineReceipt",
    "Order",
    "OrderContact",
    "OrderEvent",
    "Payment",
    "Postponement",
    "SellerPart",
]

"""One factory per model, and `market`: a small network built through the operations people use."""

from tests.factories.distribution import CentreFactory, LocationFactory, RoundFactory, StaffFactory
from tests.factories.people import UserFactory
from tests.factories.producers import OfferFactory, ProducerFactory, ProductFactory, StockItemFactory

__all__ = [
    "CentreFactory",
    "LocationFactory",
    "OfferFactory",
    "ProducerFactory",
    "ProductFactory",
    "RoundFactory",
    "StaffFactory",
    "StockItemFactory",
    "UserFactory",
]

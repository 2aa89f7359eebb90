from producers.models.allergen import Allergen
from producers.models.category import Category
from producers.models.cluster import Cluster, ClusterRole, Member
from producers.models.geography import Gmina, Place, PostalCode, Powiat, PowiatNeighbour, Voivodeship
from producers.models.heritage import HeritageEntry
from producers.models.listing import Listing
from producers.models.mark import Mark, ProductMark
from producers.models.offer import Offer
from producers.models.price import Price, PriceList
from producers.models.producer import Producer, ProducerPerson
from producers.models.product import Product, ProductEvent, StockItem
from producers.models.vat import VatClass, VatRate

__all__ = [
    "Allergen",
    "Category",
    "Cluster",
    "ClusterRole",
    "Gmina",
    "HeritageEntry",
    "Listing",
    "Mark",
    "Member",
    "Offer",
    "Place",
    "PostalCode",
    "Powiat",
    "PowiatNeighbour",
    "Price",
    "PriceList",
    "Producer",
    "ProducerPerson",
    "Product",
    "ProductEvent",
    "ProductMark",
    "StockItem",
    "VatClass",
    "VatRate",
    "Voivodeship",
]

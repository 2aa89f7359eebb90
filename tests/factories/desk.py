"""A desk to sign in to: a producer with its person, and the allergens of the Act."""

import csv
from pathlib import Path

from producers.models import Allergen, PriceList, Producer, ProducerPerson
from tests.factories.people import UserFactory
from tests.factories.producers import CategoryFactory, ProducerFactory, VatClassFactory

ALLERGENS = Path("producers/data/allergens.csv")


def desk(producer: Producer | None = None):
    """A producer and the person who runs it; reference rows that the forms choose from."""
    producer = producer or ProducerFactory()
    user = UserFactory()
    ProducerPerson.objects.create(producer=producer, user=user, role=ProducerPerson.Role.OWNER)
    reference()
    return producer, user


def reference():
    CategoryFactory()
    VatClassFactory()
    PriceList.objects.get_or_create(code="RETAIL", defaults={"name": "detaliczny"})
    with ALLERGENS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            Allergen.objects.get_or_create(
                key=row["key"],
                defaults={
                    "number": row["annex_ii_number"],
                    "name_pl": row["name_pl"],
                    "name_en": row["name_en"],
                    "examples": row["examples_pl"],
                },
            )


def facts(**changes):
    """What a form sends for a complete product."""
    return {
        "name": "Twaróg klinek",
        "category": CategoryFactory().pk,
        "ingredients": "mleko, sól",
        "storage": "W lodówce, 2–6 °C.",
        "temperature": "CHILLED",
        "date_kind": "USE_BY",
        "shelf_life_days": "12",
        "minimum_life_days": "4",
        "vat_class": VatClassFactory().pk,
        "origin": "Polska",
        "nutrition_ground": "SMALL_MAKER",
        **changes,
    }

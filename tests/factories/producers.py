from datetime import UTC, date, datetime
from decimal import Decimal

import factory

from marketplace.kernel.polish import fold, sort_key
from producers.models import (
    Allergen,
    Category,
    Offer,
    Place,
    Powiat,
    Price,
    PriceList,
    Producer,
    Product,
    StockItem,
    VatClass,
    VatRate,
    Voivodeship,
)


class VoivodeshipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Voivodeship
        django_get_or_create = ("teryt",)

    teryt = "30"
    name = "wielkopolskie"
    name_en = "Greater Poland"
    slug = "wielkopolskie"
    capital = "Poznań"
    iso = "PL-30"
    latitude = 52.4
    longitude = 16.9
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))


class PowiatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Powiat
        django_get_or_create = ("teryt",)

    teryt = "3013"
    name = "powiat leszczyński"
    kind = "powiat ziemski"
    voivodeship = factory.SubFactory(VoivodeshipFactory)


class PlaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Place
        django_get_or_create = ("geoname_id",)

    geoname_id = 3093692
    name = "Leszno"
    is_town = True
    powiat = factory.SubFactory(PowiatFactory)
    voivodeship = factory.SelfAttribute("powiat.voivodeship")
    latitude = 51.84
    longitude = 16.57
    population = 64000
    postal_code = "64-100"
    search_text = factory.LazyAttribute(lambda o: fold(o.name))
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "sery"
    name_pl = "Sery"
    name_en = "Cheese"
    icon = "milk"


class AllergenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Allergen
        django_get_or_create = ("key",)

    key = "milk"
    number = 7
    name_pl = "Mleko"
    name_en = "Milk"
    examples = "mleko, ser"


class VatClassFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VatClass
        django_get_or_create = ("key",)
        skip_postgeneration_save = True

    key = "dairy_eggs_honey"
    name = "Produkty mleczarskie, jaja, miód"

    @factory.post_generation
    def rates(self, create, extracted, **kwargs):
        VatRate.objects.get_or_create(
            vat_class=self,
            valid_from=date(2024, 4, 1),
            defaults={"percent": Decimal(5), "legal_basis": "zał. 10 poz. 3", "confidence": "confirmed"},
        )


class ProducerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Producer

    slug = factory.Sequence(lambda n: f"mleczarnia-{n}")
    name = factory.Sequence(lambda n: f"Mleczarnia {n}")
    legal_form = "SOLE_TRADER"
    vat_status = "ACTIVE"
    place = factory.SubFactory(PlaceFactory)
    voivodeship = factory.SelfAttribute("place.voivodeship")
    street = "Polna 1"
    postal_code = "64-100"
    latitude = 51.84
    longitude = 16.57
    email = factory.Sequence(lambda n: f"mleczarnia{n}@example.pl")
    phone = "655000000"
    joined_on = date(2026, 1, 1)
    search_text = factory.LazyAttribute(lambda o: fold(o.name))
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))


class ProductFactory(factory.django.DjangoModelFactory):
    """A published product with all its facts; pass state="DRAFT" for one that is not."""

    class Meta:
        model = Product

    producer = factory.SubFactory(ProducerFactory)
    slug = factory.Sequence(lambda n: f"ser-{n}")
    name = factory.Sequence(lambda n: f"Ser smażony {n}")
    category = factory.SubFactory(CategoryFactory)
    ingredients = "{milk:mleko}, sól"
    allergens = ["milk"]
    storage = "Przechowywać w 2–8 °C."
    origin = "Polska"
    nutrition_ground = "SMALL_MAKER"
    temperature = "AMBIENT"
    date_kind = "BEST_BEFORE"
    shelf_life_days = 60
    minimum_life_days = 5
    vat_class = factory.SubFactory(VatClassFactory)
    state = "PUBLISHED"
    published_at = datetime(2026, 11, 1, tzinfo=UTC)


class StockItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockItem

    product = factory.SubFactory(ProductFactory)
    name = "słoik 250 g"
    content = 250
    unit = "G"


class OfferFactory(factory.django.DjangoModelFactory):
    """A published offer with a price; `price=Decimal("12.50")` sets it."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    stock_item = factory.SubFactory(StockItemFactory)
    pack = "słoik 250 g"
    pieces = 1
    state = "PUBLISHED"

    @factory.post_generation
    def price(self, create, extracted, **kwargs):
        PriceList.objects.get_or_create(code="RETAIL", defaults={"name": "detaliczny"})
        Price.objects.create(
            offer=self, amount=extracted or Decimal("12.50"), valid_from=datetime(2026, 11, 1, tzinfo=UTC)
        )

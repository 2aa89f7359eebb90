from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from producers.models import (
    Category,
    Listing,
    Mark,
    Offer,
    Place,
    Powiat,
    Price,
    Producer,
    Product,
    ProductMark,
    StockItem,
    VatClass,
    Voivodeship,
)
from producers.operations import listings

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def product():
    unit = Voivodeship.objects.create(
        teryt="30",
        name="wielkopolskie",
        name_en="Greater Poland",
        slug="wielkopolskie",
        capital="Poznań",
        iso="PL-30",
        latitude=52.3,
        longitude=17.2,
        sort_key="wielkopolskie",
    )
    powiat = Powiat.objects.create(teryt="3013", name="powiat leszczyński", kind="", voivodeship=unit)
    place = Place.objects.create(
        geoname_id=1,
        name="Święciechowa",
        is_town=False,
        voivodeship=unit,
        powiat=powiat,
        latitude=51.8,
        longitude=16.5,
        search_text="swieciechowa",
        sort_key="s~wie~ciechowa",
    )
    producer = Producer.objects.create(
        slug="mleczarnia",
        name="Mleczarnia Pod Lipą",
        legal_form="COMPANY",
        vat_status="ACTIVE",
        place=place,
        voivodeship=unit,
        street="Rynek 1",
        postal_code="64-115",
        latitude=51.8,
        longitude=16.5,
        email="a@example.pl",
        phone="1",
        joined_on=AT.date(),
        search_text="mleczarnia pod lipa",
        sort_key="mleczarnia pod lipa~",
    )
    shelf = Category.objects.create(slug="nabial", name_pl="Nabiał", name_en="Dairy", icon="milk")
    cheese = Category.objects.create(slug="sery", name_pl="Sery", name_en="Cheese", icon="milk", parent=shelf)
    return Product.objects.create(
        producer=producer,
        slug="ser",
        name="Ser smażony żółty",
        category=cheese,
        allergens=["milk"],
        storage="W chłodzie.",
        temperature="CHILLED",
        date_kind="BEST_BEFORE",
        shelf_life_days=20,
        minimum_life_days=5,
        vat_class=VatClass.objects.create(key="dairy", name="nabiał"),
        state="PUBLISHED",
        published_at=AT,
    )


@pytest.fixture
def offer(product):
    item = StockItem.objects.create(product=product, name="kubek 250 g", content=250, unit="G")
    return Offer.objects.create(stock_item=item, pack="kubek 250 g", state="PUBLISHED")


def price(offer, amount, *, days_ago):
    Price.objects.create(offer=offer, amount=Decimal(amount), valid_from=AT - timedelta(days=days_ago))


def test_listing_tells_all_a_list_shows(offer):
    price(offer, "9.99", days_ago=50)
    assert listings.refresh(at=AT) == 1
    listing = Listing.objects.get()
    assert (listing.price, listing.unit_price) == (Decimal("9.99"), Decimal("39.96"))
    assert listing.lowest_30_days is None
    shelves = Category.objects.in_bulk(listing.category_ids, field_name="pk")
    assert {shelf.slug for shelf in shelves.values()} == {"sery", "nabial"}
    assert listing.search_text == (
        "ser smazony zolty mleczarnia pod lipa swieciechowa wielkopolskie sery nabial"
    )
    assert (listing.place_name, listing.allergens, listing.marks) == ("Święciechowa", ["milk"], [])


def test_unit_price_of_a_case_counts_all_its_pieces(offer):
    case = Offer.objects.create(
        stock_item=offer.stock_item, pack="karton 6 × 250 g", pieces=6, state="PUBLISHED"
    )
    price(case, "54.00", days_ago=1)
    listings.refresh(at=AT)
    assert Listing.objects.get(offer=case).unit_price == Decimal("36.00")


def test_unit_price_of_goods_sold_by_weight_is_the_price(product):
    item = StockItem.objects.create(product=product, name="gomółka", content=300, unit="G")
    offer = Offer.objects.create(
        stock_item=item,
        pack="gomółka ok. 300 g",
        sold_by="WEIGHT",
        expected_grams=300,
        max_grams=360,
        state="PUBLISHED",
    )
    price(offer, "61.50", days_ago=1)
    listings.refresh(at=AT)
    assert Listing.objects.get().unit_price == Decimal("61.50")


@pytest.mark.parametrize(
    ("history", "lowest"),
    [
        ([("10.00", 45), ("8.00", 5)], Decimal("10.00")),
        ([("7.00", 45), ("10.00", 20), ("8.00", 5)], Decimal("7.00")),
        ([("7.00", 60), ("10.00", 36), ("8.00", 5)], Decimal("10.00")),
        ([("8.00", 45), ("10.00", 5)], None),
        ([("10.00", 45)], None),
        ([("10.00", 45), ("6.00", 5), ("8.00", 5)], Decimal("10.00")),
        ([("10.00", 45), ("8.00", -1)], None),
    ],
    ids=[
        "lowered",
        "cheaper-before",
        "too-long-ago",
        "raised",
        "never-changed",
        "replaced-at-once",
        "future",
    ],
)
def test_lowest_price_of_30_days_shows_when_the_price_was_lowered(offer, history, lowest):
    for amount, days_ago in history:
        price(offer, amount, days_ago=days_ago)
    listings.refresh(at=AT)
    assert Listing.objects.get().lowest_30_days == lowest


@pytest.mark.parametrize(
    "perishable", [{"spoils_fast": True}, {"date_kind": "USE_BY"}], ids=["spoils", "use-by"]
)
@pytest.mark.parametrize(
    ("history", "before"),
    [
        ([("10.00", 45), ("8.00", 5)], Decimal("10.00")),
        ([("7.00", 45), ("10.00", 20), ("8.00", 5)], Decimal("10.00")),
        ([("10.00", 90), ("9.00", 60), ("8.00", 5), ("6.00", 1)], Decimal("10.00")),
        ([("10.00", 45), ("9.00", 20), ("9.00", 10), ("8.00", 5)], Decimal("10.00")),
        ([("10.00", 45), ("6.00", 20), ("9.00", 10), ("8.00", 5)], Decimal("9.00")),
        ([("10.00", 45), ("12.00", 5), ("8.00", 5)], Decimal("10.00")),
        ([("8.00", 45), ("10.00", 5)], None),
        ([("10.00", 45)], None),
        ([("10.00", 45), ("8.00", -1)], None),
    ],
    ids=[
        "lowered",
        "cheaper-before-a-raise",
        "in-three-steps",
        "said-again-between",
        "raised-between",
        "replaced-at-once",
        "raised",
        "never-changed",
        "future",
    ],
)
def test_goods_that_spoil_fast_show_the_price_before_the_first_reduction(offer, history, before, perishable):
    Product.objects.update(**perishable)
    for amount, days_ago in history:
        price(offer, amount, days_ago=days_ago)
    listings.refresh(at=AT)
    listing = Listing.objects.get()
    assert (listing.before_reduction, listing.lowest_30_days) == (before, None)


def test_marks_count_on_the_warsaw_day_only(offer):
    price(offer, "9.99", days_ago=1)
    for code, until in (("LPT", None), ("ORGANIC", AT.date() - timedelta(days=1))):
        mark = Mark.objects.create(code=code, name_pl=f"Znak {code}", name_en=code, short=code)
        ProductMark.objects.create(
            product=offer.stock_item.product,
            mark=mark,
            valid_from=AT.date() - timedelta(days=9),
            valid_until=until,
        )
    listings.refresh(at=AT)
    listing = Listing.objects.get()
    assert listing.marks == ["LPT"]
    assert listing.search_text.endswith("lpt znak lpt")


def test_listing_goes_when_the_offer_is_no_longer_on_sale(offer):
    price(offer, "9.99", days_ago=1)
    listings.refresh(offers=[offer.pk], at=AT)
    Offer.objects.update(state="HIDDEN")
    assert listings.refresh(offers=[offer.pk], at=AT) == 0
    assert not Listing.objects.exists()


def test_listing_of_another_offer_is_left_alone(offer):
    price(offer, "9.99", days_ago=1)
    listings.refresh(at=AT)
    assert listings.refresh(offers=[offer.pk + 1], at=AT) == 0
    assert Listing.objects.count() == 1


def test_listing_without_a_price_in_force_is_not_written(offer):
    price(offer, "9.99", days_ago=-1)
    assert listings.refresh(at=AT) == 0

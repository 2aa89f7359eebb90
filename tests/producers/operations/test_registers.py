from datetime import date

import pytest
from django.db import transaction

from producers.models import Category, HeritageEntry, Place, PostalCode, VatRate
from producers.operations.registers import load_registers
from producers.operations.registers.shelves import Shelves

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def counts(django_db_setup, django_db_blocker):
    """The registers, loaded once; each test's own writes are undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_registers()
        transaction.set_rollback(True)


def slugs_and_ids():
    return dict(HeritageEntry.objects.values_list("slug", "pk"))


def test_registers_loaded_twice_are_the_same(counts):
    first, slugs, places = counts, slugs_and_ids(), Place.objects.count()
    again = load_registers()
    assert again == first
    assert slugs_and_ids() == slugs
    assert (Place.objects.count(), PostalCode.objects.count()) == (places, first["postal_codes"])
    assert (first["voivodeships"], first["powiaty"], first["allergens"]) == (16, 380, 14)


def test_heritage_has_both_registers():
    assert HeritageEntry.objects.filter(register="LPT").count() == 2119
    assert HeritageEntry.objects.exclude(register="LPT").count() == 48
    oscypek = HeritageEntry.objects.get(slug="oscypek")
    assert (oscypek.register, oscypek.year, oscypek.category.slug) == ("PDO", 2008, "sery")
    assert [unit.name for unit in oscypek.voivodeships.all()] == ["małopolskie", "śląskie"]
    assert not HeritageEntry.objects.filter(voivodeships=None).exists()


def test_heritage_of_the_whole_country_lies_in_every_voivodeship():
    assert HeritageEntry.objects.get(slug="olej-rydzowy-tradycyjny").voivodeships.count() == 16


def test_vat_rate_of_a_day_is_one_and_the_past_is_known():
    of_bread = VatRate.objects.filter(vat_class="bakery_pasta")
    assert [rate.percent for rate in of_bread.valid_on(date(2023, 5, 1))] == [0]
    assert [rate.percent for rate in of_bread.valid_on(date(2026, 11, 22))] == [5]


def test_vat_rate_changed_by_the_operator_is_kept():
    VatRate.objects.filter(vat_class="mustard").update(percent=23)
    load_registers()
    assert VatRate.objects.get(vat_class="mustard").percent == 23


def test_categories_have_two_levels():
    assert Category.objects.filter(parent=None).count() == 10
    assert not Category.objects.filter(parent__parent__isnull=False).exists()


@pytest.mark.parametrize(
    ("name", "register_key", "shelf"),
    [
        ("Ogórki kiszone z liściem dębu", "warzywa_owoce", "kiszonki"),
        ("Suski miód spadziowy z drzew iglastych", "miody", "miody-spadziowe"),
        ("Karp wędzony z Bełżca", "ryby", "ryby-wedzone"),
        ("Masło z Olesna", "oleje_tluszcze", "maslo"),
        ("Trójniak staropolski tradycyjny", "napoje", "trunki"),
        ("Hulajdy", "gotowe_dania", "dania-gotowe"),
    ],
)
def test_shelf_follows_from_the_name(name, register_key, shelf):
    assert Shelves().find(name, register_key) == shelf

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from distribution.models import Document, Leg, Supply
from marketplace.local import demo
from marketplace.local.demo import checks
from producers.models import Listing
from producers.operations.registers import load_registers
from tests.local.breaches import breaches

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def checksum():
    rows = Listing.objects.order_by("producer_slug", "product_slug", "pack", "pieces")
    supply = Supply.objects.order_by(
        "centre__code", "item__product__slug", "kind", "usable_until", "quantity"
    )
    text = repr(list(rows.values_list("producer_slug", "name", "pack", "price", "lowest_30_days", "marks")))
    text += repr(list(supply.values_list("centre__code", "item__product__slug", "usable_until", "quantity")))
    legs = Leg.objects.order_by("from_centre__code", "to_centre__code", "departs_hour")
    text += repr(list(legs.values_list("from_centre__code", "to_centre__code", "arrives_hour", "vehicle")))
    return hashlib.sha256(text.encode()).hexdigest()


class Undone(Exception):
    """Takes back what a block wrote."""


def test_same_seed_gives_the_same_network():
    load_registers()
    sums = []
    for seed in (7, 7, 8):
        with suppress(Undone), transaction.atomic():
            demo.seed(producers=20, offers=120, seed=seed, at=AT)
            sums.append(checksum())
            raise Undone
    assert sums[0] == sums[1] != sums[2]


def test_year_of_a_document_is_the_warsaw_year():
    load_registers()
    demo.seed(producers=20, offers=120, seed=7, at=datetime(2027, 1, 2, 12, tzinfo=UTC))
    assert set(Document.objects.values_list("year", flat=True)) == {2026, 2027}
    assert breaches() == {}


@pytest.mark.parametrize(("body", "whole"), [("590123412345", "5901234123457"), ("4006381", "40063812")])
def test_gs1_check_digit(body, whole):
    assert checks.gs1(body) == whole


def test_nip_has_its_check_digit():
    weights = (6, 5, 7, 2, 3, 4, 5, 6, 7)
    numbers = [checks.nip(serial) for serial in range(3000)]
    assert all(sum(int(n[i]) * weights[i] for i in range(9)) % 11 == int(n[9]) for n in numbers)
    assert len(set(numbers)) == 3000


def test_sign_ins_of_an_empty_database_say_so():
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert out.getvalue() == "W tej bazie nie ma osób pokazowych.\n"

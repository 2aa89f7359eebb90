"""One small network, seeded once for all the tests here; each test's own writes are undone."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from distribution.models import Centre, HandlingUnit, Leg, Round, Supply
from distribution.queries import availability
from marketplace.accounts.models import User
from marketplace.kernel.clock import holidays, local_date
from marketplace.kernel.models import Job
from marketplace.local import demo
from marketplace.local.demo import checks
from producers.models import Listing, Mark, Member, Offer, PostalCode, Producer, Product, ProductMark
from producers.operations.registers import load_registers
from tests.local.breaches import breaches, found

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def network(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_registers()
        yield demo.seed(producers=20, offers=120, seed=7, at=AT)
        transaction.set_rollback(True)


def test_ledger_supply_and_documents_agree(network):
    assert breaches() == {}


def test_network_has_what_was_asked_for(network):
    assert (Producer.objects.count(), Offer.objects.count(), Listing.objects.count()) == (20, 120, 120)
    assert network == {
        "producers": 20,
        "products": Product.objects.count(),
        "offers": 120,
        "centres": 17,
        "rounds": Round.objects.count(),
        "legs": Leg.objects.count(),
    }
    assert Offer.objects.filter(sold_by="WEIGHT").count() == 10
    assert set(Member.objects.values_list("kind", flat=True)) == set(Member.Kind.values)
    assert not Producer.objects.filter(is_demo=False).exists()
    assert ProductMark.objects.filter(mark=Mark.objects.get(code="LESZNO")).exists()


def test_every_postal_code_finds_one_centre_and_leszno_its_own(network):
    unserved, unsure = (
        found(
            f"""
            SELECT code FROM producers_postalcode
            WHERE (SELECT count(*) FROM distribution_coverage WHERE starts_with(code, prefix)) {count}
            LIMIT 3
            """
        )
        for count in ("= 0", "> 2")
    )
    assert (unserved, unsure) == ([], [])
    assert PostalCode.objects.exists()
    [(centre,)] = found(
        """
        SELECT centre.code FROM distribution_coverage
        JOIN distribution_handoverplace place ON place.id = place_id
        JOIN distribution_centre centre ON centre.id = place.centre_id
        WHERE starts_with('64-100', prefix) ORDER BY length(prefix) DESC LIMIT 1
        """
    )
    assert centre == "LES"


def test_rounds_can_be_ordered_for_and_close_by_a_job(network):
    rounds = list(Round.objects.all())
    assert all(one.opens_at < AT < one.orders_close_at for one in rounds)
    assert all(one.hands_over_on not in holidays(one.hands_over_on.year) for one in rounds)
    assert max(one.hands_over_on for one in rounds) <= local_date(AT) + timedelta(days=30)
    assert {one.centre_id for one in rounds} == set(Centre.objects.values_list("pk", flat=True))
    keys = {f"{kind}:{one.pk}" for one in rounds for kind in ("round_closes", "round_ends")}
    keys.add("plan_trips:2026-11-23")
    assert set(Job.objects.values_list("key", flat=True)) == keys
    assert not Job.objects.filter(run_after__lte=AT).exists()


def test_goods_of_every_centre_reach_every_round(network):
    """By at most one change of lorries, when they are at their centre on the day of packing."""
    unreached = found(
        """
        SELECT round.id, centre.code, known.temperature
        FROM distribution_round round CROSS JOIN distribution_centre centre
        CROSS JOIN (VALUES ('AMBIENT'), ('CHILLED')) AS known(temperature)
        LEFT JOIN distribution_route route ON route.round_id = round.id AND route.origin_id = centre.id
             AND route.temperature = known.temperature AND route.is_current AND route.changes <= 1
             AND route.ready_by >= round.packs_on - 1
        WHERE route.id IS NULL
        """
    )
    assert unreached == []
    assert found("SELECT 1 FROM distribution_route WHERE temperature = 'FROZEN' AND changes = 1 LIMIT 1") == [
        (1,)
    ]


def test_sscc_and_gtin_end_with_their_check_digit(network):
    ssccs = HandlingUnit.objects.values_list("sscc", flat=True)
    gtins = Offer.objects.exclude(gtin="").values_list("gtin", flat=True)
    assert all(checks.gs1(number[:-1]) == number for number in [*ssccs, *gtins])
    assert len(ssccs) == 17 * 60


def test_demo_person_signs_in(network):
    worker = User.objects.get(email="hala@demo.example")
    assert worker.check_password("spichlerz-demo")
    assert worker.centre_roles.get().badge == "LES-001"


def test_second_seeding_is_refused(network):
    with pytest.raises(CommandError, match="producenci"):
        call_command("seed_demo")


def test_sign_ins_are_printed(network):
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert "kupujacy@demo.example" in out.getvalue()
    assert "LES-001, 1234" in out.getvalue()


def test_goods_are_on_sale_for_the_next_round(network):
    first = Round.objects.filter(centre__code="LES", is_rehearsal=False).order_by("hands_over_on").first()
    items = list(Supply.objects.filter(centre=first.centre).values_list("item_id", flat=True))
    assert availability.left(round_=first, items=items)

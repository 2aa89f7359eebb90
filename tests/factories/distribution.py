from datetime import UTC, date, datetime, time

import factory
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from distribution.models import Centre, CentreStaff, HandlingUnit, HandoverPlace, Location, Round, Slot, Zone
from distribution.operations import routes
from marketplace.kernel.clock import moment
from marketplace.kernel.references import check_digit
from tests.factories.people import UserFactory
from tests.factories.producers import PlaceFactory

VIRTUAL = ["SUPPLIER", "CUSTOMER", "WASTE", "DONATION", "ADJUST"]


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    kind = "SLOT"
    code = factory.Sequence(lambda n: f"A-{n:03d}")
    walk_order = factory.Sequence(lambda n: n)


class CentreFactory(factory.django.DjangoModelFactory):
    """A centre with a zone of each temperature, a dock, slots, a stage, quarantine, crates and a place."""

    class Meta:
        model = Centre
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"C{n:02d}")
    name = factory.LazyAttribute(lambda o: f"Centrum {o.code}")
    place = factory.SubFactory(PlaceFactory)
    voivodeship = factory.SelfAttribute("place.voivodeship")
    street = "Magazynowa 1"
    postal_code = "64-100"
    latitude = 51.84
    longitude = 16.57
    phone = "655000001"
    opening_hours = "pon.–pt. 8–18"

    @factory.post_generation
    def floor(self, create, extracted, **kwargs):
        for code, temperature, warmest in [
            ("A", "AMBIENT", 250),
            ("B", "CHILLED", 80),
            ("C", "FROZEN", -180),
        ]:
            zone = Zone.objects.create(centre=self, code=code, temperature=temperature, max_tenths=warmest)
            for n in (1, 2, 3):
                Location.objects.create(
                    centre=self, zone=zone, kind="SLOT", code=f"{code}-0{n}", walk_order=n
                )
            Location.objects.create(centre=self, zone=zone, kind="STAGE", code=f"STAGE-{code}")
        Location.objects.create(centre=self, kind="DOCK", code="DOCK-1")
        Location.objects.create(centre=self, kind="QUARANTINE", code="QUAR-1")
        for kind in VIRTUAL:
            Location.objects.create(centre=self, kind=kind, code=kind)
        for n in range(1, 9):
            body = f"05900000{self.pk % 10000:04d}{n:05d}"
            sscc = body + check_digit(body)
            inside = Location.objects.create(centre=self, kind="CRATE", code=f"CRATE-{n:02d}")
            HandlingUnit.objects.create(centre=self, sscc=sscc, inside=inside)
        HandoverPlace.objects.create(
            centre=self, kind="CENTRE", name=self.name, address=self.street, latitude=51.84, longitude=16.57
        )


class RoundFactory(factory.django.DjangoModelFactory):
    """Orders until Wednesday 25 November 2026 at 20:00, handed over on Friday 27."""

    class Meta:
        model = Round
        skip_postgeneration_save = True

    centre = factory.SubFactory(CentreFactory)
    place = factory.LazyAttribute(lambda o: o.centre.places.get())
    opens_at = datetime(2026, 11, 1, tzinfo=UTC)
    closes_on = date(2026, 11, 25)
    closes_hour = time(20, 0)
    orders_close_at = factory.LazyAttribute(lambda o: moment(o.closes_on, o.closes_hour))
    packs_on = date(2026, 11, 26)
    hands_over_on = date(2026, 11, 27)
    ends_at = factory.LazyAttribute(lambda o: moment(o.hands_over_on, time(18, 0)))

    @factory.post_generation
    def capacity(self, create, extracted, **kwargs):
        Slot.objects.create(round=self, starts=time(14), ends=time(18), capacity=extracted or 1000)
        routes.refresh(rounds=[self.pk])


class StaffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CentreStaff

    centre = factory.SubFactory(CentreFactory)
    user = factory.SubFactory(UserFactory)
    role = "WORKER"
    badge = factory.Sequence(lambda n: f"B-{n:04d}")
    pin_hash = factory.LazyFunction(lambda: PBKDF2PasswordHasher().encode("1234", "salt", iterations=1))

"""The network between centres: legs of the timetable and dated trips, each with a chamber of every temperature."""

from datetime import date, time, timedelta

import factory

from distribution.models import Leg, LegRoom, Trip, TripRoom
from marketplace.kernel.clock import moment
from tests.factories.distribution import CentreFactory

TEMPERATURES = ["AMBIENT", "CHILLED", "FROZEN"]


class LegFactory(factory.django.DjangoModelFactory):
    """Every working evening at 18:00, there by 23:00; goods are to be ready by 16:00."""

    class Meta:
        model = Leg
        skip_postgeneration_save = True

    from_centre = factory.SubFactory(CentreFactory)
    to_centre = factory.SubFactory(CentreFactory)
    weekdays = [0, 1, 2, 3, 4]
    cutoff_hour = time(16)
    departs_hour = time(18)
    arrives_hour = time(23)
    valid_from = date(2026, 11, 1)

    @factory.post_generation
    def rooms(self, create, extracted, **kwargs):
        """`rooms=["CHILLED"]` names the chambers; 40 crates and 400 kg each."""
        for temperature in TEMPERATURES if extracted is None else extracted:
            LegRoom.objects.create(leg=self, temperature=temperature, crates=40, kilograms=400)


class TripFactory(factory.django.DjangoModelFactory):
    """Leaves on the evening of `departs_on` at 18:00 and is there five hours later, without a leg."""

    class Meta:
        model = Trip
        skip_postgeneration_save = True

    leg = None
    from_centre = factory.SubFactory(CentreFactory)
    to_centre = factory.SubFactory(CentreFactory)
    departs_on = date(2026, 11, 25)
    planned_departs_at = factory.LazyAttribute(lambda o: moment(o.departs_on, time(18)))
    planned_arrives_at = factory.LazyAttribute(lambda o: o.planned_departs_at + timedelta(hours=5))
    cutoff_at = factory.LazyAttribute(lambda o: o.planned_departs_at - timedelta(hours=2))
    departs_at = factory.SelfAttribute("planned_departs_at")
    arrives_at = factory.SelfAttribute("planned_arrives_at")

    @factory.post_generation
    def rooms(self, create, extracted, **kwargs):
        """`rooms={"CHILLED": 5000}` gives grams per chamber; 400 kg in each by default."""
        room = dict.fromkeys(TEMPERATURES, 400_000) if extracted is None else extracted
        for temperature, grams in room.items():
            TripRoom.objects.create(
                trip=self, temperature=temperature, crates=max(1, grams // 12_000), grams=grams
            )

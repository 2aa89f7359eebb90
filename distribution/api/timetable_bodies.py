"""Bodies of the timetable's API, checked for shape; what is possible is decided by operations."""

from datetime import date, timedelta

from rest_framework import serializers

from distribution.policies.timetable import MOST_NIGHTS, Hours, Room, Service
from marketplace.kernel.units import Temperature

MOST = 1_000_000


class RoomBody(serializers.Serializer):
    temperature = serializers.ChoiceField(choices=Temperature.choices)
    crates = serializers.IntegerField(min_value=1, max_value=MOST)
    kilograms = serializers.IntegerField(min_value=1, max_value=MOST)


class Roomy(serializers.Serializer):
    rooms = RoomBody(many=True)

    @staticmethod
    def rooms_of(values) -> list[Room]:
        return [Room(**room) for room in values["rooms"]]


class WayBody(Roomy):
    from_centre = serializers.CharField(max_length=12)
    to_centre = serializers.CharField(max_length=12)
    cutoff_days_before = serializers.IntegerField(min_value=0, max_value=MOST_NIGHTS, default=0)
    cutoff_hour = serializers.TimeField()
    departs_hour = serializers.TimeField()
    arrives_days_after = serializers.IntegerField(min_value=0, max_value=MOST_NIGHTS, default=0)
    arrives_hour = serializers.TimeField()
    vehicle = serializers.CharField(max_length=40, allow_blank=True, default="")

    @staticmethod
    def hours(values) -> Hours:
        return Hours(
            values["cutoff_hour"],
            values["departs_hour"],
            values["arrives_hour"],
            values["cutoff_days_before"],
            values["arrives_days_after"],
        )


class LegBody(WayBody):
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, max_length=7
    )
    runs_on_holidays = serializers.BooleanField(default=False)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)

    @classmethod
    def service(cls, values) -> Service:
        return Service(
            cls.hours(values),
            frozenset(values["weekdays"]),
            values["valid_from"],
            values["valid_until"],
            values["runs_on_holidays"],
        )


class LegChangeBody(Roomy):
    rooms = RoomBody(many=True, required=False)
    vehicle = serializers.CharField(max_length=40, allow_blank=True, required=False)


class EndBody(serializers.Serializer):
    """`from` is a word of Python, so the field is added below."""

    def day(self, *, today: date) -> date:
        return self.validated_data.get("from") or today + timedelta(days=1)

    def get_fields(self):
        return {"from": serializers.DateField(required=False)}


class ExtraBody(WayBody):
    departs_on = serializers.DateField()
    driver = serializers.CharField(max_length=80, allow_blank=True, default="")
    reason = serializers.CharField(max_length=200)


class VehicleBody(serializers.Serializer):
    vehicle = serializers.CharField(max_length=40, allow_blank=True, required=False)
    driver = serializers.CharField(max_length=80, allow_blank=True, required=False)


class DelayBody(serializers.Serializer):
    departs_at = serializers.DateTimeField(required=False)
    arrives_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)

"""What the timetable's API answers look like: plain dicts, and their description for OpenAPI."""

from rest_framework import serializers

from distribution.queries.trips import rooms_of


def fields(label, /, **types):
    """A serializer that only describes an answer."""
    return type(label, (serializers.Serializer,), types)


text, whole, truth = serializers.CharField, serializers.IntegerField, serializers.BooleanField
at, on, hour = serializers.DateTimeField, serializers.DateField, serializers.TimeField
LEG_ROOM = fields("LegRoom", temperature=text(), crates=whole(), kilograms=whole())
LEG = fields(
    "Leg", id=whole(), from_centre=text(), to_centre=text(), weekdays=serializers.ListField(child=whole()),
    runs_on_holidays=truth(), cutoff_days_before=whole(), cutoff_hour=hour(), departs_hour=hour(),
    arrives_days_after=whole(), arrives_hour=hour(), valid_from=on(), valid_until=on(allow_null=True),
    vehicle=text(), rooms=LEG_ROOM(many=True),
)  # fmt: skip
TRIP_ROOM = fields(
    "TripRoom", temperature=text(), crates=whole(), grams=whole(), booked_grams=whole(), free_grams=whole(),
    is_open=truth(),
)  # fmt: skip
TRIP_FIELDS = {
    "id": whole(), "leg": whole(allow_null=True), "from_centre": text(), "to_centre": text(), "departs_on": on(),
    "state": text(), "cutoff_at": at(), "planned_departs_at": at(), "planned_arrives_at": at(), "departs_at": at(),
    "arrives_at": at(), "departed_at": at(allow_null=True), "arrived_at": at(allow_null=True), "is_late": truth(),
    "vehicle": text(), "driver": text(), "rooms": TRIP_ROOM(many=True),
}  # fmt: skip
TRIP = fields("Trip", **TRIP_FIELDS)
TRIP_EVENT = fields(
    "TripEvent", old=text(), new=text(), arrives_at=at(), at=at(), by=text(allow_null=True), reason=text()
)
TRIP_WHOLE = fields("TripWhole", **TRIP_FIELDS, orders=whole(), history=TRIP_EVENT(many=True))


def page_of(shape):
    return fields(
        f"{shape.__name__}Page",
        next=text(allow_null=True),
        previous=text(allow_null=True),
        results=shape(many=True),
    )


def leg(row):
    return {
        "id": row.pk,
        "from_centre": row.from_centre.code,
        "to_centre": row.to_centre.code,
        "weekdays": row.weekdays,
        "runs_on_holidays": row.runs_on_holidays,
        "cutoff_days_before": row.cutoff_days_before,
        "cutoff_hour": f"{row.cutoff_hour:%H:%M}",
        "departs_hour": f"{row.departs_hour:%H:%M}",
        "arrives_days_after": row.arrives_days_after,
        "arrives_hour": f"{row.arrives_hour:%H:%M}",
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until and row.valid_until.isoformat(),
        "vehicle": row.vehicle,
        "rooms": [
            {"temperature": room.temperature, "crates": room.crates, "kilograms": room.kilograms}
            for room in row.rooms.all()
        ],
    }


def trip(row):
    return {
        "id": row.pk,
        "leg": row.leg_id,
        "from_centre": row.from_centre.code,
        "to_centre": row.to_centre.code,
        "departs_on": row.departs_on.isoformat(),
        "state": row.state.lower(),
        "cutoff_at": row.cutoff_at.isoformat(),
        "planned_departs_at": row.planned_departs_at.isoformat(),
        "planned_arrives_at": row.planned_arrives_at.isoformat(),
        "departs_at": row.departs_at.isoformat(),
        "arrives_at": row.arrives_at.isoformat(),
        "departed_at": row.departed_at and row.departed_at.isoformat(),
        "arrived_at": row.arrived_at and row.arrived_at.isoformat(),
        "is_late": row.is_late,
        "vehicle": row.vehicle,
        "driver": row.driver,
        "rooms": [
            {
                "temperature": use.room.temperature,
                "crates": use.room.crates,
                "grams": use.room.grams,
                "booked_grams": use.booked,
                "free_grams": use.free,
                "is_open": use.room.is_open,
            }
            for use in rooms_of(row)
        ],
    }


def trip_whole(row, *, history, orders):
    return trip(row) | {
        "orders": orders,
        "history": [
            {
                "old": event.old.lower(),
                "new": event.new.lower(),
                "arrives_at": event.arrives_at.isoformat(),
                "at": event.at.isoformat(),
                "by": event.by.label if event.by_id else None,
                "reason": event.reason,
            }
            for event in history
        ],
    }

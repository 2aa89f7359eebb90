"""Forms of the planner's desk: shape only; what a leg or a trip may be is decided by operations."""

from datetime import date, datetime, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.models import Centre, Leg, Trip
from distribution.policies.timetable import MOST_NIGHTS, Hours, Room, Service
from distribution.states import TripState
from marketplace.kernel.clock import WARSAW, moment
from marketplace.kernel.units import Temperature

WEEKDAYS = (
    (0, gettext_lazy("poniedziałek")), (1, gettext_lazy("wtorek")), (2, gettext_lazy("środa")),
    (3, gettext_lazy("czwartek")), (4, gettext_lazy("piątek")), (5, gettext_lazy("sobota")),
    (6, gettext_lazy("niedziela")),
)  # fmt: skip
BEFORE = (
    (0, gettext_lazy("w dniu odjazdu")), (1, gettext_lazy("dzień wcześniej")),
    (MOST_NIGHTS, gettext_lazy("dwa dni wcześniej")),
)  # fmt: skip
AFTER = (
    (0, gettext_lazy("w dniu odjazdu")), (1, gettext_lazy("następnego dnia")),
    (MOST_NIGHTS, gettext_lazy("drugiego dnia")),
)  # fmt: skip
OUT, IN = "out", "in"


class DayField(forms.DateField):
    def __init__(self, **options):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        wrong = {
            "invalid": gettext_lazy("Wpisz datę, np. 2026-11-30."),
            "required": gettext_lazy("Podaj dzień."),
        }
        super().__init__(widget=widget, error_messages=wrong, **options)


class HourField(forms.TimeField):
    def __init__(self, **options):
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        wrong = {
            "invalid": gettext_lazy("Wpisz godzinę, np. 18:00."),
            "required": gettext_lazy("Podaj godzinę."),
        }
        super().__init__(widget=widget, error_messages=wrong, **options)


def days_field(label, choices):
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, initial=0)


class RoomsForm(forms.Form):
    """Two numbers for the chamber of each temperature; empty or 0 means that the lorry has none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for temperature, label in Temperature.choices:
            for name, unit in (("crates", _("skrzynie")), ("kilograms", "kg")):
                self.fields[f"{name}_{temperature}"] = forms.IntegerField(
                    label=f"{label}: {unit}", min_value=0, max_value=1_000_000, required=False
                )

    @property
    def chambers(self):
        return [(self[f"crates_{t}"], self[f"kilograms_{t}"]) for t in Temperature.values]

    @property
    def rooms(self) -> list[Room]:
        given = ((t, *(self.cleaned_data.get(f"{name}_{t}") or 0 for name in ("crates", "kilograms")))
                 for t in Temperature.values)  # fmt: skip
        return [Room(*one) for one in given if one[1] or one[2]]


class ChangeLegForm(RoomsForm):
    """Other room, another lorry."""

    vehicle = forms.CharField(label=gettext_lazy("Pojazd"), max_length=40, required=False)

    def __init__(self, *args, leg: Leg, **kwargs):
        initial = {"vehicle": leg.vehicle}
        for room in leg.rooms.all():
            initial |= {
                f"crates_{room.temperature}": room.crates,
                f"kilograms_{room.temperature}": room.kilograms,
            }
        super().__init__(*args, initial=initial, **kwargs)


class WayForm(RoomsForm):
    """From or to another centre, at which hours, with what room."""

    direction = forms.ChoiceField(
        label=gettext_lazy("Kierunek"),
        choices=[(OUT, gettext_lazy("stąd do innego centrum")), (IN, gettext_lazy("z innego centrum tutaj"))],
        widget=forms.RadioSelect,
        initial=OUT,
    )
    other = forms.ModelChoiceField(
        label=gettext_lazy("Drugie centrum"),
        queryset=Centre.objects.none(),
        empty_label=gettext_lazy("– wybierz –"),
    )
    cutoff_hour = HourField(label=gettext_lazy("Towar gotowy do godziny"))
    cutoff_days_before = days_field(gettext_lazy("Towar gotowy"), BEFORE)
    departs_hour = HourField(label=gettext_lazy("Odjazd"))
    arrives_hour = HourField(label=gettext_lazy("Przyjazd"))
    arrives_days_after = days_field(gettext_lazy("Dzień przyjazdu"), AFTER)
    vehicle = forms.CharField(label=gettext_lazy("Pojazd"), max_length=40, required=False)

    def __init__(self, *args, centre: Centre, **kwargs):
        super().__init__(*args, **kwargs)
        self.centre = centre
        self.fields["other"].queryset = Centre.objects.active().exclude(pk=centre.pk).order_by("name")

    @property
    def ends(self) -> dict[str, Centre]:
        other = self.cleaned_data["other"]
        out = self.cleaned_data["direction"] == OUT
        return {
            "from_centre": self.centre if out else other,
            "to_centre": other if out else self.centre,
        }

    @property
    def hours(self) -> Hours:
        values = self.cleaned_data
        return Hours(
            values["cutoff_hour"],
            values["departs_hour"],
            values["arrives_hour"],
            values["cutoff_days_before"],
            values["arrives_days_after"],
        )


class LegForm(WayForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Dni odjazdu"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Zaznacz dni tygodnia, w które jeździ.")},
    )
    runs_on_holidays = forms.BooleanField(label=gettext_lazy("jeździ także w święta"), required=False)
    valid_from = DayField(label=gettext_lazy("Pierwszy dzień"))
    valid_until = DayField(label=gettext_lazy("Ostatni dzień"), required=False)

    @property
    def service(self) -> Service:
        values = self.cleaned_data
        return Service(
            self.hours,
            frozenset(values["weekdays"]),
            values["valid_from"],
            values["valid_until"],
            values["runs_on_holidays"],
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Powód"),
        max_length=200,
        error_messages={"required": gettext_lazy("Podaj powód: przeczytają go pracownicy obu centrów.")},
    )


class ExtraForm(WayForm, ReasonForm):
    departs_on = DayField(label=gettext_lazy("Dzień odjazdu"))
    driver = forms.CharField(label=gettext_lazy("Kierowca"), max_length=80, required=False)


class EndForm(forms.Form):
    from_day = DayField(label=gettext_lazy("Od którego dnia nie jeździ"))


class VehicleForm(forms.Form):
    vehicle = forms.CharField(label=gettext_lazy("Pojazd"), max_length=40, required=False)
    driver = forms.CharField(label=gettext_lazy("Kierowca"), max_length=80, required=False)


class DelayForm(ReasonForm):
    """The hours expected now. A trip that has left keeps its departure."""

    FIELD_OF = {"departs_at": "departs_hour", "arrives_at": "arrives_hour"}

    departs_on = DayField(label=gettext_lazy("Nowy dzień odjazdu"))
    departs_hour = HourField(label=gettext_lazy("Nowa godzina odjazdu"))
    arrives_on = DayField(label=gettext_lazy("Nowy dzień przyjazdu"))
    arrives_hour = HourField(label=gettext_lazy("Nowa godzina przyjazdu"))
    field_order = ("departs_on", "departs_hour", "arrives_on", "arrives_hour", "reason")

    def __init__(self, *args, trip: Trip, **kwargs):
        leaves, comes = (at.astimezone(WARSAW) for at in (trip.departs_at, trip.arrives_at))
        initial = {
            "departs_on": leaves.date(), "departs_hour": leaves.time(),
            "arrives_on": comes.date(), "arrives_hour": comes.time(),
        }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self.trip = trip
        if trip.state == TripState.DEPARTED:
            del self.fields["departs_on"], self.fields["departs_hour"]

    @property
    def departs_at(self) -> datetime:
        return self._moment("departs") if "departs_on" in self.fields else self.trip.departs_at

    @property
    def arrives_at(self) -> datetime:
        return self._moment("arrives")

    def _moment(self, which):
        return moment(self.cleaned_data[f"{which}_on"], self.cleaned_data[f"{which}_hour"])


class WeekForm(forms.Form):
    """Any day of the week that is asked for; today when it is none, or too far to be anyone's timetable."""

    FAR = timedelta(days=750)

    day = forms.DateField(input_formats=["%Y-%m-%d"])

    @classmethod
    def monday(cls, text: str, *, today: date) -> date:
        form = cls({"day": text})
        day = form.cleaned_data["day"] if form.is_valid() else today
        if abs(day - today) > cls.FAR:
            day = today
        return day - timedelta(days=day.weekday())

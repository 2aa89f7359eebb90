"""The style page: every component in its empty, single, full and very long state. Only in the local run."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import wraps
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from producers.policies.poland import borders

WARSAW = ZoneInfo("Europe/Warsaw")
SATURDAY = date(2026, 11, 28)
CLOSES_AT = datetime(2026, 11, 25, 20, 0, tzinfo=WARSAW)
OPENS_AT = datetime(2026, 11, 29, 8, 0, tzinfo=WARSAW)
LONG = (
    "Kiełbasa swojska wędzona na zimno dymem z drewna olchowego i jałowca, "
    "według przepisu Koła Gospodyń Wiejskich w Szczebrzeszynie-Błoniu"
)

# name | region | producer | place | mark | price | pack | unit price | unit
GOODS = """
Oscypek | małopolskie | Bacówka pod Reglami | Zakopane | chnp | 48.00 | 600 g | 80.00 | kg
Miód wrzosowy | dolnośląskie | Pasieka Bory | Przemków | chog | 52.50 | słoik 900 g | 58.33 | kg
Rogal świętomarciński | wielkopolskie | Cukiernia Za Bramką | Poznań | chog | 9.80 | 200 g | 49.00 | kg
Sielawa wędzona | warmińsko-mazurskie | Rybakówka nad Śniardwami | Mikołajki | lpt | 64.00 | 1 kg | 64.00 | kg
Truskawki kaszubskie | pomorskie | Zielony Jar | Brodnica Górna | chog | 18.00 | łubianka 1 kg | 18.00 | kg
Sok jabłkowy tłoczony | łódzkie | Sad Pod Gruszą | Skierniewice | eko | 14.90 | butelka 1 l | 14.90 | l
Kasza gryczana | lubelskie | Młyn nad Porem | Janów Lubelski | klaster | 11.20 | 500 g | 22.40 | kg
Jaja od zielononóżek | podkarpackie | Zagroda Pod Lipami | Sanok | gts | 16.00 | 10 szt. | 1.60 | szt.
"""


class SampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Imię i nazwisko"))
    postal_code = forms.CharField(label=gettext_lazy("Kod pocztowy"), help_text=gettext_lazy("np. 64-100"))
    voivodeship = forms.ChoiceField(
        label=gettext_lazy("Województwo"), choices=[("30", "wielkopolskie"), ("12", "małopolskie")]
    )
    note = forms.CharField(label=gettext_lazy("Uwagi dla centrum"), widget=forms.Textarea, required=False)
    payment = forms.ChoiceField(
        label=gettext_lazy("Sposób zapłaty"),
        choices=[("collection", gettext_lazy("przy odbiorze")), ("transfer", gettext_lazy("przelewem"))],
        widget=forms.RadioSelect,
        initial="collection",
    )
    photo = forms.FileField(label=gettext_lazy("Zdjęcie"), required=False)
    terms = forms.BooleanField(label=gettext_lazy("Znam regulamin i go przyjmuję"))


class BadForm(SampleForm):
    prefix = "bad"


def local_only(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.LOCAL_RUN:
            raise Http404
        return view(request, *args, **kwargs)

    return require_safe(guarded)


@local_only
def market(request):
    form = BadForm({"bad-name": "Ęwa Źdźbło", "bad-postal_code": "", "bad-voivodeship": "30"})
    form.full_clean()
    form.add_error("postal_code", _("Wpisz kod pocztowy, np. 90-001."))
    context = {
        "demo": True,
        "place": "Leszno, Rynek",
        "basket_summary": {"count": 2, "total": Decimal("76.50")},
        "next_round": {"closes_at": CLOSES_AT},
        "crumbs": [
            {"label": _("Targ"), "url": "/"},
            {"label": "Wielkopolska", "url": "/"},
            {"label": _("Wzornik")},
        ],
        "saturday": SATURDAY,
        "closes_at": CLOSES_AT,
        "opens_at": OPENS_AT,
        "goods": _goods(),
        "long_good": {**_goods()[0], "name": LONG, "producer": f"Gospodarstwo {LONG}", "region": "podlaskie"},
        "form": SampleForm(),
        "bad_form": form,
        "long": LONG,
        "chips": [{"label": label, "url": "#"} for label in ("wielkopolskie", "ChNP", LONG)],
        "choices": [
            {"value": "30", "label": "wielkopolskie", "count": 214, "checked": True},
            {"value": "12", "label": "małopolskie", "count": 180},
            {"value": "20", "label": "podlaskie", "count": 0},
        ],
        "tabs": [
            {"label": _("Do przygotowania"), "url": "#", "current": True, "count": 12},
            {"label": _("Gotowe"), "url": "#", "count": 0},
            {"label": _("Wydane"), "url": "#"},
        ],
        "steps": [
            {"label": _("Odbiór"), "url": "#"},
            {"label": _("Dane")},
            {"label": _("Zapłata")},
        ],
        "events": _events(),
        "days": _days(),
        "facts": [
            {"term": _("Składniki"), "value": "mleko owcze, sól, podpuszczka"},
            {"term": _("Przechowywanie"), "value": "od 2 do 8 °C"},
            {"term": _("Wytwórca"), "value": LONG},
        ],
        "months": [5, 6, 7, 8, 9],
        "regions": _regions(),
        "amounts": {
            "one": Decimal("12.5"),
            "was": Decimal(15),
            "low": Decimal("11.9"),
            "big": Decimal("1234.5"),
        },
    }
    return render(request, "shop/style.html", context)


@local_only
def hall(request):
    context = {
        "centre": "Leszno",
        "station": _("stanowisko 2"),
        "person": "Zofia K.",
        "board_url": "/style/hall/",
        "switch_url": "/style/hall/",
        "queue_length": 3,
        "long": LONG,
        "facts": [
            {"term": _("Partia"), "value": "L2611-07"},
            {"term": _("Należy spożyć do"), "value": "12.12.2026"},
            {"term": _("Do pobrania"), "value": "18"},
        ],
    }
    return render(request, "shop/style_hall.html", context)


@local_only
def sheet(request):
    return render(request, "shop/style_print.html", {"saturday": SATURDAY, "goods": _goods()})


def _goods():
    names = ("name", "region", "producer", "place", "mark", "amount", "pack", "unit_amount", "unit")
    rows = [dict(zip(names, line.split(" | "), strict=True)) for line in GOODS.strip().splitlines()]
    money = ("amount", "unit_amount")
    return [{**row, **{name: Decimal(row[name]) for name in money}} for row in rows]


def _events():
    return [
        {"state": "done", "title": _("Zamówienie przyjęte"), "at": "śr., 25 listopada, 19.42"},
        {"state": "done", "title": _("Potwierdzone przez producentów"), "at": "czw., 26 listopada, 11.05"},
        {"state": "bad", "title": _("Zabrakło: sielawa wędzona"), "note": _("Zwrot 64,00 zł jest w drodze.")},
        {"state": "now", "title": _("Pakowanie w centrum"), "at": "pt., 27 listopada, 16.20"},
        {"state": "next", "title": _("Do odbioru"), "at": "sob., 28 listopada, 9.00–11.00"},
    ]


def _days():
    slots = [
        {"id": "1", "from": time(9), "to": time(11), "left": 12, "reason": ""},
        {"id": "2", "from": time(11), "to": time(13), "left": 1, "reason": ""},
        {"id": "3", "from": time(13), "to": time(15), "left": 0, "reason": _("brak miejsc")},
    ]
    sunday = [{**slot, "id": f"n{slot['id']}", "reason": ""} for slot in slots[:1]]
    return [{"on": SATURDAY, "slots": slots}, {"on": date(2026, 11, 29), "slots": sunday}]


def _regions():
    counts = {"30": 214, "12": 180, "18": 164, "06": 96, "22": 88, "14": 61, "28": 12, "32": 4, "08": 0}
    return [
        {
            "teryt": teryt,
            "name": region["name"],
            "url": f"#{teryt}",
            "count": counts.get(teryt, 24),
            "here": teryt == "30",
        }
        for teryt, region in borders()["regions"].items()
    ]

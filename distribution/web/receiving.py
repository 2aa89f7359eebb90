"""Deliveries: what is expected, counting it in, posting the PZ."""

import uuid

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.models import Location
from distribution.operations import receiving
from distribution.policies import gs1
from distribution.queries import arrivals
from distribution.web.floor import act, at_centre, page
from marketplace.kernel.errors import DomainError
from marketplace.kernel.references import gtin
from marketplace.kernel.units import SoldBy, Temperature
from producers.models import Producer, StockItem
from producers.models.product import DateKind


class CountedForm(forms.Form):
    """One product of a delivery, as counted. Empty units: it did not come, or not yet."""

    units = forms.IntegerField(
        label=gettext_lazy("Przyjęto sztuk"), min_value=0, max_value=100_000, required=False
    )
    lot_code = forms.CharField(label=gettext_lazy("Numer partii"), max_length=20, required=False)
    printed_on = forms.DateField(
        label=gettext_lazy("Data na opakowaniu"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    grams = forms.IntegerField(
        label=gettext_lazy("Waga razem (g)"), min_value=1, max_value=10**9, required=False
    )
    temperature = forms.DecimalField(
        label=gettext_lazy("Temperatura (°C)"), max_digits=4, decimal_places=1, required=False
    )
    location = forms.ModelChoiceField(
        label=gettext_lazy("Miejsce"),
        queryset=Location.objects.none(),
        required=False,
        empty_label=gettext_lazy("rampa"),
    )
    refused_units = forms.IntegerField(
        label=gettext_lazy("Odmówiono sztuk"), min_value=0, max_value=100_000, required=False
    )

    def __init__(self, item, places, *args, **kwargs):
        super().__init__(*args, prefix=f"i{item.pk}", **kwargs)
        self.item = item
        self.fields["location"].queryset = places.filter(zone__temperature=item.product.temperature)
        if item.product.date_kind == DateKind.NOT_REQUIRED:
            del self.fields["printed_on"]
        if all(offer.sold_by != SoldBy.WEIGHT for offer in item.offers.all()):
            del self.fields["grams"]
        if item.product.temperature == Temperature.AMBIENT:
            del self.fields["temperature"]

    def clean(self):
        values = super().clean()
        if values.get("units"):
            for name in ("lot_code", "printed_on", "grams"):
                if name in self.fields and not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Uzupełnij: bez tego partia nie wejdzie na magazyn."))
        return values

    def line(self):
        """The counted line, or None when nothing of it came."""
        values = self.cleaned_data
        if not values.get("units"):
            return None
        place = values.get("location")
        return {
            "item": self.item.pk,
            "units": values["units"],
            "lot_code": values["lot_code"],
            "printed_on": values.get("printed_on"),
            "grams": values.get("grams"),
            "temperature": values.get("temperature"),
            "refused_units": values.get("refused_units") or 0,
            "location": place.code if place else None,
        }


@at_centre
def expected(request, centre):
    """Deliveries to come, and the way in for one that nobody announced."""
    return page(
        request,
        centre,
        "distribution/arrivals",
        arrivals=arrivals.expected(centre),
        producers=Producer.objects.active().order_by("sort_key").only("slug", "name"),
        documents=centre.documents.filter(kind="PZ").select_related("producer").order_by("-pk")[:10],
    )


@at_centre
def arrival(request, centre, pk):
    """Counting in what is owed."""
    row = arrivals.at_centre(centre=centre, pk=pk)
    items = {line.item_id: line.item for line in row.lines.all()}
    owed = {line.item_id: max(line.owed - line.received, 0) for line in row.lines.all()}
    return _count(request, centre, row.producer, items, owed, arrival=row)


@at_centre
def unannounced(request, centre):
    """Counting in a delivery without an order: all the producer's published goods are listed."""
    producer = Producer.objects.active().filter(slug=request.GET.get("producent", "")).first()
    if producer is None:
        messages.error(request, _("Wybierz producenta z listy."))
        return redirect("distribution:arrivals", centre.code)
    items = StockItem.objects.filter(product__producer=producer, product__state="PUBLISHED")
    found = items.select_related("product").prefetch_related("offers").order_by("product__name", "pk")
    return _count(request, centre, producer, {item.pk: item for item in found}, {}, arrival=None)


def _count(request, centre, producer, items, owed, *, arrival):
    places = Location.objects.filter(centre=centre, kind=Location.Kind.SLOT).order_by("walk_order")
    label, refusal = _scanned(request.GET.get("code", ""), items)
    made = [
        CountedForm(item, places, request.POST or None, initial=_initial(item, owed, label))
        for item in items.values()
    ]
    checked = [form.is_valid() for form in made]  # every form, so that every error shows
    if request.method == "POST" and all(checked):
        answer = _post(request, centre, producer, made, arrival)
        if answer is not None:
            return answer
    if refusal:
        messages.error(request, refusal)
    return page(
        request,
        centre,
        "distribution/receive",
        status=422 if any(form.errors for form in made) else 200,
        arrival=arrival,
        producer=producer,
        forms=[(form, owed.get(form.item.pk)) for form in made],
        key=request.POST.get("key") or uuid.uuid4(),
        errors=[
            {"url": f"#{form[name].id_for_label}", "text": f"{form.item.product.name}: {texts[0]}"}
            for form in made
            for name, texts in form.errors.items()
        ],
    )


def _post(request, centre, producer, made, arrival):
    lines = [line for line in (form.line() for form in made) if line]
    last = request.POST.get("last") == "on"
    try:
        key = uuid.UUID(request.POST.get("key", ""))
        answer = receiving.receive(
            centre=centre,
            key=key,
            lines=lines,
            by=request.user,
            at=timezone.now(),
            arrival=arrival.pk if arrival else None,
            producer=producer.slug,
            last=last,
            reference=request.POST.get("reference", "")[:40],
        )
    except (DomainError, ValueError) as refusal:
        messages.error(
            request, str(refusal) if isinstance(refusal, DomainError) else _("Spróbuj jeszcze raz.")
        )
        return None
    messages.success(request, _("Przyjęte: %(number)s") % answer)
    return redirect("distribution:document", centre.code, answer["id"])


def _scanned(code, items):
    """What a scanned label says, with the item it means; and the refusal when it means none of these."""
    if not code:
        return None, ""
    try:
        label = gs1.Label(gtin=gtin(code)) if gtin(code) else gs1.parse(code)
    except gs1.Malformed:
        label = None
    for item in items.values():
        if label and label.gtin and gtin(item.gtin) == label.gtin:
            return (item.pk, label), ""
    return None, _("Nie ma takiego produktu w tej dostawie. Wpisz ręcznie albo odłóż.")


def _initial(item, owed, scanned):
    values = {"units": owed.get(item.pk) or None}
    if scanned and scanned[0] == item.pk:
        label = scanned[1]
        seen = {"units": label.count, "lot_code": label.lot, "printed_on": label.use_by or label.best_before,
                "grams": label.grams}  # fmt: skip
        values |= {name: value for name, value in seen.items() if value}
    return values


@at_centre
def close(request, centre, pk):
    """Nothing more comes of an arrival: the rest is short."""
    row = arrivals.at_centre(centre=centre, pk=pk)
    back = reverse("distribution:arrivals", args=[centre.code])
    if request.method != "POST":
        return page(request, centre, "distribution/arrival_close", arrival=row, owed=arrivals.owed(row))
    return act(
        request,
        back,
        lambda: receiving.close(centre=centre, arrival=row.pk, by=request.user, at=timezone.now()),
        _("Dostawa zamknięta. Kupujący dostaną wiadomość o brakach."),
    )

"""What a producer will bring: goods at a centre, promises by intake day, last week's copied."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from distribution.models import Centre
from distribution.operations import supply
from distribution.operations.supply import MOST_PIECES, Promised
from distribution.queries import promises
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from marketplace.kernel.templatetags.polish_text import day as day_words
from producers.web.door import at_desk, own_product, page

WEEK = timedelta(days=7)


class PromisesForm(forms.Form):
    """A number for each promise. Below what is sold it asks once more, saying what happens."""

    accept = forms.BooleanField(label=gettext_lazy("Rozumiem, zmniejsz zapowiedź"), required=False)

    def __init__(self, rows, label_of, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.lowered = rows, []
        for row in rows:
            self.fields[row.key] = forms.IntegerField(
                label=label_of(row), min_value=0, max_value=MOST_PIECES, required=False
            )
            self.initial.setdefault(row.key, row.pieces)

    def clean(self):
        values = super().clean()
        self.lowered = [
            (row, row.sold - values[row.key])
            for row in self.rows
            if values.get(row.key) is not None and values[row.key] < min(row.sold, row.pieces)
        ]
        if self.lowered and not values.get("accept"):
            for row, missing in self.lowered:
                self.add_error(row.key, _below_sold(row, missing))
        return values

    def changes(self) -> list[Promised]:
        values = self.cleaned_data
        return [
            Promised(row.item, row.on, values[row.key])
            for row in self.rows
            if values[row.key] is not None and values[row.key] != row.pieces
        ]

    @property
    def numbers(self):
        return [(row, self[row.key]) for row in self.rows]


def _below_sold(row, missing):
    return ngettext(
        "Sprzedano już %(sold)d szt. Przy tej liczbie zabraknie %(missing)d sztuki: skrócimy najnowsze "
        "zamówienia, a kupujący dostaną wiadomość i zapłacą mniej.",
        "Sprzedano już %(sold)d szt. Przy tej liczbie zabraknie %(missing)d sztuk: skrócimy najnowsze "
        "zamówienia, a kupujący dostaną wiadomość i zapłacą mniej.",
        missing,
    ) % {"sold": row.sold, "missing": missing}


@at_desk
def overview(request, producer):
    """One centre: what lies there, and the coming intake days with what is promised and sold."""
    centres = promises.centres_of(producer)
    centre = _chosen(request, centres)
    items = promises.items_of(producer)
    days = promises.intake_days(centre=centre, today=local_date(timezone.now())) if centre else []
    rows = promises.promised(items=items, centre=centre, days=days) if centre else []
    return page(
        request,
        producer,
        "distribution/desk/promises",
        tab="promises",
        centres=centres,
        centre=centre,
        items=items,
        days=[_day(on, [row for row in rows if row.on == on]) for on in days],
        shelf=promises.on_shelf(items=items, centre=centre) if centre else [],
    )


@at_desk
def day(request, producer, code, on):
    """All goods for one intake day at one centre."""
    centre = centre_of(code)
    chosen = date_of(on)
    if chosen not in promises.intake_days(centre=centre, today=local_date(timezone.now())):
        raise Http404
    items = promises.items_of(producer)
    rows = promises.promised(items=items, centre=centre, days=[chosen])
    back = reverse("desk:promises", args=[producer.slug]) + f"?centrum={centre.code}"
    return _set(
        request,
        producer,
        centre,
        rows,
        label_of=lambda row: f"{row.item.product.name}, {row.item.name}",
        title=_("Na %(day)s") % {"day": day_words(chosen)},
        back=back,
        crumbs=[(_("Zapowiedzi"), back), (day_words(chosen, "short"), "")],
        quotas=any(row.pieces for row in rows) and on,
    )


@at_desk
def product(request, producer, pk):
    """All coming intake days of one product at one centre."""
    row = own_product(producer, pk)
    centres = promises.centres_of(producer)
    centre = _chosen(request, centres)
    if centre is None:
        raise Http404
    items = [item for item in promises.items_of(producer) if item.product_id == row.pk]
    days = promises.intake_days(centre=centre, today=local_date(timezone.now()))
    found = promises.promised(items=items, centre=centre, days=days)
    own = reverse("desk:product", args=[producer.slug, row.pk])
    many = len(items) > 1
    return _set(
        request,
        producer,
        centre,
        found,
        label_of=lambda one: day_words(one.on) + (f", {one.item.name}" if many else ""),
        title=row.name,
        back=reverse("desk:product_promises", args=[producer.slug, row.pk]) + f"?centrum={centre.code}",
        crumbs=[
            (_("Produkty"), reverse("desk:products", args=[producer.slug])),
            (row.name, own),
            (_("Zapowiedzi"), ""),
        ],
        centres=centres,
        shelf=promises.on_shelf(items=items, centre=centre),
        product=row,
    )


def _set(request, producer, centre, rows, *, label_of, title, back, crumbs, **context):
    copied = request.GET.get("kopia") == "tydzien"
    form = PromisesForm(
        rows,
        label_of,
        request.POST if request.method == "POST" else None,
        initial=_last_week(rows, centre) if copied else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            supply.promise_all(centre=centre, promised=form.changes(), by=request.user, at=timezone.now())
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Zapowiedzi zapisane."))
            return redirect(back)
    return page(
        request,
        producer,
        "distribution/desk/promises_form",
        tab="promises",
        crumbs=crumbs,
        centre=centre,
        form=form,
        title=title,
        copied=copied,
        **context,
    )


def _last_week(rows, centre):
    """The numbers of a week before, for the person to look over; nothing is saved yet."""
    items = list({row.item.pk: row.item for row in rows}.values())
    days = {row.on: row.on - WEEK for row in rows}
    before = promises.promised(items=items, centre=centre, days=sorted(set(days.values())))
    pieces = {(one.item.pk, one.on): one.pieces for one in before}
    return {row.key: pieces[row.item.pk, days[row.on]] or row.pieces for row in rows}


def _day(on, rows):
    return {
        "on": on,
        "pieces": sum(row.pieces for row in rows),
        "sold": sum(row.sold for row in rows),
        "uncovered": sum(row.uncovered for row in rows),
    }


def _chosen(request, centres):
    code = request.GET.get("centrum", "").upper()
    return next((centre for centre in centres if centre.code == code), centres[0] if centres else None)


def centre_of(code):
    """An active centre, else 404."""
    if (found := Centre.objects.active().filter(code=code.upper()).first()) is None:
        raise Http404
    return found


def date_of(text):
    """A day of an address, else 404."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error

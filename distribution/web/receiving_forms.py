"""The page on which a delivery is counted: its lines as they are sent, scanned into, added to and checked."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.models import DocumentLine, ReceiptItem
from distribution.operations.receiving import Read
from marketplace.kernel.units import SoldBy, Temperature
from producers.models import StockItem
from producers.models.product import DateKind

MOST_LINES = 200
NO_CHOICE = ("", gettext_lazy("– wybierz –"))


class CountedForm(forms.Form):
    """One lot of one product, as counted. Empty units: it did not come, or not yet."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    units = forms.IntegerField(
        label=gettext_lazy("Przyjęto sztuk"), min_value=0, max_value=100_000, required=False
    )
    lot_code = forms.CharField(label=gettext_lazy("Numer partii"), max_length=20, required=False)
    printed_on = forms.DateField(
        label=gettext_lazy("Data na opakowaniu"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    grams = forms.IntegerField(
        label=gettext_lazy("Waga razem (g)"), min_value=1, max_value=20_000_000, required=False
    )
    temperature = forms.DecimalField(
        label=gettext_lazy("Temperatura (°C)"), max_digits=4, decimal_places=1, required=False, localize=True
    )
    location = forms.CharField(label=gettext_lazy("Miejsce (puste: rampa)"), max_length=40, required=False)
    refused_units = forms.IntegerField(
        label=gettext_lazy("Odmówiono sztuk"), min_value=0, max_value=100_000, required=False
    )
    refused_for = forms.ChoiceField(
        label=gettext_lazy("Dlaczego odmówiono"),
        choices=[NO_CHOICE, *DocumentLine.Refusal.choices],
        required=False,
    )
    difference_for = forms.ChoiceField(
        label=gettext_lazy("Dlaczego inna liczba"),
        choices=[NO_CHOICE, *ReceiptItem.Difference.choices],
        required=False,
    )
    note = forms.CharField(label=gettext_lazy("Uwagi"), max_length=200, required=False)

    MORE = ("refused_units", "refused_for", "difference_for", "note")

    def __init__(self, stock_item: StockItem, *args: Any, owed: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stock_item, self.owed = stock_item, owed
        product = stock_item.product
        if product.date_kind == DateKind.NOT_REQUIRED:
            del self.fields["printed_on"]
        if all(offer.sold_by != SoldBy.WEIGHT for offer in stock_item.offers.all()):
            del self.fields["grams"]
        if product.temperature == Temperature.AMBIENT:
            del self.fields["temperature"]

    def clean(self):
        values = super().clean()
        if values.get("units"):
            for name in ("lot_code", "printed_on", "grams"):
                if name in self.fields and not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Uzupełnij: bez tego partia nie wejdzie na magazyn."))
            if "temperature" in self.fields and values.get("temperature") is None and not self.errors:
                self.add_error("temperature", _("Zmierz i wpisz temperaturę."))
        if values.get("refused_units") and not values.get("refused_for"):
            self.add_error("refused_for", _("Wybierz, dlaczego odmawiasz przyjęcia."))
        return values

    @property
    def main_fields(self):
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    @property
    def more_fields(self):
        return [field for field in self.visible_fields() if field.name in self.MORE]

    @property
    def opens_more(self) -> bool:
        return any(field.errors or field.value() for field in self.more_fields)

    def line(self) -> dict[str, Any] | None:
        """The counted line, or None when there is nothing to say of it."""
        values = self.cleaned_data
        sent = {
            "item": self.stock_item.pk,
            "units": values.get("units") or 0,
            "lot_code": values["lot_code"],
            "printed_on": values.get("printed_on"),
            "grams": values.get("grams"),
            "temperature": values.get("temperature"),
            "refused_units": values.get("refused_units") or 0,
            "refused_for": values["refused_for"],
            "difference_for": values["difference_for"],
            "note": values["note"],
            "location": values["location"],
        }
        return sent if sent["units"] or sent["refused_units"] or sent["difference_for"] else None


@dataclass
class Sheet:
    """All lines of one delivery. `owed` holds the pieces still to come of each item; None when nobody announced
    the delivery."""

    items: dict[int, StockItem]
    owed: dict[int, int] | None
    rows: list[dict[str, Any]]

    @classmethod
    def fresh(cls, items: dict[int, StockItem], owed: dict[int, int] | None) -> "Sheet":
        rows = [{"item": pk, "units": (owed or {}).get(pk) or ""} for pk in items]
        return cls(items, owed, rows)

    @classmethod
    def sent(cls, items: dict[int, StockItem], owed: dict[int, int] | None, data: Any) -> "Sheet":
        """The lines as they were typed, of known items only."""
        names = [name for name in CountedForm.base_fields if name != "item"]
        rows = []
        for n in range(_count(data.get("lines", ""), most=MOST_LINES)):
            pk = _count(data.get(f"l{n}-item", ""), most=2**62)
            if pk in items:
                rows.append({"item": pk} | {name: data.get(f"l{n}-{name}", "") for name in names})
        return cls(items, owed, rows)

    def add(self, item: int) -> dict[str, Any]:
        """One more lot of an item, below its others."""
        places = [n for n, row in enumerate(self.rows) if row["item"] == item]
        row = {"item": item, "units": ""}
        self.rows.insert(places[-1] + 1 if places else 0, row)
        return row

    def scan(self, seen: Read) -> tuple[dict[str, Any], bool]:
        """Writes a label into its line and answers the line, and whether it was there before: another crate of the
        same lot adds to it, another lot gets a line of its own."""
        self.items.setdefault(seen.item.pk, seen.item)
        printed = seen.printed_on.isoformat() if seen.printed_on else ""
        mine = [row for row in self.rows if row["item"] == seen.item.pk]
        for row in mine:
            if seen.lot and row.get("lot_code") == seen.lot and (row.get("printed_on") or "") == printed:
                row["units"] = _count(row["units"]) + (seen.units or 0)
                if seen.grams:
                    row["grams"] = _count(row.get("grams", "")) + seen.grams
                return row, True
        row = next((row for row in mine if not row.get("lot_code")), None)
        fresh = row is None
        row = row or self.add(seen.item.pk)
        found = {"lot_code": seen.lot, "printed_on": printed, "grams": seen.grams}
        row |= {name: value for name, value in found.items() if value}
        row["units"] = seen.units or ("" if fresh else row["units"])
        return row, False

    def forms(self, *, check: bool = False) -> list[CountedForm]:
        """A form for each line: as it is, or checked, with what the numbers lack."""
        made = []
        for n, row in enumerate(self.rows):
            item, prefix = self.items[row["item"]], f"l{n}"
            of = (self.owed or {}).get(item.pk)
            if check:
                data = {f"{prefix}-{name}": value for name, value in row.items()}
                made.append(CountedForm(item, data, prefix=prefix, owed=of))
            else:
                made.append(CountedForm(item, prefix=prefix, initial=row, owed=of))
        return made

    def check(self, made: list[CountedForm], *, last: bool) -> bool:
        """Whether all lines are right. When this was all, or more came than was owed, somebody says why."""
        wrong = [form for form in made if not form.is_valid()]  # every form, so that every error shows
        if wrong or self.owed is None:
            return not wrong
        right = True
        by_item: dict[int, list[CountedForm]] = defaultdict(list)
        for form in made:
            by_item[form.stock_item.pk].append(form)
        for item, lines in by_item.items():
            values = [form.cleaned_data for form in lines]
            came = sum((v.get("units") or 0) + (v.get("refused_units") or 0) for v in values)
            owed = self.owed.get(item, 0)
            said = any(v["difference_for"] for v in values)
            if not said and (came > owed or (last and came < owed)):
                words = _("Jest %(came)s, czekaliśmy na %(owed)s: wybierz dlaczego.")
                lines[0].add_error("difference_for", words % {"came": came, "owed": owed})
                right = False
        return right


def _count(text: Any, *, most: int = 20_000_000) -> int:
    text = str(text).strip()
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 20 else 0

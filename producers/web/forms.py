"""Forms of the producer's desk: shape only; what may be sold is decided by operations and policies."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.forms import AmountField
from marketplace.kernel.units import SoldBy, Temperature, Unit
from producers.models import Category, Product, VatClass
from producers.models.offer import Regime
from producers.models.product import DateKind, NoDateGround, NutritionGround
from producers.policies import marking

FIRST = (
    "name", "category", "ingredients", "storage", "temperature", "date_kind", "shelf_life_days",
    "minimum_life_days", "vat_class",
)  # fmt: skip
MORE = (
    "description", "single_ingredient", "preparation", "origin", "nutrition_ground", "no_date_ground",
    "alcohol_percent", "spoils_fast",
)  # fmt: skip
# The declaration in the order of Reg. (EU) 1169/2011, Annex XV; per 100 g or 100 ml.
NUTRITION = {
    "energy_kj": gettext_lazy("Wartość energetyczna (kJ)"),
    "energy_kcal": gettext_lazy("Wartość energetyczna (kcal)"),
    "fat": gettext_lazy("Tłuszcz (g)"),
    "saturates": gettext_lazy("w tym kwasy nasycone (g)"),
    "carbohydrate": gettext_lazy("Węglowodany (g)"),
    "sugars": gettext_lazy("w tym cukry (g)"),
    "protein": gettext_lazy("Białko (g)"),
    "salt": gettext_lazy("Sól (g)"),
}
PLEASE_CHOOSE = gettext_lazy("– wybierz –")


class ProductForm(forms.ModelForm):
    """Facts of a product. Ingredients are typed plain; `fields_for_operation` brings the marks back."""

    temperature = forms.ChoiceField(
        label=gettext_lazy("Przechowujemy w"), choices=[("", PLEASE_CHOOSE), *Temperature.choices]
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Kategoria"), queryset=Category.objects.none(), empty_label=PLEASE_CHOOSE
    )
    vat_class = forms.ModelChoiceField(
        label=gettext_lazy("Klasa VAT"),
        queryset=VatClass.objects.order_by("name"),
        required=False,
        empty_label=PLEASE_CHOOSE,
    )
    date_kind = forms.ChoiceField(
        label=gettext_lazy("Data na opakowaniu"),
        choices=[("", PLEASE_CHOOSE), *DateKind.choices],
        required=False,
    )
    no_date_ground = forms.ChoiceField(
        label=gettext_lazy("Dlaczego data nie jest wymagana"),
        choices=[("", gettext_lazy("– data jest wymagana –")), *NoDateGround.choices],
        required=False,
    )
    nutrition_ground = forms.ChoiceField(
        label=gettext_lazy("Dlaczego bez tabeli wartości odżywczej"),
        choices=[("", gettext_lazy("– podaję tabelę –")), *NutritionGround.choices],
        required=False,
    )

    class Meta:
        model = Product
        fields = [*FIRST, *MORE]
        labels = {
            "ingredients": gettext_lazy("Składniki"),
            "alcohol_percent": gettext_lazy("Alkohol (procent objętości)"),
            "minimum_life_days": gettext_lazy("Ile dni zostanie kupującemu, co najmniej"),
        }
        help_texts = {
            "ingredients": gettext_lazy(
                "Po przecinku, od największej ilości. Alergeny zaznaczymy za chwilę."
            ),
            "storage": gettext_lazy("Np. w lodówce, 2–8 °C."),
            "shelf_life_days": gettext_lazy("Od wytworzenia do daty na opakowaniu."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "preparation": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(children=None)
        if not self.is_bound:
            self.initial["ingredients"] = marking.bare(self.instance.ingredients)
            self.initial.setdefault("origin", "")
            if self.instance.pk is None:
                self.initial["origin"] = "Polska"
        values = self.instance.nutrition if isinstance(self.instance.nutrition, dict) else {}
        for name, label in NUTRITION.items():
            self.fields[f"nutrition_{name}"] = forms.DecimalField(
                label=label,
                required=False,
                min_value=0,
                max_value=9999,
                max_digits=6,
                decimal_places=2,
                localize=True,
            )
            self.initial.setdefault(f"nutrition_{name}", values.get(name))

    def clean(self):
        values = super().clean()
        if values.get("date_kind") == DateKind.NOT_REQUIRED and not values.get("no_date_ground"):
            self.add_error("no_date_ground", _("Wybierz, dlaczego data nie jest wymagana."))
        given = [values.get(f"nutrition_{name}") is not None for name in NUTRITION]
        if any(given) and not all(given):
            empty = next(name for name, there in zip(NUTRITION, given, strict=True) if not there)
            self.add_error(f"nutrition_{empty}", _("Uzupełnij całą tabelę albo zostaw ją pustą."))
        return values

    def _post_clean(self):
        """The instance stays as it is: the operation changes the row, under its lock."""

    def fields_for_operation(self, before: str) -> dict[str, object]:
        """What the operation writes. Marks stay as they were in `before` while its text does; in a new text the
        old ones are put back and known allergens marked, so that none goes unnoticed until somebody looks."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        values["ingredients"] = _marks_kept(before, values["ingredients"])
        table = {name: self.cleaned_data[f"nutrition_{name}"] for name in NUTRITION}
        known = {name: str(value) for name, value in table.items() if value is not None}
        return values | {"nutrition": known or None}

    @property
    def first(self):
        return [self[name] for name in FIRST]

    @property
    def more(self):
        return [self[name] for name in MORE]

    @property
    def table(self):
        return [self[f"nutrition_{name}"] for name in NUTRITION]

    @property
    def opens_more(self):
        return any(field.errors for field in [*self.more, *self.table])


def _marks_kept(before, typed):
    typed = typed.strip()
    if typed == marking.bare(before).strip():
        return before
    words = {}
    for one in marking.marked(before):
        words.setdefault(one.allergen, []).append(one.words)
    return marking.suggested(marking.mark(typed, words))


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Zdjęcie"),
        help_text=gettext_lazy(
            "Jeden produkt, światło dzienne, lniane lub drewniane tło. JPEG, PNG albo WebP, do 8 MB."
        ),
        error_messages={"required": gettext_lazy("Wybierz zdjęcie.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class PriceForm(forms.Form):
    price = AmountField(label=gettext_lazy("Nowa cena brutto (zł)"), max_digits=12, decimal_places=2)
    valid_from = forms.DateField(
        label=gettext_lazy("Od dnia"),
        required=False,
        help_text=gettext_lazy("Puste: od zaraz."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class OfferForm(forms.Form):
    """A pack: of a piece the product already has, or of a new one."""

    item = forms.ModelChoiceField(
        label=gettext_lazy("Sztuka"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("nowa, opisana niżej"),
    )
    piece = forms.CharField(
        label=gettext_lazy("Nazwa sztuki"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Np. słoik 250 g."),
    )
    content = forms.IntegerField(
        label=gettext_lazy("Ilość netto"), min_value=1, max_value=1_000_000, required=False
    )
    unit = forms.ChoiceField(label=gettext_lazy("Jednostka"), choices=Unit.choices, required=False)
    pieces = forms.IntegerField(
        label=gettext_lazy("Sztuk w opakowaniu"), min_value=1, max_value=1000, initial=1
    )
    price = AmountField(
        label=gettext_lazy("Cena brutto (zł)"),
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Za opakowanie; przy sprzedaży na wagę za kilogram."),
    )
    pack = forms.CharField(
        label=gettext_lazy("Nazwa opakowania"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Puste: jak sztuka."),
    )
    sold_by = forms.ChoiceField(
        label=gettext_lazy("Sprzedaż"), choices=SoldBy.choices, initial=SoldBy.PIECE, widget=forms.RadioSelect
    )
    expected_grams = forms.IntegerField(
        label=gettext_lazy("Sztuka waży zwykle (g)"), min_value=1, max_value=100_000, required=False
    )
    max_grams = forms.IntegerField(
        label=gettext_lazy("Sztuka waży najwyżej (g)"), min_value=1, max_value=100_000, required=False
    )
    regime = forms.ChoiceField(
        label=gettext_lazy("Tryb sprzedaży"), choices=Regime.choices, initial=Regime.FULL
    )
    max_per_order = forms.IntegerField(
        label=gettext_lazy("Najwięcej w jednym zamówieniu"), min_value=1, max_value=1000, initial=50
    )
    gtin = forms.CharField(label=gettext_lazy("GTIN sztuki"), max_length=14, required=False)

    FIRST = ("item", "piece", "content", "unit", "pieces", "price")
    MORE = ("pack", "sold_by", "expected_grams", "max_grams", "regime", "max_per_order", "gtin")

    def __init__(self, product, *args, **kwargs):
        super().__init__(*args, **kwargs)
        items = product.stock_items.order_by("pk")
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda item: item.name
        if not items:
            del self.fields["item"]

    def clean(self):
        values = super().clean()
        if not values.get("item"):
            for name, words in (
                ("piece", _("Nazwij sztukę, np. słoik 250 g.")),
                ("content", _("Podaj ilość netto.")),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return values

    def offer_fields(self) -> dict[str, object]:
        values = self.cleaned_data
        by_weight = values["sold_by"] == SoldBy.WEIGHT
        pieces = values["pieces"]
        return {
            "pack": values["pack"]
            or (self.piece_name if pieces == 1 else f"{pieces} × {self.piece_name}")[:60],
            "pieces": pieces,
            "sold_by": values["sold_by"],
            "expected_grams": values["expected_grams"] if by_weight else None,
            "max_grams": values["max_grams"] if by_weight else None,
            "regime": values["regime"],
            "max_per_order": values["max_per_order"],
        }

    @property
    def piece_name(self) -> str:
        item = self.cleaned_data.get("item")
        return item.name if item else self.cleaned_data["piece"]

    @property
    def first(self):
        return [self[name] for name in self.FIRST if name in self.fields]

    @property
    def more(self):
        return [self[name] for name in self.MORE]

    @property
    def opens_more(self):
        return any(field.errors for field in self.more)

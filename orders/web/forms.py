"""Forms of checkout and of finding an order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.references import read_reference
from marketplace.kernel.templatetags.polish_text import zloty
from orders.rules import PHONE
from orders.states import PaymentMethod, Substitutes


class DetailsForm(forms.Form):
    name = forms.CharField(label=_("Imię i nazwisko"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("Tu przyślemy potwierdzenie i kod odbioru.")
    )
    phone = forms.CharField(
        label=_("Telefon"),
        max_length=20,
        validators=[PHONE],
        help_text=_("Zadzwonimy tylko w sprawie tego zamówienia, np. 600 100 200."),
        widget=forms.TextInput(attrs={"type": "tel", "pattern": r"\s*\+?[0-9][0-9 \-]{7,18}\s*"}),
        error_messages={"invalid": PHONE.message},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Wpisz imię i nazwisko.")
        self.fields["email"].error_messages["required"] = _("Wpisz adres e-mail, np. jan@example.pl.")
        self.fields["email"].error_messages["invalid"] = _("Wpisz adres e-mail, np. jan@example.pl.")
        self.fields["email"].validators[0].message = _("Wpisz adres e-mail, np. jan@example.pl.")
        self.fields["phone"].error_messages["required"] = _("Wpisz numer telefonu, np. 600 100 200.")


class PaymentForm(forms.Form):
    """`early` says that a transfer can still come before the round closes."""

    payment_method = forms.ChoiceField(
        label=_("Jak zapłacisz"), widget=forms.RadioSelect, initial=PaymentMethod.ON_COLLECTION
    )
    substitutes = forms.ChoiceField(
        label=_("Gdy czegoś zabraknie"),
        widget=forms.RadioSelect,
        initial=Substitutes.SIMILAR,
        choices=[
            (Substitutes.SIMILAR, _("Przyjmę podobny produkt w tej samej cenie lub niższej")),
            (Substitutes.REFUND, _("Nie zamieniajcie, zapłacę mniej")),
        ],
    )
    accept_terms = forms.BooleanField(
        label=_("Znam regulamin i go przyjmuję"),
        error_messages={"required": _("Zaakceptuj regulamin, żeby zamówić.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, early, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(PaymentMethod.ON_COLLECTION, _("Przy odbiorze: gotówką lub kartą"))]
        if early:
            choices.append((PaymentMethod.BANK_TRANSFER, _("Przelewem: numer konta podamy od razu")))
        self.fields["payment_method"].choices = choices


class FindForm(forms.Form):
    number = forms.CharField(
        label=_("Numer zamówienia"), max_length=20, help_text=_("Na przykład Z-7K3M-9QXA.")
    )
    email = forms.EmailField(label=_("E-mail z zamówienia"), max_length=254)

    def clean_number(self):
        number = read_reference(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("W tym numerze jest pomyłka. Sprawdź znaki, np. Z-7K3M-9QXA."))
        return number


class GiveUpForm(forms.Form):
    """Late lines of an order; those that are ticked are not wanted any more."""

    lines = forms.MultipleChoiceField(
        label=_("Rezygnuję z tych pozycji"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Zaznacz, z czego rezygnujesz, albo wróć do zamówienia.")},
    )

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = [
            (str(line.position), f"{line.name}, {line.pack} × {line.quantity}, {zloty(line.total)}")
            for line in lines
            if line.short < line.pieces
        ]

    @property
    def chosen(self) -> set[int]:
        return {int(position) for position in self.cleaned_data["lines"]}

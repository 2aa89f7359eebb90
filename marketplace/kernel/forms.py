"""Form fields that read amounts as people write them, and refusals said beside their fields."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import DomainError

SPACES = str.maketrans("", "", " \u00a0\u202f")


class AmountField(forms.DecimalField):
    """A decimal written "12,50", "12.50" or "1 234,50"; a trailing "zł" is let pass."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid": _("Wpisz kwotę cyframi, np. 12,50.")})
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.translate(SPACES).removesuffix("zł").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


def refused(form: forms.BaseForm, refusal: DomainError) -> None:
    """Puts the refusal beside the field it names; one without a field is said above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))

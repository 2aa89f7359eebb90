"""Reading a scanned label, with a clear sentence when it can't be believed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.policies import gs1
from marketplace.kernel.errors import Invalid
from marketplace.kernel.references import gtin

SAID = {
    "brackets": gettext_lazy("Nawiasy w kodzie się nie zgadzają."),
    "unknown": gettext_lazy("Nie znam pola (%(ai)s) tego kodu."),
    "repeated": gettext_lazy("Pole (%(ai)s) jest w tym kodzie dwa razy."),
    "contradicts": gettext_lazy("Kod przeczy sam sobie w polu (%(ai)s)."),
    "length": gettext_lazy("Pole (%(ai)s) jest za krótkie albo za długie."),
    "check_digit": gettext_lazy("Cyfra kontrolna pola (%(ai)s) się nie zgadza: zeskanuj jeszcze raz."),
    "date": gettext_lazy("Pole (%(ai)s) nie jest datą."),
    "count": gettext_lazy("Pole (%(ai)s) nie jest liczbą sztuk."),
    "lot": gettext_lazy("Numer partii w polu (%(ai)s) może mieć od 1 do 20 znaków."),
}


class UnknownProduct(Invalid):
    code = "unknown_product"


class UnreadableLabel(Invalid):
    """`details["why"]` is the policy's word for what is wrong, `details["ai"]` the field it is about."""

    code = "unreadable_label"

    def __init__(self, error: gs1.Malformed) -> None:
        super().__init__(said(error), field="gtin", why=error.why, ai=error.ai)


def said(error: gs1.Malformed) -> str:
    """What is wrong with a label, for the person who scanned it."""
    return str(SAID[error.why]) % {"ai": error.ai}


def read(text: str) -> gs1.Label:
    """The label in a scanned text, a bare GTIN included. Raises UnreadableLabel, UnknownProduct for a text that is no
    GS1 at all."""
    if number := gtin(text.strip()):
        return gs1.Label(gtin=number)
    try:
        label = gs1.parse(text)
    except gs1.Malformed as error:
        raise UnreadableLabel(error) from error
    if label is None:
        raise UnknownProduct(_("Nie umiem odczytać tego kodu."), field="gtin")
    return label

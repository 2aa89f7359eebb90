"""What is checked alike on pages and in the API."""

import re

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

PHONE = RegexValidator(re.compile(r"^\+?[0-9][0-9 -]{7,18}$"), _("Podaj numer telefonu, np. 600 100 200."))

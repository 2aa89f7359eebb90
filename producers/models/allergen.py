from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Allergen(models.Model):
    """One of the 14 of Annex II to Regulation (EU) 1169/2011."""

    key = models.CharField(_("klucz"), max_length=20, primary_key=True)
    number = models.PositiveSmallIntegerField(_("numer"), unique=True)
    name_pl = models.CharField(_("nazwa"), max_length=60)
    name_en = models.CharField(_("nazwa po angielsku"), max_length=60)
    examples = models.CharField(_("przykłady"), max_length=160)

    class Meta:
        ordering = ["number"]
        verbose_name = _("alergen")
        verbose_name_plural = _("alergeny")

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name_pl

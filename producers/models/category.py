from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A shelf of the shop, two levels at most. `register_key` links it to the traditional-products register."""

    slug = models.SlugField(_("adres strony"), max_length=60, unique=True)
    name_pl = models.CharField(_("nazwa"), max_length=80)
    name_en = models.CharField(_("nazwa po angielsku"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("w kategorii")
    )
    register_key = models.CharField(_("grupa w rejestrze"), max_length=30, blank=True)
    icon = models.CharField(_("znaczek"), max_length=30)
    position = models.PositiveSmallIntegerField(_("kolejność"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("kategoria")
        verbose_name_plural = _("kategorie")

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name_pl

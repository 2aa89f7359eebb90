from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FinanceRole(models.Model):
    """Who looks after payments and statements."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="finance_role", verbose_name=_("osoba")
    )

    class Meta:
        verbose_name = _("osoba od finansów")
        verbose_name_plural = _("osoby od finansów")

    def __str__(self):
        return str(self.user)

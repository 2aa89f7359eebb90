from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from distribution.models.centre import Centre


class CentreStaff(models.Model):
    """Somebody who works at a centre. The badge opens a shared tablet together with the PIN (stored hashed)."""

    class Role(models.TextChoices):
        WORKER = "WORKER", _("pracownik hali")
        LEAD = "LEAD", _("kierownik zmiany")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="centre_roles")
    role = models.CharField(max_length=6, choices=Role)
    badge = models.CharField(_("kod identyfikatora"), max_length=20, unique=True)
    pin_hash = models.CharField(max_length=128)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "user"], name="distribution_staff_once")]
        verbose_name = _("pracownik centrum")
        verbose_name_plural = _("pracownicy centrów")

    def __str__(self):
        return f"{self.user} – {self.centre}"

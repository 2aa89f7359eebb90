from django.conf import settings
from django.db import models


class FinanceRole(models.Model):
    """Who looks after payments and statements."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="finance_role")

    def __str__(self):
        return str(self.user_id)

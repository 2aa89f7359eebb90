"""Columns with one shape everywhere."""

from typing import Any

from django.db import models


def money_field(**options: Any) -> models.DecimalField:
    """A column of złoty: numeric(12,2)."""
    return models.DecimalField(max_digits=12, decimal_places=2, **options)

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionConfig(AppConfig):
    name = "distribution"
    verbose_name = _("Centra")

    def ready(self):
        import_module("distribution.handlers")

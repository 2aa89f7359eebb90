from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProducersConfig(AppConfig):
    name = "producers"
    verbose_name = _("Producenci i towary")

    def ready(self):
        import_module("producers.handlers")

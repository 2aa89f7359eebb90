from importlib import import_module

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "distribution"

    def ready(self):
        import_module("distribution.handlers")

from importlib import import_module

from django.apps import AppConfig


class ProducersConfig(AppConfig):
    name = "producers"

    def ready(self):
        import_module("producers.handlers")

import sys
import time

from django.core.management.base import BaseCommand
from tqdm import tqdm

from producers.operations.registers import load_registers


class Command(BaseCommand):
    help = (
        "Loads voivodeships, places, postal codes, VAT rates, categories, marks and the heritage registers."
    )

    def handle(self, **_options):
        started = time.monotonic()
        quiet = not sys.stderr.isatty()
        counts = load_registers(track=lambda steps: tqdm(steps, desc="Rejestry", unit="", disable=quiet))
        for name, count in counts.items():
            self.stdout.write(f"{name.replace('_', ' '):20} {count:>7}")
        self.stdout.write(self.style.SUCCESS(f"Rejestry wczytane w {time.monotonic() - started:.1f} s"))

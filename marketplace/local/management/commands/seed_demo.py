import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.local import demo
from producers.models import HeritageEntry
from producers.operations.registers import load_registers

LABELS = {
    "producers": "producenci",
    "products": "produkty",
    "offers": "oferty",
    "centres": "centra",
    "rounds": "tury",
    "legs": "połączenia",
}


class Command(BaseCommand):
    help = "Makes a demo network from the registers: clusters, centres, producers, offers, stock, people."

    def add_arguments(self, parser):
        parser.add_argument("--producers", type=int, default=160)
        parser.add_argument("--offers", type=int, default=1200)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *, producers, offers, seed, **_options):
        if not 17 <= producers <= offers:
            raise CommandError("Potrzeba co najmniej 17 producentów i tylu ofert, ilu producentów.")
        started = time.monotonic()
        self.stdout.write(f"Sieć pokazowa: {producers} producentów, {offers} ofert, ziarno {seed}")
        if not HeritageEntry.objects.exists():
            load_registers()
        try:
            made = demo.seed(producers=producers, offers=offers, seed=seed, at=timezone.now())
        except demo.NetworkExists as error:
            raise CommandError(
                "W bazie są już producenci, więc nic nie zmieniono. Zacznij od pustej bazy: make reset."
            ) from error
        text = ", ".join(f"{LABELS[name]} {count}" for name, count in made.items())
        self.stdout.write(self.style.SUCCESS(f"Gotowe w {time.monotonic() - started:.1f} s: {text}"))

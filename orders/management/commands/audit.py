"""manage.py audit: every invariant with its name and count of breaches; exit 1 when one fails."""

from django.core.management.base import BaseCommand, CommandError

from orders.operations import audit


class Command(BaseCommand):
    help = "Counts the breaches of every invariant; exit 1 when there is one."

    def handle(self, **options):
        result = audit.run()
        for name, count in result.breaches.items():
            self.stdout.write(f"{'ok ' if not count else 'BAD'} {count:>6}  {name}")
        broken = len(result.broken())
        self.stdout.write(f"{len(result.breaches)} invariants in {result.seconds:.1f} s, {broken} broken")
        if broken:
            raise CommandError("The audit found breaches.", returncode=1)

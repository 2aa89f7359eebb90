from django.conf import settings
from django.core.management.base import BaseCommand

from distribution.models import CentreStaff
from marketplace.accounts.models import User
from marketplace.local.demo import people

ROLES = {
    people.BUYER: ("kupujący", "/"),
    people.PRODUCER: ("producent", "/producent/"),
    people.COORDINATOR: ("koordynator, Leszczyńskie Smaki", "/klaster/"),
    people.NATIONAL: ("koordynator krajowy", "/klaster/"),
    people.FINANCE: ("finanse", "/finanse/"),
    people.ADMIN: ("administrator danych", "/admin/"),
}
PINS = {CentreStaff.Role.WORKER: people.WORKER_PIN, CentreStaff.Role.LEAD: people.LEAD_PIN}
HEADINGS = ("rola", "e-mail", "hasło", "identyfikator i PIN", "adres")


class Command(BaseCommand):
    help = "Prints the sign-ins of the demo people in this database: role, e-mail, password, badge, address."

    def handle(self, **_options):
        rows = [*_desks(), *_floor()]
        if not rows:
            self.stdout.write("W tej bazie nie ma osób pokazowych.")
            return
        widths = [max(len(cell) for cell in column) for column in zip(HEADINGS, *rows, strict=True)]
        for row in (HEADINGS, ["─" * width for width in widths], *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _desks():
    found = set(User.objects.filter(email__in=ROLES).values_list("email", flat=True))
    for email, (role, path) in ROLES.items():
        if email in found:
            yield role, email, people.PASSWORD, "", f"{settings.SITE_URL}{path}"


def _floor():
    staff = CentreStaff.objects.filter(
        centre__code__in=people.SHOWN, user__email__endswith=f"@{people.DOMAIN}"
    )
    for one in staff.select_related("user", "centre__place").order_by("-centre__code", "badge"):
        role = f"{one.get_role_display()}, {one.centre.place.name}"
        badge = f"{one.badge}, {PINS[one.role]}"
        yield role, one.user.email, people.PASSWORD, badge, f"{settings.SITE_URL}/centrum/{one.centre.code}/"

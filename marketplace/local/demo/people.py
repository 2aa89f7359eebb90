"""Demo sign-ins of every role, all with one password."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from distribution.models import CentreStaff
from marketplace.accounts.models import User
from marketplace.local.demo.centres import LESZNO, Hall
from marketplace.local.demo.clusters import LESZNO_SLUG
from marketplace.local.demo.makers import Maker
from marketplace.local.demo.world import save
from orders.models import FinanceRole
from producers.models import Cluster, ClusterRole, ProducerPerson

DOMAIN = "demo.example"
PASSWORD = "spichlerz-demo"  # noqa: S105 - the demo's, shown to everybody
WORKER_PIN, LEAD_PIN = "1234", "4321"
BUYER, PRODUCER = f"kupujacy@{DOMAIN}", f"producent@{DOMAIN}"
COORDINATOR, NATIONAL = f"koordynator@{DOMAIN}", f"koordynator.krajowy@{DOMAIN}"
FINANCE, ADMIN = f"finanse@{DOMAIN}", f"admin@{DOMAIN}"
SHOWN = ("LES", "GDA")  # centres whose sign-ins are printed; the others follow the same pattern
WORKERS = ("Jan Kos", "Ola Wrona", "Piotr Szpak", "Kasia Czajka", "Marek Zięba", "Zosia Pliszka")
LEADS = ("Anna Sowa", "Tomasz Żuraw", "Magda Jaskółka", "Paweł Dudek", "Ewa Perkoz")


def make(halls: dict[str, Hall], makers: list[Maker], clusters: dict[str, Cluster]) -> dict[str, User]:
    """Workers by the code of their centre."""
    password = make_password(PASSWORD)  # one slow hash serves everybody
    desks = {
        BUYER: "Maria Wiśniewska",
        PRODUCER: "Helena Bielecka",
        COORDINATOR: "Barbara Leśna",
        NATIONAL: "Andrzej Polny",
        FINANCE: "Joanna Groszek",
        ADMIN: "Adam Klucz",
    }
    people = {email: User(email=email, name=name, password=password) for email, name in desks.items()}
    people[ADMIN].is_staff = people[ADMIN].is_superuser = True
    workers, leads = {}, {}
    for number, code in enumerate(halls):
        workers[code] = User(email=_hall(code), name=WORKERS[number % len(WORKERS)], password=password)
        leads[code] = User(email=_lead(code), name=LEADS[number % len(LEADS)], password=password)
    everybody = [*people.values(), *workers.values(), *leads.values()]
    save(everybody, "osoby")
    save([EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in everybody], "adresy")
    save(_staff(halls, workers, leads), "załogi")
    ProducerPerson.objects.create(
        producer=makers[0].producer, user=people[PRODUCER], role=ProducerPerson.Role.OWNER
    )
    ClusterRole.objects.create(cluster=clusters[LESZNO_SLUG], user=people[COORDINATOR])
    ClusterRole.objects.create(cluster=clusters[""], user=people[NATIONAL])
    FinanceRole.objects.create(user=people[FINANCE])
    return workers


def _hall(code: str) -> str:
    return f"hala@{DOMAIN}" if code == LESZNO else f"hala.{code.lower()}@{DOMAIN}"


def _lead(code: str) -> str:
    return f"kierownik@{DOMAIN}" if code == LESZNO else f"kierownik.{code.lower()}@{DOMAIN}"


def _staff(halls: dict[str, Hall], workers: dict[str, User], leads: dict[str, User]) -> list[CentreStaff]:
    of_worker, of_lead = make_password(WORKER_PIN), make_password(LEAD_PIN)
    return [
        CentreStaff(centre=hall.centre, user=user, role=role, badge=f"{code}-{number}", pin_hash=pin_hash)
        for code, hall in halls.items()
        for user, role, number, pin_hash in (
            (workers[code], CentreStaff.Role.WORKER, "001", of_worker),
            (leads[code], CentreStaff.Role.LEAD, "900", of_lead),
        )
    ]

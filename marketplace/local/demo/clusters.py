"""The national cluster, a regional one for every voivodeship, Leszczyńskie Smaki, and their members."""

from datetime import timedelta

from django.utils.text import slugify

from marketplace.kernel.polish import fold, sort_key
from marketplace.local.demo.makers import Maker
from marketplace.local.demo.world import World, save
from producers.models import Cluster, Member, Voivodeship

NATIONAL = "Krajowy Klaster Produktu Regionalnego, Lokalnego i Tradycyjnego"
LESZNO = "Leszczyńskie Smaki"
LESZNO_SLUG = "leszczynskie-smaki"
# Made-up members of the five kinds that sell no food; the region stands in the genitive.
OTHERS = {
    Member.Kind.SERVICE: (
        "Agroturystyka „Pod Żurawiem”",
        "Chłodnie i Przewozy „Szron”",
        "Opakowania z Papieru „Szary Sznurek”",
        "Kuchnia na Kołach „Rondel”",
        "Laboratorium Żywności „Próbka”",
        "Zajazd „Przy Gościńcu”",
        "Warsztaty Wypieku „Dzieża”",
    ),
    Member.Kind.SCIENCE: (
        "Pracownia Żywności Tradycyjnej {region}",
        "Katedra Smaku i Tradycji {region}",
        "Ośrodek Badań nad Przechowalnictwem „Piwnica”",
    ),
    Member.Kind.SCHOOL: (
        "Zespół Szkół Gastronomicznych „Fartuch”",
        "Szkoła Podstawowa „Kłosek”",
        "Technikum Ogrodnicze „Szpaler”",
        "Przedszkole „Jagódka”",
        "Zespół Szkół Rolniczych „Bruzda”",
    ),
    Member.Kind.AUTHORITY: (
        "Gmina Zielone Wzgórza",
        "Gmina Stare Sady",
        "Gmina Dolne Stawy",
        "Miasto Nowy Targowiec",
        "Powiat Nadrzeczny",
        "Związek Gmin „Dolina”",
    ),
    Member.Kind.SUPPORT: (
        "Lokalna Grupa Działania „Kraina Miedz”",
        "Lokalna Grupa Działania „Cztery Gościńce”",
        "Fundusz Rozwoju Wsi {region}",
        "Ośrodek Doradztwa „Zagon”",
        "Bank Spółdzielczy „Skarbonka”",
    ),
}


def make(world: World, makers: list[Maker]) -> dict[str, Cluster]:
    """By slug of the regional cluster; the national one stands under an empty key."""
    national = _cluster(
        NATIONAL, None, None, "Łączy producentów, usługodawców, naukę i samorządy całego kraju."
    )
    save([national], "klaster krajowy")
    regional = {
        unit.teryt: _cluster(
            f"Klaster Smaków Województwa {_genitive(unit.name).title()}",
            national,
            unit,
            f"Producenci i instytucje województwa {_genitive(unit.name)}.",
        )
        for unit in Voivodeship.objects.order_by("teryt")
    }
    leszno = _cluster(
        LESZNO, national, None, "Pierwszy klaster regionalny: producenci z Leszna i sąsiednich powiatów."
    )
    save([*regional.values(), leszno], "klastry regionalne")
    members = [_maker(maker, leszno if maker.in_leszno else regional[_unit(maker)]) for maker in makers]
    for cluster in [*regional.values(), leszno, national]:
        members += _others(world, cluster)
    save(members, "członkowie")
    return {"": national, **{cluster.slug: cluster for cluster in [*regional.values(), leszno]}}


def _cluster(name: str, parent: Cluster | None, unit: Voivodeship | None, about: str) -> Cluster:
    slug = slugify(fold(name))[:60].strip("-")
    email = f"{slug[:40].strip('-')}@example.pl"
    return Cluster(
        slug=slug,
        name=name,
        parent=parent,
        voivodeship=unit,
        about=about,
        email=email,
        sort_key=sort_key(name),
    )


def _genitive(name: str) -> str:
    """Names of voivodeships are neuter adjectives: łódzkie -> łódzkiego."""
    return f"{name}go"


def _unit(maker: Maker) -> str:
    return maker.producer.voivodeship_id


def _maker(maker: Maker, cluster: Cluster) -> Member:
    producer = maker.producer
    return Member(
        cluster=cluster,
        kind=Member.Kind.PRODUCER,
        name=producer.name,
        producer=producer,
        joined_on=producer.joined_on,
        sort_key=producer.sort_key,
    )


def _others(world: World, cluster: Cluster) -> list[Member]:
    unit = cluster.voivodeship
    elsewhere = "Ziemi Leszczyńskiej" if cluster.parent else "Polski"
    region = f"Województwa {_genitive(unit.name).title()}" if unit else elsewhere
    chance = world.chance(f"members of {cluster.slug}")
    members = []
    for kind, texts in OTHERS.items():
        for name in chance.sample([text.format(region=region) for text in texts], chance.randint(1, 3)):
            joined_on = world.today - timedelta(days=chance.randint(40, 1500))
            members.append(
                Member(cluster=cluster, kind=kind, name=name, joined_on=joined_on, sort_key=sort_key(name))
            )
    return members

"""Producers with fictional names, in real places of the right voivodeship."""

import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from django.utils.text import slugify

from marketplace.kernel.polish import fold, sort_key
from marketplace.local.demo import checks
from marketplace.local.demo.dishes import Dishes
from marketplace.local.demo.world import World, save
from producers.models import Place, Producer, Voivodeship
from producers.models.producer import LegalForm, VatStatus

FILE = Path(__file__).with_name("makers.toml")
# The town and the powiats around it that Leszczyńskie Smaki gathers.
LESZNO_AREA = ("3063", "3013", "3011", "3004", "3022", "3029")
LESZNO_SHARE = 12  # one producer in so many
SMALL_TOWN = 12_000
# How many of each kind a good market has; fewer where the list has hardly a name for them.
SHARES = {
    "dairy": 17,
    "kitchen": 14,
    "bakery": 13,
    "butcher": 13,
    "orchard": 13,
    "apiary": 9,
    "garden": 9,
    "fishery": 14,
    "mill": 7,
    "poultry": 7,
}
ENOUGH_NAMES, FEWEST_NAMES = 5, 3
VAT = {
    LegalForm.FARMER: (VatStatus.FLAT_RATE,),
    LegalForm.SOLE_TRADER: (VatStatus.EXEMPT, VatStatus.ACTIVE),
    LegalForm.COMPANY: (VatStatus.ACTIVE,),
    LegalForm.COOPERATIVE: (VatStatus.ACTIVE,),
    LegalForm.KGW: (VatStatus.EXEMPT,),
    LegalForm.ASSOCIATION: (VatStatus.EXEMPT,),
}


@dataclass
class Maker:
    """A producer with what the demo knows beyond the row: its kind, and the centre its goods go to first."""

    producer: Producer
    kind: str
    in_leszno: bool
    is_organic: bool
    offers: list[Any] = field(default_factory=list)


def make(world: World, dishes: Dishes) -> list[Maker]:
    chance = world.chance("makers")
    studio = _Studio(chance, world)
    makers = [
        studio.maker(unit, in_leszno, serial, dishes)
        for serial, (unit, in_leszno) in enumerate(_regions(world, dishes, chance))
    ]
    save([maker.producer for maker in makers], "producenci")
    return makers


def _regions(world: World, dishes: Dishes, chance: Random) -> list[tuple[Voivodeship, bool]]:
    """The voivodeship of each producer: the richer its list, the more; the Leszno area has its own share."""
    units = list(Voivodeship.objects.order_by("teryt"))
    greater_poland = next(unit for unit in units if unit.teryt == "30")
    leszno = max(world.producers // LESZNO_SHARE, 1)
    rest = world.producers - leszno
    each = units[:rest]
    weights = [sum(len(dishes.of(unit.teryt, kind)) for kind in SHARES) ** 0.5 for unit in units]
    drawn = chance.choices(units, weights, k=rest - len(each))
    return [(greater_poland, True)] * leszno + [
        (unit, False) for unit in sorted(each + drawn, key=lambda unit: unit.teryt)
    ]


_WORDS = tomllib.loads(FILE.read_text(encoding="utf-8"))


class _Studio:
    """Makes producers up, one after another, without two of one name in one place."""

    def __init__(self, chance: Random, world: World) -> None:
        self.chance = chance
        self.world = world
        self.slugs: set[str] = set()
        self.names: Counter[str] = Counter()
        self.places: dict[str, list[Place]] = defaultdict(list)
        for place in Place.objects.exclude(postal_code="").order_by("geoname_id"):
            if (place.population or 0) <= SMALL_TOWN or place.powiat_id in LESZNO_AREA:
                self.places[place.voivodeship_id].append(place)

    def maker(self, unit: Voivodeship, in_leszno: bool, serial: int, dishes: Dishes) -> Maker:
        # The first one of the Leszno area is the demo's own desk: a dairy with much to show.
        kind = "dairy" if serial == 0 else self._kind(unit, dishes)
        around = [p for p in self.places[unit.teryt] if (p.powiat_id in LESZNO_AREA) == in_leszno]
        place = self.chance.choice(around)
        name, form = self._name(kind)
        words = _WORDS[kind]
        producer = Producer(
            slug=self._slug(name, place),
            name=name,
            legal_form=form,
            nip=checks.nip(serial),
            vat_status=self.chance.choice(VAT[form]),
            place=place,
            voivodeship=unit,
            street=self._street(place),
            postal_code=place.postal_code,
            latitude=round(place.latitude + self.chance.uniform(-0.012, 0.012), 5),
            longitude=round(place.longitude + self.chance.uniform(-0.018, 0.018), 5),
            email=f"producent.{serial + 1}@example.pl",
            phone=f"+48 600 {serial // 1000:03d} {serial % 1000:03d}",
            story=" ".join(self.chance.choice(words[part]) for part in ("starts", "middles", "ends")),
            is_demo=True,
            joined_on=self.world.days_ago(self.chance.randint(60, 900)).date(),
            search_text=fold(f"{name} {place.name} {unit.name}"),
            sort_key=sort_key(name),
        )
        return Maker(producer, kind, in_leszno, is_organic=self._is_organic(name, kind))

    def _kind(self, unit: Voivodeship, dishes: Dishes) -> str:
        known = [len(dishes.of(unit.teryt, kind)) for kind in SHARES]
        weights = [
            share * min(count / ENOUGH_NAMES, 1) if count >= FEWEST_NAMES else 0
            for share, count in zip(SHARES.values(), known, strict=True)
        ]
        return self.chance.choices(list(SHARES), weights)[0]

    def _name(self, kind: str) -> tuple[str, LegalForm]:
        """The least used of a few ideas."""
        ideas = []
        for _try in range(4):
            template, form = self.chance.choice(_WORDS[kind]["names"])
            words = {key: self.chance.choice(values) for key, values in _WORDS["words"].items()}
            ideas.append((template.format(**words), LegalForm(form)))
        name, form = min(ideas, key=lambda idea: self.names[idea[0]])
        self.names[name] += 1
        return name, form

    def _slug(self, name: str, place: Place) -> str:
        base = slugify(fold(f"{name} {place.name}"))[:70].strip("-")
        slug, number = base, 1
        while slug in self.slugs:
            number += 1
            slug = f"{base}-{number}"
        self.slugs.add(slug)
        return slug

    def _street(self, place: Place) -> str:
        number = self.chance.randint(1, 96)
        if not place.is_town:
            return f"{place.name} {number}"
        return f"{self.chance.choice(_WORDS['words']['street'])} {number}"

    def _is_organic(self, name: str, kind: str) -> bool:
        return "Ekologiczne" in name or (
            kind in {"garden", "orchard", "dairy", "apiary", "mill", "poultry"}
            and self.chance.random() < 0.15
        )

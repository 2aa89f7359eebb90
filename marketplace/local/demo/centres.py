"""Distribution centres: zones, locations, crates, the place of hand-over, and the postal codes they serve."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from distribution.models import Centre, Coverage, HandlingUnit, HandoverPlace, Location, Zone
from marketplace.kernel.units import Temperature
from marketplace.local.demo import checks
from marketplace.local.demo.world import World, save
from producers.models import Place, PostalCode, Voivodeship

CODES = {
    "02": "WRO", "04": "BYD", "06": "LUB", "08": "GOR", "10": "LDZ", "12": "KRA", "14": "WAW", "16": "OPO",
    "18": "RZE", "20": "BIA", "22": "GDA", "24": "KAT", "26": "KIE", "28": "OLS", "30": "POZ", "32": "SZC",
}  # fmt: skip
LESZNO = "LES"
# Postal areas of Kościan, Leszno, Wolsztyn, Gostyń, Rawicz and Wschowa, nearer to Leszno than to the capital.
LESZNO_PREFIXES = ("64-0", "64-1", "64-2", "63-8", "63-9", "67-4")
STREETS = ("ul. Magazynowa 4", "ul. Spichrzowa 12", "ul. Targowa 31", "ul. Składowa 7", "ul. Młyńska 18")
# Code, temperature, warmest allowed in 0.1 °C, aisles and slots in each.
ZONES = (
    ("A", Temperature.AMBIENT, 250, 4, 16),
    ("B", Temperature.CHILLED, 60, 3, 16),
    ("C", Temperature.FROZEN, -180, 1, 12),
)
OFFERS_PER_AISLE = 8000  # beyond this many offers in the network the halls are longer
STAGES = 6
CRATES = 60


@dataclass
class Hall:
    """A centre with the locations the demo puts goods on."""

    centre: Centre
    place: HandoverPlace
    slots: dict[str, list[Location]] = field(default_factory=lambda: defaultdict(list))
    locations: list[Location] = field(default_factory=list)

    @property
    def supplier(self) -> Location:
        return next(at for at in self.locations if at.kind == Location.Kind.SUPPLIER)


def make(world: World) -> dict[str, Hall]:
    """By code, in the order of the codes."""
    units = {unit.teryt: unit for unit in Voivodeship.objects.all()}
    wanted = [(code, units[teryt], units[teryt].capital) for teryt, code in CODES.items()]
    wanted.append((LESZNO, units["30"], "Leszno"))
    centres = [_centre(n, code, unit, town) for n, (code, unit, town) in enumerate(sorted(wanted))]
    save(centres, "centra")
    places = [_handover(centre) for centre in centres]
    save(places, "miejsca odbioru")
    halls = {c.code: Hall(c, place) for c, place in zip(centres, places, strict=True)}
    _furnish(world, list(halls.values()))
    save(_coverage(halls), "obszary")
    return halls


def _centre(number: int, code: str, unit: Voivodeship, town: str) -> Centre:
    place = Place.objects.get(name=town, voivodeship=unit, is_town=True)
    return Centre(
        code=code,
        name=f"Centrum {town}",
        place=place,
        voivodeship=unit,
        street=STREETS[number % len(STREETS)],
        postal_code=place.postal_code,
        latitude=place.latitude,
        longitude=place.longitude,
        phone=f"+48 600 900 {number:03d}",
        opening_hours="pon.–sob. 6.00–20.00",
        is_demo=True,
    )


def _handover(centre: Centre) -> HandoverPlace:
    return HandoverPlace(
        kind=HandoverPlace.Kind.CENTRE,
        centre=centre,
        name=centre.name,
        address=f"{centre.street}, {centre.postal_code} {centre.place.name}",
        latitude=centre.latitude,
        longitude=centre.longitude,
    )


def _furnish(world: World, halls: list[Hall]) -> None:
    zones = [
        Zone(centre=hall.centre, code=code, temperature=temperature, max_tenths=warmest)
        for hall in halls
        for code, temperature, warmest, _aisles, _slots in ZONES
    ]
    save(zones, "strefy")
    by_centre = defaultdict(dict)
    for zone in zones:
        by_centre[zone.centre_id][zone.code] = zone
    for hall in halls:
        _locations(world, hall, by_centre[hall.centre.pk])
    crates = [crate for hall in halls for crate in _crates(hall)]
    save([at for hall in halls for at in hall.locations], "lokalizacje")
    save(crates, "skrzynie")


def _locations(world: World, hall: Hall, zones: dict[str, Zone]) -> None:
    kinds, centre = Location.Kind, hall.centre
    hall.locations = [Location(centre=centre, kind=kind, code=kind.value) for kind in Location.VIRTUAL]
    hall.locations.append(Location(centre=centre, kind=kinds.DOCK, code="DOCK-1"))
    hall.locations.append(Location(centre=centre, kind=kinds.QUARANTINE, code="QUAR-1"))
    for code, temperature, _warmest, aisles, slots in ZONES:
        longer = aisles * (1 + world.offers // OFFERS_PER_AISLE)
        hall.slots[temperature] = _slots(centre, zones[code], longer, slots)
        hall.locations += hall.slots[temperature]
        for number in range(1, STAGES + 1):
            stage = f"STAGE-{code}-{number:02d}"
            hall.locations.append(Location(centre=centre, zone=zones[code], kind=kinds.STAGE, code=stage))


def _slots(centre: Centre, zone: Zone, aisles: int, slots: int) -> list[Location]:
    """A picker walks up one aisle and down the next, so the order of every other aisle is turned."""
    found = []
    for aisle in range(1, aisles + 1):
        for slot in range(1, slots + 1):
            step = slot if aisle % 2 else slots + 1 - slot
            walk_order = ord(zone.code) * 100_000 + aisle * 100 + step
            code = f"{zone.code}-{aisle:02d}-{slot:02d}"
            found.append(
                Location(centre=centre, zone=zone, kind=Location.Kind.SLOT, code=code, walk_order=walk_order)
            )
    return found


def _crates(hall: Hall) -> list[HandlingUnit]:
    """The first 60 of each centre's SSCC numbers; a crate's contents lie at a location of its own."""
    dock = next(at for at in hall.locations if at.kind == Location.Kind.DOCK)
    crates = []
    for number in range(1, CRATES + 1):
        sscc = checks.gs1(f"0590999{hall.centre.pk % 10_000:04d}{number:06d}")
        inside = Location(centre=hall.centre, kind=Location.Kind.CRATE, code=f"CRATE-{number:03d}")
        hall.locations.append(inside)
        crates.append(HandlingUnit(sscc=sscc, centre=hall.centre, inside=inside, stands_at=dock))
    return crates


def _coverage(halls: dict[str, Hall]) -> list[Coverage]:
    """Two digits belong to the centre of the voivodeship that most of their codes lie in; a third digit that
    lies elsewhere as a whole gets a row of its own. So every code of the register finds a centre."""
    of_two, of_three = defaultdict(Counter), defaultdict(Counter)
    for code, teryt in PostalCode.objects.values_list("code", "voivodeship_id"):
        of_two[code[:2]][teryt] += 1
        of_three[code[:4]][teryt] += 1
    centres = {prefix: CODES[_most(units)] for prefix, units in of_two.items()}
    for prefix, units in of_three.items():
        if CODES[_most(units)] != centres[prefix[:2]]:
            centres[prefix] = CODES[_most(units)]
    centres |= dict.fromkeys(LESZNO_PREFIXES, LESZNO)
    return [Coverage(prefix=prefix, place=halls[code].place) for prefix, code in sorted(centres.items())]


def _most(units: Counter[str]) -> str:
    return max(sorted(units), key=units.__getitem__)

"""Units of the country (GUS TERYT), places and postal codes (GeoNames)."""

from django.utils.text import slugify

from marketplace.kernel.polish import fold, sort_key
from producers.models import (
    Gmina,
    Place,
    PostalCode,
    Powiat,
    PowiatNeighbour,
    Voivodeship,
)
from producers.operations.registers.source import rows
from producers.operations.registers.upsert import upsert


def voivodeships() -> int:
    return len(upsert((_voivodeship(row) for row in rows("voivodeships.csv")), key=("teryt",)))


def _voivodeship(row: dict[str, str]) -> Voivodeship:
    return Voivodeship(
        teryt=row["teryt"],
        name=row["name"],
        name_en=row["name_en"],
        slug=slugify(fold(row["name"])),
        capital=row["capital"],
        iso=row["iso_3166_2"],
        latitude=float(row["centroid_latitude"]),
        longitude=float(row["centroid_longitude"]),
        sort_key=sort_key(row["name"]),
    )


def powiaty() -> int:
    found = (
        Powiat(
            teryt=row["teryt"],
            name=row["name"],
            kind=row["kind"],
            voivodeship_id=row["voivodeship_teryt"],
        )
        for row in rows("powiaty.csv")
    )
    return len(upsert(found, key=("teryt",)))


def powiat_neighbours() -> int:
    found = (
        PowiatNeighbour(
            powiat_id=row["powiat_teryt"],
            neighbour_id=row["neighbour_teryt"],
            same_voivodeship=row["same_voivodeship"] == "1",
        )
        for row in rows("powiat_neighbours.csv")
    )
    return len(upsert(found, key=("powiat", "neighbour")))


def gminy() -> int:
    found = (
        Gmina(
            teryt=row["teryt"],
            name=row["name"],
            kind=row["kind"],
            powiat_id=row["powiat_teryt"],
        )
        for row in rows("gminy.csv")
    )
    return len(upsert(found, key=("teryt",)))


# Above every GeoNames id: a town GeoNames does not list is known by its gmina instead.
UNLISTED = 1_000_000_000


def places() -> int:
    return len(upsert((_place(row) for row in rows("places.csv")), key=("geoname_id",)))


def _place(row: dict[str, str]) -> Place:
    return Place(
        geoname_id=int(row["geoname_id"] or UNLISTED + int(row["gmina_teryt"])),
        name=row["name"],
        is_town=row["kind"] == "miasto",
        voivodeship_id=row["voivodeship_teryt"],
        powiat_id=row["powiat_teryt"],
        gmina_id=row["gmina_teryt"] or None,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        population=int(row["population"]) if row["population"] else None,
        postal_code=row["postal_code_first"],
        search_text=fold(row["name"]),
        sort_key=sort_key(row["name"]),
    )


def postal_codes() -> int:
    found = (
        PostalCode(
            code=row["postal_code"],
            place_name=row["place"],
            voivodeship_id=row["voivodeship_teryt"],
            powiat_id=row["powiat_teryt"] or None,
            gmina_teryt=row["gmina_teryt"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in rows("postal_codes.csv.gz")
    )
    key = ("code", "place_name", "gmina_teryt", "latitude", "longitude")
    return len(upsert(found, key=key))

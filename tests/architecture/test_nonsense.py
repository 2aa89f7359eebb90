"""Nonsense sent to every address by who may use it: refused in words, or ignored, and never an error of ours."""

import json
import re
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import resolve

from tests.architecture.test_addresses import (  # noqa: F401 the world and its client are fixtures
    ADDRESSES,
    PUBLIC,
    SIGNED_IN,
    address_of,
    allowed,
    bare_client,
    world,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
LONG = "9" * 5000
TEXTS = ["", "-1", "²", "NaN", "\x00", LONG]
CURSORS = [
    "W2ZhbHNlLCBbeyJuIjogIk5hTiJ9LCAxXV0",
    "W2ZhbHNlLCBbMSwgMV1d",
]  # [false, [{"n": "NaN"}, 1]], [false, [1, 1]]
JSON = [None, "", -1, 1.5, 10**30, True, [None], {"²": 1, LONG: 1}, "NaN", "\x00", LONG]
BODIES = ["", "{", "[1, 2]", '{"a": NaN}', "\ud800".encode("utf-8", "surrogatepass")]
NOT_OURS = re.compile(r"^(admin/|konto/(?!$|klucze|dane|usun)|i18n/|health/|style/|media/|pictures/)")
ROLES = ["guest", "buyer", "producer", "lead", "coordinator", "finance"]


@pytest.fixture
def places(world, bare_client, role):  # noqa: F811
    """Addresses of this role, and a client that is signed in as it."""
    people, things = world
    if role != "guest":
        bare_client.force_login(people[role])
    bare_client.raise_request_exception = False
    return bare_client, [address_of(route, things) for route in ADDRESSES if is_for(route, role)]


def is_for(route, role):
    if NOT_OURS.match(route):
        return False
    who = allowed(route)
    if who == PUBLIC:
        return role == "guest"
    return role == "buyer" if who == SIGNED_IN else role in who


def failures(client, calls):
    """What ended in an error of ours; each call is undone, so that the world stays as it is."""
    found = []
    for method, address, options in calls:
        with transaction.atomic():
            status = client.generic(method, address, secure=True, **options).status_code
            transaction.set_rollback(True)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            found.append((status, method, address, str(options)[:300]))
    return found


def field_names(client, addresses):
    """Every name of a field on the pages of this role."""
    pages = [client.get(address, secure=True) for address in addresses if not address.startswith("/api/")]
    said = [
        page.content.decode()
        for page in pages
        if not page.streaming and "html" in page.get("Content-Type", "")
    ]
    return sorted(
        {name for page in said for name in re.findall(r'\bname="([\w-]+)"', page)} - {"csrfmiddlewaretoken"}
    )


def body_names(client):
    """Every name of a body's field and of a query's parameter in the API's description."""
    schema = client.get("/api/schema/?format=json", secure=True).json()
    shapes = schema["components"]["schemas"].values()
    parameters = [
        parameter["name"]
        for path in schema["paths"].values()
        for method in path.values()
        for parameter in method.get("parameters", [])
        if parameter["in"] == "query"
    ]
    return sorted({name for shape in shapes for name in shape.get("properties", {})}), sorted(set(parameters))


@pytest.mark.parametrize("role", ROLES)
def test_forms(places):
    client, addresses = places
    names = field_names(client, addresses)
    form = "application/x-www-form-urlencoded"
    calls = [
        ("POST", address, {"data": urlencode(dict.fromkeys(names, text)), "content_type": form})
        for address in addresses
        if not address.startswith("/api/")
        for text in TEXTS
    ]
    assert failures(client, calls) == []


@pytest.mark.parametrize("role", ROLES)
def test_queries(places):
    client, addresses = places
    names = sorted(
        {*field_names(client, addresses), *body_names(client)[1], "cursor", "page_size", "q", "token", "next"}
    )
    calls = [
        ("GET", f"{address}?{urlencode(dict.fromkeys(names, text[:200]))}", {})
        for address in addresses
        for text in ["²", "\x00", *CURSORS]
    ]
    assert failures(client, calls) == []


@pytest.mark.parametrize("role", ROLES)
def test_bodies(places):
    client, addresses = places
    names = body_names(client)[0]
    wholes = [json.dumps(dict.fromkeys(names, value)) for value in JSON] + BODIES
    calls = [
        (method, address, {"data": body, "content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "²"})
        for address in addresses
        if address.startswith("/api/v1/")
        for method in methods(address)
        for body in wholes
    ]
    assert failures(client, calls) == []


def methods(address):
    view = getattr(resolve(address).func, "view_class", None)
    return [method for method in ("POST", "PUT", "PATCH", "DELETE") if hasattr(view, method.lower())]

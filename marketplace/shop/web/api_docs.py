"""The page for programmers: first steps by hand, the list of addresses from the schema itself. No scripts: the
ready-made viewers need inline styles, which our policy refuses."""

from functools import lru_cache

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.settings import api_settings

from marketplace.kernel import errors

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def api_docs(request):
    context = {
        "groups": groups(),
        "codes": errors.known(),
        "site": settings.SITE_URL,
        "rates": api_settings.DEFAULT_THROTTLE_RATES,
        "unpaid": settings.UNPAID_ORDERS_PER_EMAIL,
    }
    return render(request, "shop/api_docs.html", context)


@lru_cache(maxsize=1)
def groups():
    """Operations by tag, in the schema's order: [{"name", "operations": [{"method", "path", …}]}]."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                described = _operation(method, path, item[method], schema)
                found.setdefault(item[method]["tags"][0], []).append(described)
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _operation(method, path, described, schema):
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "method": method.upper(),
        "path": path,
        "about": described.get("description", ""),
        "parameters": [
            {"name": row["name"], "required": row.get("required", False)}
            for row in described.get("parameters", [])
            if row["in"] != "path"
        ],
        "fields": _fields(body, schema),
        "answers": list(described["responses"]),
    }


def _fields(body, schema):
    if "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    required = body.get("required", [])
    return [{"name": name, "required": name in required} for name in body.get("properties", {})]

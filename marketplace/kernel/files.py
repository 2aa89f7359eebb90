"""Files over the API: what a page offers to save, the API gives as it is."""

import json
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer


class _File(BaseRenderer):
    """Lets a client ask for the file's own type; a refusal is still a problem in JSON."""

    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data if isinstance(data, bytes) else json.dumps(data, default=str).encode()


class Csv(_File):
    media_type = "text/csv"
    format = "csv"


class Pdf(_File):
    media_type = "application/pdf"
    format = "pdf"


CSV = [JSONRenderer, Csv]
PDF = [JSONRenderer, Pdf]


def csv(text: str, name: str) -> HttpResponse:
    return saved(text.encode(), "text/csv; charset=utf-8", name)


def pdf(document: bytes, name: str) -> HttpResponse:
    return saved(document, "application/pdf", name)


def saved(content: bytes, kind: str, name: str) -> HttpResponse:
    """The content as a file to save under this name."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )

"""Photographs by the name they were kept under; the name changes with the picture, so it may be kept for ever."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def photograph(request, name):
    try:
        file = default_storage.open(f"products/{name}.webp")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, content_type="image/webp")

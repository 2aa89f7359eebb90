"""Pictures drawn on request from words in the address; the same address always gives the same bytes."""

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.shop.policies.rosette import rosette

LONGEST_WORD = 200
# Raise when the drawing changes: it is part of every picture's address.
EDITION = "1"


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def picture(request, slug):
    """`/pictures/<slug>.svg?name=…&region=…&category=…`: a paper cut; the slug stands for no name."""
    words = {key: request.GET.get(key, "")[:LONGEST_WORD] for key in ("name", "region", "category")}
    drawn = rosette(words["name"] or slug.replace("-", " "), words["region"], words["category"])
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")

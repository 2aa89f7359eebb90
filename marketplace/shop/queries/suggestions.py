"""The nearest spelling of a search that found nothing: "zrek" -> "żurek"."""

import re
from difflib import SequenceMatcher

from django.contrib.postgres.search import TrigramWordSimilarity

from marketplace.kernel.polish import fold
from producers.models import HeritageEntry, Listing

WORD = re.compile(r"[^\W\d_]+")
CANDIDATES = 40
NEAR = 0.65  # of difflib's ratio: one letter missing in four


def nearest_spelling(query: str) -> str:
    """The query with each word replaced by the nearest word of one name on sale or in the registers, as it is
    written there; empty when nothing is near."""
    asked = WORD.findall(fold(query))
    if not asked:
        return ""
    best = max((_match(asked, name) for name in _names(fold(query))), default=(0.0, ""))
    return best[1] if best[0] >= NEAR and fold(best[1]) != " ".join(asked) else ""


def _names(folded):
    for model in (Listing, HeritageEntry):
        near = model.objects.annotate(near=TrigramWordSimilarity(folded, "search_text"))
        yield from near.filter(near__gt=0.2).order_by("-near").values_list("name", flat=True)[:CANDIDATES]


def _match(asked, name):
    """How near the name's words come to all asked ones (0 to 1, the worst counts), and those words."""
    words = {fold(word): word.lower() for word in WORD.findall(name)}
    if not words:
        return 0.0, ""
    pairs = [max((SequenceMatcher(None, ask, word).ratio(), word) for word in words) for ask in asked]
    return min(ratio for ratio, _word in pairs), " ".join(words[word] for _ratio, word in pairs)

"""Finding allergens in a typed list of ingredients, and marking the words a person confirmed.

Words are recognised by their stems, so that cases do not matter. A suggestion is only that: names which
sound alike but hold no allergen are left out, and a person confirms the rest (Reg. (EU) 1169/2011, art. 21
and Annex II).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from producers.policies.ingredients import parts

# The order decides: what stands first takes the words, so "mleko migdałowe" is nuts and not milk.
STEMS = (
    ("", r"(?:mlek|mleczk|masł|olej|śmietank)\w* (?:kokosow|ryżow|kakaow|shea)\w*"),
    ("", r"ser(?:c|dusz)\w*"),
    ("", r"mąk\w* (?:kukurydzian|ryżow|gryczan|ziemniaczan|kokosow|jaglan)\w*"),
    ("", r"kasz\w* (?:gryczan|jaglan|kukurydzian)\w*"),
    ("", r"orze(?:ch|szk)\w* kokosow\w*"),
    ("", r"gałk\w* muszkatołow\w*|orze(?:ch|szk)\w* muszkatołow\w*"),
    ("", r"(?:kwas|bakteri)\w* mlekow\w*|mleczan\w*|mleczk\w* pszczel\w*"),
    ("", r"makaron\w* (?:ryżow|kukurydzian|gryczan)\w*|karpa[ct]\w*"),
    ("peanuts", r"mas[łe]\w* orzechow\w*"),
    ("nuts", r"(?:mlek|napój|napoj|mąk|masł|płatk|past)\w* (?:migdałow|orzechow|laskow|pistacjow)\w*"),
    ("soybeans", r"(?:mlek|napój|napoj|mąk|olej|sos|lecytyn|białk)\w* sojow\w*"),
    ("gluten", r"(?:mlek|napój|napoj)\w* owsian\w*"),
    ("peanuts", r"(?:orze(?:ch|szk)\w*|fistaszk\w*) (?:ziemn|arachidow)\w*|arachid\w*|fistasz\w*"),
    ("lupin", r"(?:mąk\w* z )?łubin\w*"),
    (
        "gluten",
        (
            r"(?:(?:mąk|kasz|otręb|płatk|słód|słod|skrobi|bułk|błonnik|grys|białk|ziarn)\w* (?:z )?)?"
            r"(?:pszen(?!żyt)|pszenżyt|żyt(?!k)|orkisz|jęczmi|owsian|owies|owsa|płask?urk|samopsz|kamut|durum)\w*"
            r"(?: (?:razow|pełnoziarnist|chlebow)\w*)?"
        ),
    ),
    ("gluten", r"kasz\w* (?:mann|jęczm|pęcz|bulgur|kuskus)\w*|kuskus\w*|bulgur\w*|seitan\w*|gluten\w*"),
    (
        "gluten",
        r"bułk\w* tart\w*|panier\w*|makaron\w*|pęczak\w*|semolin\w*|słod\w* jęcz\w*|zakwas\w* żytn\w*",
    ),
    ("crustaceans", r"(?:krewet|krab|homar|langust|skorupiak)\w*|rak(?:i|a|ów|ami|ach)?"),
    (
        "eggs",
        r"(?:żółtk|białk)\w* (?:jaj|kurz)\w*(?: kurz\w*)?|żółtk\w*|ja(?:j(?!ow?n)|je[kc])\w*(?: kurz\w*)?|majonez\w*",
    ),
    (
        "fish",
        (
            r"(?:filet\w* z |mięs\w* z )?(?:ryb(?!i[tz])|karp|pstrąg|śledzi|śledź|sielaw|sandacz|szczupak|łoso|dorsz"
            r"|makrel|tuńczy|tunczy|halibut|sieja|siei|węgorz|okoń|okoni|lin(?:a|y)\b|sum(?:a|y)?\b|szprot|sardynk"
            r"|anchois|sardel|troć|troci|jesiotr|leszcz(?!y[nń])|płoć|płoci|kawior)\w*"
        ),
    ),
    ("soybeans", r"soj[aęiąo]?\w*|tofu|edamame|miso"),
    (
        "milk",
        r"(?:białk\w* )?(?:mlek|mleczn)\w*(?: (?:krowi|kozi|owcz|w proszku|pasteryzowan|pełn|odtłuszczon)\w*)*",
    ),
    (
        "milk",
        (
            r"(?:śmietan|masł|maśl|serwat|twar[oó]|kefir|jogurt|bryndz|oscyp|bundz|mascarpone|parmezan|mozzarell"
            r"|ricott|feta\b|fety\b|kazein|laktoz|gouda|goudy|żentyc|kajmak)\w*(?: (?:klarowan|kwaśn|ukwaszon)\w*)*"
            r"|ser(?:a|u|em|y|ów|ami|ek|k\w*)?\b(?: (?:żółt|biał|kozi|owcz|smażon|topion|podpuszczk|twarog|wędzon)\w*)*"
        ),
    ),
    (
        "nuts",
        (
            r"(?:orze(?:ch|szk)\w*)(?: (?:włosk|laskow|nerkow|brazylijsk|pekan|makadam|pistacj)\w*)?|migdał\w*"
            r"|pistacj\w*|nerkowc\w*|pekan\w*|makadami\w*|marcepan\w*|nugat\w*"
        ),
    ),
    ("celery", r"(?:korze\w* |na[ćc]i?\w* |nasion\w* )?selera?\w*"),
    ("mustard", r"(?:nasion\w* |ziarn\w* )?gorczyc\w*|musztard\w*"),
    ("sesame", r"(?:nasion\w* |ziarn\w* |past\w* )?sezam\w*|tahin\w*|chałw\w*"),
    ("sulphites", r"siarczyn\w*|dwutlen\w* siarki|pirosiarczyn\w*|wodorosiarczyn\w*|e ?22[0-8]"),
    ("gluten", r"(?:mąk|chleb|bułk|biszkopt|herbatnik|wafl|kruszonk)\w*"),
    ("molluscs", r"małż\w*|ślimak\w*|kałamarnic\w*|ośmiornic\w*|ostryg\w*|mięczak\w*|omułk\w*|mątw\w*"),
)
KNOWN = re.compile(
    "|".join(f"(?P<_{n}>(?<!\\w)(?:{pattern})(?!\\w))" for n, (_key, pattern) in enumerate(STEMS)),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """Words of the list that name an allergen."""

    words: str
    allergen: str


def suggest(text: str) -> list[Found]:
    """Known words that no mark covers yet, each once, in the order of the list."""
    found = [
        Found(match[0], key) for part in parts(text) if not part.allergen for match, key in _known(part.text)
    ]
    return list({(one.words.lower(), one.allergen): one for one in reversed(found)}.values())[::-1]


def suggested(text: str) -> str:
    """The list with every suggestion marked where it stands."""
    return "".join(
        _braces(part.allergen, part.text) if part.allergen else _marked_known(part.text)
        for part in parts(text)
    )


def marked(text: str) -> list[Found]:
    """What is marked, each once, in the order of the list."""
    found = [Found(part.text, part.allergen) for part in parts(text) if part.allergen]
    return list(dict.fromkeys(found))


def bare(text: str) -> str:
    """The list as typed, without marks."""
    return "".join(part.text for part in parts(text))


def mark(text: str, words: Mapping[str, Iterable[str]]) -> str:
    """Marks whole words outside marks: `words` are those of each allergen; letter case does not count."""
    key_of = {word.strip().lower(): key for key, given in words.items() for word in given if word.strip()}
    if not key_of:
        return text
    longest_first = sorted(key_of, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    return "".join(
        _braces(part.allergen, part.text)
        if part.allergen
        else pattern.sub(lambda match: _braces(key_of[match[0].lower()], match[0]), part.text)
        for part in parts(text)
    )


def _known(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in KNOWN.finditer(text):
        key = STEMS[int((match.lastgroup or "_0")[1:])][0]
        if key:
            yield match, key


def _marked_known(text: str) -> str:
    done: list[str] = []
    end = 0
    for match, key in _known(text):
        done += [text[end : match.start()], _braces(key, match[0])]
        end = match.end()
    return "".join([*done, text[end:]])


def _braces(key: str, words: str) -> str:
    return f"{{{key}:{words}}}"

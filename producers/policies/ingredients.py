"""The ingredient list with allergens marked where they stand: `{milk:śmietanka}` (Reg. (EU) 1169/2011, art. 21)."""

import re
from dataclasses import dataclass

MARKED = re.compile(r"\{([a-z]+):([^{}]*)\}")
STRAY = re.compile(r"[{}]")


@dataclass(frozen=True)
class Part:
    """A piece of the list; `allergen` is its key when it must be emphasised."""

    text: str
    allergen: str = ""


def parts(text: str) -> list[Part]:
    """The list cut at its marks, in order."""
    found, end = [], 0
    for match in MARKED.finditer(text):
        if match.start() > end:
            found.append(Part(text[end : match.start()]))
        found.append(Part(match[2], match[1]))
        end = match.end()
    return [*found, Part(text[end:])] if end < len(text) else found


def plain(text: str) -> str:
    """The list for media that cannot emphasise: allergens in capitals."""
    return MARKED.sub(lambda match: match[2].upper(), text)


def allergens(text: str) -> list[str]:
    """Keys of the marked allergens, each once, in the order of the list."""
    return list(dict.fromkeys(match[1] for match in MARKED.finditer(text)))


def is_well_marked(text: str, known: set[str]) -> bool:
    """No brace stands outside a mark, every mark names a known allergen and some word."""
    marks = MARKED.findall(text)
    return not STRAY.search(MARKED.sub("", text)) and all(
        key in known and word.strip() for key, word in marks
    )

"""PDF documents by typst: a template of ours and plain data in, bytes out. The compiler is kept, so that fonts are
read once; whatever it warns of is an error, because a missing font or letter is otherwise replaced in silence."""

import json
import threading
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

SHARED = Path(settings.BASE_DIR) / "marketplace" / "typst"
# What the fonts can show; a letter beyond them would stop the whole document.
LETTERS = frozenset((SHARED / "fonts" / "letters.txt").read_text(encoding="utf-8"))
_kept = threading.local()  # a compiler belongs to the thread that made it


class Unprintable(Exception):
    """The template or its data can't be set as they are; a fault of ours."""


def render(template: Path, data: dict[str, Any]) -> bytes:
    """The document as PDF/UA-1. `data` is JSON, read by the template as `data` of marketplace/typst/base.typ.
    Raises Unprintable."""
    text = json.dumps(_shown(data), ensure_ascii=False)
    try:
        made, warnings = _compiler().compile_with_warnings(
            input=str(template), format="pdf", sys_inputs={"data": text}, pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        raise Unprintable(str(error)) from error
    if warnings:
        raise Unprintable("; ".join(str(warning) for warning in warnings))
    return bytes(made)


def _shown(value):
    """The data with texts as the fonts can show them: another alphabet's letters become question marks."""
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    return "".join(letter if letter in LETTERS else "?" for letter in str(value))


def _compiler():
    if not hasattr(_kept, "compiler"):
        _kept.compiler = typst.Compiler(
            root=str(settings.BASE_DIR), font_paths=[str(SHARED / "fonts")], ignore_system_fonts=True
        )
    return _kept.compiler

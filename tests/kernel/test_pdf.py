"""Documents: what is put in can be copied out again, letters of ours included, and nothing is replaced in silence."""

import shutil
import subprocess
from pathlib import Path

import pytest

from marketplace.kernel import pdf

TEMPLATE = Path("distribution/typst/recall.typ").resolve()
LETTERS = "Zażółć gęślą jaźń: ĄĆĘŁŃÓŚŹŻ – „w cudzysłowie”, 4,5 °C, −18,0 °C"


def data(**changes):
    return {
        "title": LETTERS,
        "facts": [["Powód", "szkło"]],
        "balance_title": "Bilans",
        "balance": [["Przyjęto", "10"]],
        "places_title": "Gdzie",
        "head": ["Centrum", "Miejsce", "Zamówienie", "Sztuk", "Gramów"],
        "places": [["LES", "A-01", "Z-1", "3", ""]] * 60,
        **changes,
    }


def text_of(document, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "made.pdf"
    path.write_bytes(document)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True
    ).stdout.decode()


def test_text_extraction_equals_input(tmp_path):
    text = text_of(pdf.render(TEMPLATE, data()), tmp_path)
    assert LETTERS in " ".join(text.split())
    assert text.count("A-01") == 60


def test_letters_no_font_has_become_question_marks(tmp_path):
    text = text_of(pdf.render(TEMPLATE, data(facts=[["Powód", "漢字 🍎"]])), tmp_path)
    assert "?? ?" in text


def test_markup_in_data_is_only_text(tmp_path):
    sly = '#read("/etc/passwd") *gruby* $x$ <a> \\ @b'
    assert sly in " ".join(text_of(pdf.render(TEMPLATE, data(facts=[["Powód", sly]])), tmp_path).split())


def test_template_that_asks_for_another_font_is_refused(tmp_path, settings):
    made = Path(settings.BASE_DIR) / "distribution" / "typst" / f"{tmp_path.name}.typ"
    made.write_text('#set document(title: "a")\n#set text(font: "Comic Neue", lang: "pl")\na')
    try:
        with pytest.raises(pdf.Unprintable, match="unknown font"):
            pdf.render(made, {})
    finally:
        made.unlink()

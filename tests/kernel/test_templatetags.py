from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from lucide import IconDoesNotExist

NBSP = "\u00a0"


def render(source, **context):
    return Template("{% load polish_text icons %}" + source).render(Context(context))


@pytest.mark.parametrize(("language", "shown"), [("pl", "12,50"), ("en", "12.50")])
def test_zloty_speaks_the_active_language(language, shown):
    with translation.override(language):
        assert render("{{ amount|zloty }}", amount=Decimal("12.5")) == f"{shown}{NBSP}zł"


def test_unit_price_keeps_its_unit():
    with translation.override("pl"):
        assert render('{{ amount|unit_price:"kg" }}', amount=Decimal(24)) == f"24,00{NBSP}zł/kg"


def test_missing_values_show_nothing():
    assert render("{{ nothing|zloty }}{{ nothing|day }}{{ nothing|moment }}{{ nothing|grams }}") == ""


def test_day_forms():
    with translation.override("pl"):
        assert render('{{ on|day:"short" }}', on=date(2026, 11, 28)) == f"sob., 28{NBSP}listopada"


def test_glue_escapes_plain_text_and_leaves_tags_alone():
    assert render("{{ text|glue }}", text="<b> i ser") == f"&lt;b&gt; i{NBSP}ser"
    assert render('{% filter glue %}<a title="a b">i ser</a> <code>a b</code>{% endfilter %}') == (
        f'<a title="a b">i{NBSP}ser</a> <code>a b</code>'
    )


@pytest.mark.parametrize("name", ["wheat", "honey", "jar"])
def test_icon_is_hidden_from_readers(name):
    drawn = render(f'{{% icon "{name}" %}}')
    assert 'aria-hidden="true"' in drawn
    assert 'viewBox="0 0 24 24"' in drawn


def test_unknown_icon_is_an_error():
    with pytest.raises(IconDoesNotExist):
        render('{% icon "no-such-icon" %}')

import pytest
from django.http import Http404
from django.template import Context, Template

from marketplace.shop.web.pictures import picture
from marketplace.shop.web.style import market


def test_picture_is_kept_for_a_year(rf):
    answer = picture(
        rf.get("/pictures/oscypek.svg", {"name": "Oscypek", "region": "małopolskie"}), slug="oscypek"
    )
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "immutable" in answer.headers["Cache-Control"]


def test_words_in_the_address_cannot_reach_the_drawing(rf):
    evil = '"><script>alert(1)</script>'
    answer = picture(rf.get("/pictures/x.svg", {"name": evil, "region": evil, "category": evil}), slug="x")
    assert b"script" not in answer.content


def test_picture_url_names_the_product_and_the_edition():
    source = '{% load drawings %}{% picture_url "Żurek łódzki" "łódzkie" %}'
    assert Template(source).render(Context()).startswith("/pictures/zurek-lodzki.svg?name=%C5%BBurek")


@pytest.mark.parametrize("text", ["SPICHLERZ:LE-2026-1", "ą" * 200])
def test_qr_is_named_and_drawn_inline(text):
    drawn = Template("{% load drawings %}{% qr text label %}").render(
        Context({"text": text, "label": 'Kod "7F"'})
    )
    assert 'role="img" aria-label="Kod &quot;7F&quot;"' in drawn
    assert drawn.count("<svg") == drawn.count("</svg>") == 1


def test_style_page_is_shown_in_the_local_run_only(rf, settings):
    settings.LOCAL_RUN = False
    with pytest.raises(Http404):
        market(rf.get("/style/"))

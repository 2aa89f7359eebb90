import pytest

from marketplace.shop.web.preferences import theme


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_theme_is_kept_for_a_year(rf, chosen):
    answer = theme(rf.post("/theme/", {"theme": chosen, "next": "/produkty/?q=ser"}))
    assert answer.url == "/produkty/?q=ser"
    assert answer.cookies["theme"].value == chosen
    assert answer.cookies["theme"]["max-age"] == 31_536_000


def test_any_other_theme_returns_to_the_system(rf):
    answer = theme(rf.post("/theme/", {"theme": "<script>"}))
    assert answer.cookies["theme"].value == ""
    assert answer.cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("target", ["https://zly.example/", "//zly.example/", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(rf, target):
    assert theme(rf.post("/theme/", {"theme": "dark", "next": target})).url == "/"


def test_theme_is_set_by_post_only(rf):
    assert theme(rf.get("/theme/")).status_code == 405

"""How often one may send: counted per person and minute, never in the way of the product."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse

from marketplace.kernel.limits import TooOften, client_address, limited


@pytest.fixture(autouse=True)
def _two_a_minute(settings):
    cache.clear()
    settings.PAGE_LIMITS = {"basket": 2}
    settings.LOCAL_RUN = False


@limited("basket")
def view(request):
    return HttpResponse("ok")


def send(rf, address="10.0.0.1", method="post"):
    request = getattr(rf, method)("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    return view(request)


def test_third_post_of_a_minute_is_refused_to_one_address_only(rf):
    send(rf)
    send(rf)
    with pytest.raises(TooOften):
        send(rf)
    assert send(rf, "10.0.0.2").status_code == 200
    assert send(rf, method="get").status_code == 200


def test_loopback_passes_in_the_local_run_only(rf, settings):
    settings.LOCAL_RUN = True
    for _n in range(5):
        send(rf, "127.0.0.1")
    settings.LOCAL_RUN = False
    send(rf, "127.0.0.1")
    send(rf, "127.0.0.1")
    with pytest.raises(TooOften):
        send(rf, "127.0.0.1")


def test_everybody_passes_while_the_cache_is_away(rf, settings):
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    for _n in range(5):
        assert send(rf).status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("", "10.0.0.9"),
        ("nonsense", None),
    ],
)
def test_behind_a_proxy_its_own_word_counts(rf, settings, forwarded, counted):
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == "10.0.0.9"
    settings.BEHIND_PROXY = True
    assert client_address(request) == counted

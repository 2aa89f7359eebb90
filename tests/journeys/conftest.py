"""Browser journeys: Chromium, a site served from this process, and what every page must obey."""

import os
import shutil
import threading
from contextlib import contextmanager

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

pytest.register_assert_rewrite("tests.journeys.rules")

from tests.journeys.rules import Watch  # noqa: E402 its asserts are rewritten, so that they say what they found

# Playwright keeps an event loop in the main thread; Django would refuse its ORM there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """The browser's own report says more."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's Chromium, which talks to nobody but the site."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return browser_type_launch_args | {"executable_path": chromium, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "pl-PL", "timezone_id": "Europe/Warsaw"}


@pytest.fixture(scope="session")
def base_url():
    """Each test has its own address; the plugin's fixture of this name is a deprecated kind."""


@pytest.fixture
def bare_site(settings, tmp_path):
    """Address of the site for pages that read no database; the header's demo flag is cached for minutes only, so
    it is settled here."""
    plain_http(settings, tmp_path)
    cache.set("shop:demo", value=False, timeout=600)
    with served() as address:
        yield address


@pytest.fixture
def site(cloned_database, settings, tmp_path):
    """Address of the site over a database of its own; what the test writes, the browser sees."""
    plain_http(settings, tmp_path)
    with served() as address:
        yield address


@pytest.fixture
def watched(page):
    """A page whose console, requests and policy reports are kept; `watched.rules` judges them."""
    page.rules = Watch(page)
    return page


def plain_http(settings, folder):
    settings.LOCAL_RUN = True
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.STATIC_ROOT = folder
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@contextmanager
def served():
    """Serves the settings of this moment on a free port until the block ends."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), SilentHandler)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

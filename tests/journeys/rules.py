"""What every page obeys, measured in the browser: WCAG, our own host, a silent console, widths, targets."""

from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules that may answer "cannot tell": contrast over SVG and of single letters is tested by arithmetic
# in tests/shop/test_stylesheet.py; a link whose only child is a picture covers its own size.
MAY_BE_INCOMPLETE = {"color-contrast", "target-size", "aria-hidden-focus"}
MARKET, PRODUCER_MAIN, HALL = 44, 56, 72

HERE = Path(__file__).parent
SMALL_TARGETS = (HERE / "small_targets.js").read_text(encoding="utf-8")
LONELY_LETTERS = (HERE / "lonely_letters.js").read_text(encoding="utf-8")


class Watch:
    """Keeps what a page complains about from the moment it is made."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._foreign)

    def obeyed(self, *, least=MARKET):
        """Everything at once; call it on each page and state a journey passes."""
        assert self.complaints == []
        assert violations(self.page) == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "sideways scroll"
        assert small_targets(self.page, least=least) == []
        assert self.page.locator("h1").count() == 1

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request):
        # Leaving a page cancels what it still loads; that is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _foreign(self, request):
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.hostname != "127.0.0.1":
            self.complaints.append(f"foreign host: {request.url}")


def violations(page):
    """Axe's findings as "rule: element" lines; an unexpected "cannot tell" counts as one."""
    report = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response
    doubts = [rule for rule in report["incomplete"] if rule["id"] not in MAY_BE_INCOMPLETE]
    found = report["violations"] + doubts
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def small_targets(page, *, least=MARKET):
    """Visible controls below `least` CSS pixels; links inside running text are exempt."""
    return page.evaluate(SMALL_TARGETS, least)


def lonely_letters(page):
    """Places in main where a one-letter word ends a line."""
    return page.evaluate(LONELY_LETTERS)

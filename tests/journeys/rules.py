"""What every page obeys, measured in the browser: WCAG, our own host, a silent console, widths, targets."""

from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS, SCHEMES = (320, 768, 1280), ("light", "dark")
# Rules that may answer "cannot tell": contrast over SVG and of single letters is tested by arithmetic
# in tests/shop/test_stylesheet.py; a link whose only child is a picture covers its own size.
MAY_BE_INCOMPLETE = {"color-contrast", "target-size", "aria-hidden-focus"}
MARKET, PRODUCER_MAIN, HALL = 44, 56, 72

HERE = Path(__file__).parent
SMALL_TARGETS = (HERE / "small_targets.js").read_text(encoding="utf-8")
LONELY_LETTERS = (HERE / "lonely_letters.js").read_text(encoding="utf-8")
AXE = Axe().axe_script
# Only what is wanted is kept and handed over: most of the time went into the lists of what passes.
RUN_AXE = """options => axe.run(document, options).then(({violations, incomplete}) =>
  [violations, incomplete].map(rules => rules.map(({id, nodes}) => [id, nodes.map(node => node.html)])))"""
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "resultTypes": ["violations", "incomplete"],
}


class Watch:
    """Keeps what a page complains about from the moment it is made."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._foreign)

    def obeyed_everywhere(self, *, least=MARKET, schemes=SCHEMES):
        """At three widths, on light and on dark paper; the page is loaded once and laid out anew."""
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in WIDTHS:
                self.page.set_viewport_size({"width": width, "height": 800})
                self.obeyed(least=least)

    def obeyed(self, *, least=MARKET):
        """Everything at once; call it on each page and state a journey passes."""
        assert self.complaints == []
        assert violations(self.page) == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "sideways scroll"
        assert small_targets(self.page, least=least) == []
        assert low_buttons(self.page) == []
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
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found, unsure = page.evaluate(RUN_AXE, AXE_OPTIONS)
    found += [rule for rule in unsure if rule[0] not in MAY_BE_INCOMPLETE]
    return [f"{rule}: {html[:120]}" for rule, nodes in found for html in nodes]


def small_targets(page, *, least=MARKET):
    """Visible controls below `least` CSS pixels; links inside running text are exempt."""
    return page.evaluate(SMALL_TARGETS, least)


def low_buttons(page, *, least=PRODUCER_MAIN):
    """Main buttons of a page that are lower than `least` CSS pixels."""
    return page.eval_on_selector_all(
        "main .button-big",
        "(found, least) => found.filter(e => e.offsetHeight && e.offsetHeight < least).map(e => e.outerHTML)",
        least,
    )


def lonely_letters(page):
    """Places in main where a one-letter word ends a line."""
    return page.evaluate(LONELY_LETTERS)

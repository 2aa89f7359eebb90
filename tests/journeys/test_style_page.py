import re

import pytest
from playwright.sync_api import expect

from tests.journeys.rules import HALL, WIDTHS, Watch, lonely_letters, small_targets, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_component_obeys(watched, bare_site, language):
    watched.context.add_cookies([{"name": "django_language", "value": language, "url": bare_site}])
    watched.goto(f"{bare_site}/style/")
    expect(watched.locator("html")).to_have_attribute("lang", language)
    watched.rules.obeyed_everywhere()


def test_every_hall_component_obeys(watched, bare_site):
    watched.goto(f"{bare_site}/style/hall/")
    watched.rules.obeyed_everywhere(least=HALL, schemes=["light"])


@pytest.mark.parametrize("path", ["konto/login/", "konto/signup/", "konto/password/reset/", "style/print/"])
def test_sign_in_pages_obey(watched, bare_site, path):
    watched.set_viewport_size({"width": 360, "height": 700})
    watched.goto(f"{bare_site}/{path}")
    watched.rules.obeyed()


def test_missing_page_keeps_the_search(page, bare_site):
    answer = page.goto(f"{bare_site}/nie-ma/")
    assert answer.status == 404
    expect(page.locator("main").get_by_role("searchbox")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_one_letter_word_ends_a_line_of_glued_text(page, bare_site, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{bare_site}/konto/login/")
    assert lonely_letters(page) == []


def test_header_is_one_line_at_360(page, bare_site):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(f"{bare_site}/style/")
    assert page.locator(".top-row").bounding_box()["height"] <= 64


def test_text_spacing_of_a_reader_loses_nothing(page, bare_site):
    """WCAG 1.4.12; the style element is the reader's, so the policy is set aside for it."""
    page.goto(f"{bare_site}/konto/login/")
    page.evaluate(
        """() => { for (const e of document.querySelectorAll('body *')) {
          e.style.lineHeight = '1.5'; e.style.letterSpacing = '.12em'; e.style.wordSpacing = '.16em'; } }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_theme_is_kept_by_the_server(page, bare_site):
    page.goto(f"{bare_site}/style/")
    page.locator("footer").get_by_role("button", name="Ciemny").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("footer").get_by_role("button", name="Jak system").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))
    assert page.url == f"{bare_site}/style/"


def test_language_is_kept_by_the_server(page, bare_site):
    page.goto(f"{bare_site}/style/")
    page.locator("footer").get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_stepper_stays_within_its_limits(page, bare_site):
    page.goto(f"{bare_site}/style/")
    stepper = page.locator(".card .stepper-box").first
    number = stepper.locator("input")
    stepper.locator("[data-step='-1']").click()
    expect(number).to_have_value("1")
    stepper.locator("[data-step='1']").click()
    expect(number).to_have_value("2")


def test_error_summary_is_focused_and_leads_to_the_field(page, bare_site):
    page.goto(f"{bare_site}/style/")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Wpisz kod pocztowy, np. 90-001.").click()
    expect(page.locator("#id_bad-postal_code")).to_be_focused()


def test_without_scripts_the_number_is_typed(browser, browser_context_args, bare_site):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{bare_site}/style/")
    expect(page.locator(".card .stepper-box input").first).to_be_visible()
    expect(page.locator("[data-step]").first).to_be_hidden()
    page.locator("summary", has_text="Menu").click()
    expect(page.get_by_role("link", name="Zaloguj się")).to_be_visible()
    context.close()


def test_scan_arrives_whole_wherever_the_focus_is(page, bare_site):
    page.goto(f"{bare_site}/style/hall/")
    page.evaluate(
        """() => { window.scans = []; window.presses = 0; window.pauses = []; let last;
          document.addEventListener('keydown', (e) => {
            if (last) window.pauses.push(e.timeStamp - last); last = e.timeStamp; }, { capture: true });
          document.addEventListener('scan', (e) => { e.preventDefault(); window.scans.push(e.detail.code); });
          document.addEventListener('click', () => { window.presses += 1; }); }"""
    )
    whole = "010590123456789010L2611 07\u001d17261212"
    for target in ("[data-step='1']", "input[type=number]", "#scan"):
        assert scanned_at(page, target) == [whole]
    assert page.evaluate("window.presses") == 0
    expect(page.locator("input[type=number]")).to_have_value("18")


def scanned_at(page, target):
    """Scans with the focus on `target` and returns what arrived. A busy machine may pause in the middle, as no
    scanner does: then the number is set back and the scan begins anew."""
    for _try in range(10):
        page.wait_for_timeout(100)
        page.evaluate("() => { window.scans = []; window.pauses = []; window.presses = 0; }")
        page.locator("input[type=number]").fill("18")
        page.locator(target).first.focus()
        page.keyboard.type("010590123456789010L2611 07")
        page.keyboard.press("Control+]")
        page.keyboard.type("17261212")
        page.keyboard.press("Enter")
        if page.evaluate("Math.max(...window.pauses.slice(1))") < 80:
            break
    return page.evaluate("window.scans")


def test_a_hand_types_too_slowly_to_be_a_scanner(page, bare_site):
    page.goto(f"{bare_site}/style/hall/")
    page.evaluate(
        """() => { window.scans = [];
          document.addEventListener('scan', (e) => { e.preventDefault(); window.scans.push(e.detail.code); });
          document.addEventListener('submit', (e) => e.preventDefault()); }"""
    )
    page.locator("#scan").press_sequentially("12345678", delay=120)
    page.wait_for_timeout(120)
    page.keyboard.press("Enter")
    assert page.evaluate("window.scans") == []


def test_planted_faults_are_reported(page, bare_site):
    """The guard must see grey text, a wordless picture, a tiny button, a foreign host, inline style."""
    watch = Watch(page)
    page.goto(f"{bare_site}/style/print/")
    page.evaluate(
        """() => { document.querySelector('main').innerHTML = '<h1>x</h1><p id="pale">Blady napis</p>'
          + '<img src="/static/icon.svg"><button id="tiny">x</button><img alt="" src="http://127.0.0.2:9/x.png">'
          + '<b style="color: red">styl</b>';
          document.getElementById('pale').style.color = '#bbbbbb';
          const tiny = document.getElementById('tiny'); tiny.style.width = tiny.style.height = '10px'; }"""
    )
    page.wait_for_timeout(300)
    rules = {line.partition(":")[0] for line in violations(page)}
    assert {"color-contrast", "image-alt"} <= rules
    assert len(small_targets(page)) == 1
    assert any("127.0.0.2" in complaint for complaint in watch.complaints)
    assert any("Content Security Policy" in complaint for complaint in watch.complaints)

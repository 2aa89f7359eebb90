"""Buying in a real browser: with scripts, without them, by keyboard; and every page of the shop obeys."""

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.kernel.polish import fold, sort_key
from orders.models import Order
from orders.operations.checkout import order_token
from producers.models import (
    Allergen,
    Cluster,
    HeritageEntry,
    Mark,
    Member,
    Offer,
    PostalCode,
    Product,
    ProductMark,
)
from producers.operations import listings
from tests.factories.producers import CategoryFactory
from tests.factories.shopping import live_market, named

pytestmark = pytest.mark.browser
LONG = (
    "Kiełbasa swojska wędzona na zimno dymem z drewna olchowego i jałowca, "
    "według przepisu Koła Gospodyń Wiejskich w Szczebrzeszynie-Błoniu"
)
MOST_KEYS = 90


@pytest.fixture
def m(cloned_database):
    """A market with goods of every kind: plenty, few, none, by weight, with marks and a very long name."""
    cache.clear()
    made = live_market()
    maker = made.producer
    maker.story = "Mleko na nasze sery pochodzi z jednej obory. Sery obracamy ręcznie, każdy z osobna."
    maker.is_demo = True
    maker.save()
    Allergen.objects.get_or_create(
        key="milk", defaults={"number": 7, "name_pl": "Mleko", "name_en": "Milk", "examples": ""}
    )
    PostalCode.objects.create(
        code="64-100", place_name="Leszno", voivodeship=maker.voivodeship, latitude=51.84, longitude=16.57
    )
    marked = named(made, "Ser smażony", stock=20, description="Smażony z kminkiem.")
    named(made, LONG, stock=2)
    named(made, "Oscypek", stock=0)
    made.add(stock=9, grams=300, price=80, sold_by="WEIGHT", expected_grams=300, max_grams=400)
    heritage(made, marked.stock_item.product)
    clusters(made)
    listings.refresh(at=timezone.now())
    return made


def heritage(m, product):
    entry = HeritageEntry.objects.create(
        register="LPT", source_key="1", name="Ser smażony", slug="ser-smazony", category=CategoryFactory(),
        entered_on=date(2007, 2, 19), year=2007, source="MRiRW-LPT-2024-07-30:1993",
        search_text=fold("Ser smażony"), sort_key=sort_key("Ser smażony"),
    )  # fmt: skip
    entry.voivodeships.add(m.producer.voivodeship)
    mark, _made = Mark.objects.get_or_create(
        code="LPT",
        defaults={
            "name_pl": "Lista Produktów Tradycyjnych", "short": "LPT", "meaning_pl": "Tradycja liczy 25 lat.",
            "meaning_en": "",
        },
    )  # fmt: skip
    ProductMark.objects.create(
        product=product, mark=mark, heritage_entry=entry, valid_from=timezone.localdate()
    )


def clusters(m):
    root = Cluster.objects.create(slug="krajowy", name="Klaster Krajowy", sort_key="klaster krajowy")
    row = Cluster.objects.create(
        slug="smaki", name="Leszczyńskie Smaki", parent=root, voivodeship=m.producer.voivodeship,
        about="Pierwszy klaster regionalny.", sort_key="leszczynskie smaki",
    )  # fmt: skip
    Member.objects.create(
        cluster=row, kind="PRODUCER", name=m.producer.name, producer=m.producer,
        joined_on=date(2026, 1, 1), sort_key=m.producer.sort_key,
    )  # fmt: skip


def choose_place(page, site):
    page.goto(f"{site}/")
    page.get_by_label("Kod pocztowy").fill("64-100")
    page.get_by_role("button", name="Pokaż najbliższy odbiór").click()
    expect(page.get_by_text("Zamówienia otwarte")).to_be_visible()


def buy(page, site):
    """From the product to the order's page, as a person does it."""
    product = Product.objects.get(name="Ser smażony")
    page.goto(f"{site}/produkty/{product.producer.slug}/{product.slug}/")
    page.locator("#kup").get_by_role("button", name="Do koszyka: Ser smażony").click()
    expect(page.locator("#basket-link")).to_contain_text("12,50")
    page.goto(f"{site}/koszyk/")
    page.get_by_role("link", name="Dalej: odbiór").click()
    page.get_by_label(re.compile("14.00–18.00")).check()
    page.get_by_role("button", name="Dalej: Twoje dane").click()
    page.get_by_label("Imię i nazwisko").fill("Jan Żak")
    page.get_by_label("E-mail").fill("jan@example.pl")
    page.get_by_label("Telefon").fill("600 100 200")
    page.get_by_role("button", name="Dalej: zapłata").click()
    page.get_by_label("Znam regulamin i go przyjmuję").check()
    page.get_by_role("button", name=re.compile("Zamawiam z obowiązkiem zapłaty – 12,50")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zamówienie Z-")


def test_buying_ends_in_one_order(watched, site, m):
    choose_place(watched, site)
    buy(watched, site)
    order = Order.objects.get()
    assert (order.state, order.contact.email) == ("PLACED", "jan@example.pl")
    watched.rules.obeyed_everywhere()
    watched.go_back()
    watched.reload()
    assert Order.objects.count() == 1


def test_buying_without_scripts_ends_in_the_same_order(browser, browser_context_args, site, m):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    choose_place(page, site)
    buy(page, site)
    order = Order.objects.get()
    assert order.lines.get().name == "Ser smażony"
    page.get_by_role("link", name="Anuluj zamówienie").click()
    page.get_by_role("button", name="Tak, anuluj").click()
    expect(page.get_by_text("Zamówienie jest anulowane.")).to_be_visible()
    order.refresh_from_db()
    assert order.state == "CANCELLED"
    context.close()


class Keyboard:
    """Presses keys, and counts them; typing a field counts as one."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, key):
        self.presses += 1
        self.page.keyboard.press(key)

    def reach(self, words, key="Tab"):
        """Goes on until what has the focus says the words, and sees that the focus shows."""
        while self.presses <= MOST_KEYS:
            self.press(key)
            said = self.page.evaluate(
                "(e => (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '')"
                ".replace(/\\u00a0/g, ' '))(document.activeElement)"
            )
            if words in said:
                assert self.page.evaluate("document.activeElement.matches(':focus-visible')")
                return
        raise AssertionError(f"{words!r} is too far away")

    def type(self, words, text):
        self.reach(words)
        self.presses += 1
        self.page.keyboard.type(text)

    def follow(self, words):
        self.reach(words)
        with self.page.expect_navigation():
            self.press("Enter")


def test_buying_by_keyboard_alone_takes_few_presses(page, site, m):
    keys = Keyboard(page)
    page.goto(f"{site}/")
    keys.reach("Przejdź do treści")
    keys.press("Enter")
    keys.type("Kod pocztowy", "64-100")
    with page.expect_navigation():
        keys.press("Enter")
    keys.reach("Przejdź do treści")
    keys.press("Enter")
    keys.reach("Do koszyka")
    keys.press("Enter")
    expect(page.locator("#basket-link")).to_contain_text("zł")
    expect(page.locator(":focus")).to_contain_text("W koszyku")
    page.goto(f"{site}/koszyk/")  # the header's link, two presses
    keys.presses += 2
    keys.follow("Dalej: odbiór")
    keys.reach("14.00–18.00")
    keys.press("Space")
    keys.follow("Dalej: Twoje dane")
    keys.type("Imię i nazwisko", "Jan Żak")
    keys.type("E-mail", "jan@example.pl")
    keys.type("Telefon", "600 100 200")
    with page.expect_navigation():
        keys.press("Enter")
    keys.reach("Znam regulamin")
    keys.press("Space")
    keys.follow("Zamawiam z obowiązkiem zapłaty")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zamówienie Z-")
    assert keys.presses <= MOST_KEYS


PAGES = {
    "market": ["", "produkty/", "produkty/?q=zrek&mark=LPT", "miejsce/", "koszyk/"],
    "people": ["producenci/", "producenci/{maker}/", "regiony/wielkopolskie/", "klastry/", "klastry/smaki/"],
    "tradition": ["dziedzictwo/", "dziedzictwo/ser-smazony/", "produkty/{maker}/{cheese}/", "zamowienia/"],
    "prose": ["regulamin/", "prywatnosc/", "dostepnosc/", "pomoc/", "api/docs/"],
}


@pytest.mark.parametrize("group", PAGES)
def test_pages_obey(watched, site, m, group):
    words = {"maker": m.producer.slug, "cheese": Product.objects.get(name="Ser smażony").slug}
    choose_place(watched, site)
    for path in PAGES[group]:
        watched.goto(f"{site}/{path.format(**words)}")
        watched.rules.obeyed_everywhere()


def test_steps_of_buying_obey(watched, site, m):
    choose_place(watched, site)
    watched.goto(f"{site}/produkty/")
    for name in ("Ser smażony", LONG):
        watched.get_by_role("button", name=f"Do koszyka: {name}", exact=True).click()
        expect(watched.get_by_role("button", name=f"W koszyku: {name}")).to_be_visible()
    Offer.objects.filter(stock_item__product__name=LONG).update(state="WITHDRAWN")
    watched.goto(f"{site}/koszyk/")
    expect(watched.get_by_text("wycofane ze sprzedaży").first).to_be_visible()
    watched.rules.obeyed_everywhere()
    watched.get_by_role("button", name="Popraw koszyk").click()
    watched.get_by_role("link", name="Dalej: odbiór").click()
    watched.rules.obeyed_everywhere()
    watched.get_by_label(re.compile("14.00–18.00")).check()
    watched.get_by_role("button", name="Dalej: Twoje dane").click()
    watched.get_by_role("button", name="Dalej: zapłata").click()
    expect(watched.locator("[data-error-summary]")).to_be_focused()
    expect(watched).to_have_title(re.compile("^Błąd:"))
    watched.rules.obeyed_everywhere()
    watched.get_by_label("Imię i nazwisko").fill("Jan Żak")
    watched.get_by_label("E-mail").fill("jan@example.pl")
    watched.get_by_label("Telefon").fill("600 100 200")
    watched.get_by_role("button", name="Dalej: zapłata").click()
    expect(watched.get_by_role("heading", level=1)).to_have_text("Sprawdź i zamów")
    watched.rules.obeyed_everywhere()


def test_cancelled_order_and_the_question_before_obey(watched, site, m):
    order = m.order([(m.offers[0], 1)], at=timezone.now())
    address = f"{site}/zamowienia/{order.number}/"
    token = f"?token={order_token(order.number)}"
    watched.goto(f"{address}anulowanie/{token}")
    watched.rules.obeyed_everywhere()
    watched.get_by_role("button", name="Tak, anuluj").click()
    expect(watched.get_by_text("Anulowane").first).to_be_visible()
    watched.rules.obeyed_everywhere()


def test_filters_change_the_list_in_place(page, site, m):
    choose_place(page, site)
    page.goto(f"{site}/produkty/")
    page.get_by_label("Lista Produktów Tradycyjnych").check()
    expect(page.locator(".card")).to_have_count(1)
    expect(page).to_have_url(re.compile("mark=LPT"))
    page.get_by_role("link", name="Lista Produktów Tradycyjnych – usuń filtr").click()
    expect(page.locator(".card")).to_have_count(3)


def test_field_left_wrong_says_so_before_anything_is_sent(watched, site, m):
    choose_place(watched, site)
    product = Product.objects.get(name="Ser smażony")
    watched.goto(f"{site}/produkty/{product.producer.slug}/{product.slug}/")
    watched.locator("#kup").get_by_role("button", name="Do koszyka: Ser smażony").click()
    expect(watched.locator("#basket-link")).to_contain_text("12,50")
    watched.goto(f"{site}/zamowienie/")
    watched.get_by_label(re.compile("14.00–18.00")).check()
    watched.get_by_role("button", name="Dalej: Twoje dane").click()
    name, mail = watched.get_by_label("Imię i nazwisko"), watched.get_by_label("E-mail")
    name.focus()
    expect(watched.get_by_text("Wpisz imię i nazwisko.")).to_be_hidden()
    name.press("Tab")
    expect(watched.get_by_text("Wpisz imię i nazwisko.")).to_be_visible()
    mail.fill("jan")
    expect(watched.get_by_text("Wpisz adres e-mail")).to_be_hidden()
    mail.press("Tab")
    expect(watched.get_by_text("Wpisz adres e-mail")).to_be_visible()
    watched.rules.obeyed()
    name.fill("Jan Żak")
    mail.fill("jan@example.pl")
    watched.get_by_label("Telefon").fill("600 100 200")
    expect(watched.locator(".field-error:visible")).to_have_count(0)

"""A producer lists, prices, publishes and promises with scripts off; each page of the desk obeys the rules."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from orders.models import FinanceRole
from producers.models import Cluster, ClusterRole, Listing, Product
from tests.factories import ProductFactory
from tests.factories.desk import desk
from tests.factories.market import market

pytestmark = pytest.mark.browser


def sign_in(context, site, user):
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


@pytest.fixture
def stall(cloned_database):
    """A desk with a product on sale, an order for it, and a draft that lacks facts."""
    made = market()
    _producer, made.user = desk(made.producer)
    made.offer = made.add(stock=30)
    made.order([(made.offer, 3)])
    made.draft = ProductFactory(producer=made.producer, state="DRAFT", name="Szkic sera", storage="")
    return made


def test_a_product_is_listed_and_published_without_scripts(
    browser, browser_context_args, site, cloned_database
):
    _producer, user = desk()
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, site, user)
    page = context.new_page()
    page.goto(f"{site}/producent/")
    page.get_by_role("link", name="Produkty").first.click()
    page.get_by_role("link", name="Dodaj produkt").click()
    page.get_by_label("Nazwa", exact=True).fill("Serek śmietankowy")
    page.get_by_label("Kategoria").select_option(label="Sery")
    page.get_by_label("Składniki").fill("śmietanka 80 %, mleko, sól")
    page.get_by_label("Przechowujemy w").select_option(label="chłodnia")
    page.get_by_role("button", name="Zapisz szkic").click()
    expect(page.get_by_label("śmietanka – Mleko")).to_be_checked()
    page.get_by_role("checkbox", name="Orzechy").check()
    page.get_by_role("button", name="Zapisz alergeny").click()
    page.get_by_role("button", name="Wystaw na sprzedaż").click()
    expect(page.get_by_role("alert")).to_contain_text("warunki przechowywania")
    page.get_by_role("link", name="warunki przechowywania").click()
    page.get_by_label("Przechowywanie").fill("W lodówce, 2–6 °C.")
    page.get_by_label("Data na opakowaniu").select_option(label="należy spożyć do")
    page.get_by_label("Trwałość w dniach").fill("21")
    page.get_by_label("Ile dni zostanie kupującemu").fill("7")
    page.get_by_label("Klasa VAT").select_option(index=1)
    page.get_by_label("Dlaczego bez tabeli").select_option(index=1)
    page.get_by_role("button", name="Zapisz zmiany").click()
    page.get_by_role("link", name="Dodaj opakowanie").click()
    page.get_by_label("Nazwa sztuki").fill("kubek 200 g")
    page.get_by_label("Ilość netto").fill("200")
    page.get_by_label("Cena brutto").fill("0")
    page.get_by_role("button", name="Zapisz opakowanie").click()
    expect(page.get_by_role("alert")).to_contain_text("większą od zera")
    page.get_by_label("Cena brutto").fill("9,50")
    page.get_by_role("button", name="Zapisz opakowanie").click()
    expect(page.get_by_text("47,50\u00a0zł/kg")).to_be_visible()
    page.get_by_role("button", name="Wystaw na sprzedaż").click()
    expect(page.get_by_text("w sprzedaży").first).to_be_visible()
    context.close()
    product = Product.objects.get()
    assert (product.state, product.may_contain) == ("PUBLISHED", ["nuts"])
    assert product.ingredients == "{milk:śmietanka} 80 %, {milk:mleko}, sól"
    assert Listing.objects.get().unit_price == Listing.objects.get().price * 5


PAGES = {
    "products": [
        "", "produkty/", "produkty/nowy/", "produkty/{product}/", "produkty/{draft}/", "produkty/{draft}/dane/",
        "produkty/{product}/alergeny/", "produkty/{product}/zdjecie/", "produkty/{product}/zapowiedzi/",
    ],
    "offers": [
        "produkty/{product}/opakowania/nowe/", "opakowania/{offer}/", "opakowania/{offer}/wycofaj/", "zapowiedzi/",
        "zapowiedzi/{centre}/{day}/", "zamowienia/", "zamowienia/{round}/", "zamowienia/{round}/druk/",
    ],
    "others": ["/konto/", "/konto/klucze/", "/konto/usun/", "/klaster/smaki/", "/finanse/"],
}  # fmt: skip


@pytest.mark.parametrize("group", PAGES)
def test_every_page_obeys(watched, site, stall, group):
    cluster = Cluster.objects.create(slug="smaki", name="Smaki", sort_key="smaki")
    ClusterRole.objects.create(cluster=cluster, user=stall.user)
    FinanceRole.objects.create(user=stall.user)
    sign_in(watched.context, site, stall.user)
    things = {
        "product": stall.offer.stock_item.product_id, "draft": stall.draft.pk, "offer": stall.offer.pk,
        "centre": stall.centre.code, "day": stall.round.packs_on.isoformat(), "round": stall.round.pk,
    }  # fmt: skip
    for path in PAGES[group]:
        root = "" if path.startswith("/") else f"/producent/{stall.producer.slug}/"
        answer = watched.goto(f"{site}{root}{path.format(**things)}")
        assert answer.status == 200, path
        watched.rules.obeyed_everywhere()


def test_pages_with_errors_obey_and_lead_to_the_field(watched, site, stall):
    sign_in(watched.context, site, stall.user)
    watched.set_viewport_size({"width": 320, "height": 800})
    root = f"{site}/producent/{stall.producer.slug}"
    watched.goto(f"{root}/produkty/{stall.draft.pk}/")
    watched.get_by_role("button", name="Wystaw na sprzedaż").click()
    expect(watched.locator("[data-error-summary]")).to_be_focused()
    watched.rules.obeyed()
    watched.goto(f"{root}/produkty/nowy/")
    watched.get_by_role("button", name="Zapisz szkic").click()
    expect(watched).to_have_title("Błąd: Nowy produkt – " + stall.producer.name + " – Spichlerz")
    watched.rules.obeyed()
    watched.goto(f"{root}/opakowania/{stall.offer.pk}/")
    watched.get_by_label("Nowa cena").fill("-1")
    watched.get_by_role("button", name="Zapisz cenę").click()
    watched.get_by_role("alert").get_by_role("link").click()
    expect(watched.get_by_label("Nowa cena")).to_be_focused()
    watched.rules.obeyed()

import re
from pathlib import Path

import pytest
import unfold
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password
from django.utils.html import strip_tags
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from distribution.models import CentreStaff
from marketplace.accounts.admin import site
from producers.models import Category
from tests.factories import CentreFactory, ProductFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
FACTS = {
    "order", "line", "payment", "moneyevent", "offlinereceipt", "movement", "document", "documentline", "balance",
    "supply", "hold", "lot", "task", "price", "offer", "product", "authtoken", "authenticator", "group",
}  # fmt: skip


@pytest.fixture
def keeper(client):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    return user


def test_facts_and_keys_are_not_there():
    assert not {model._meta.model_name for model in site._registry} & FACTS


def test_strangers_find_no_admin(client):
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert client.get("/admin/login/").url.startswith("/konto/login/")
    client.force_login(UserFactory())
    assert client.get("/admin/login/").status_code == 404


def test_production_demands_a_second_factor(client, keeper, settings):
    settings.LOCAL_RUN = False
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").url == "/konto/2fa/"
    Authenticator.objects.create(user=keeper, type="totp", data={"secret": "x"})
    assert client.get("/admin/").status_code == 200


def test_every_page_opens_for_staff(client, keeper):
    ProductFactory()
    for model in site._registry:
        root = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(root).status_code == 200
        if row := model._default_manager.first():
            assert client.get(f"{root}{row.pk}/change/").status_code == 200


def test_what_facts_point_to_is_not_deleted(client, keeper):
    row = ProductFactory().category
    assert client.post(f"/admin/producers/category/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Category.objects.filter(pk=row.pk).exists()


def test_a_badge_gets_a_hashed_pin_and_keeps_it(client, keeper):
    centre, worker = CentreFactory(), UserFactory()
    body = {"centre": centre.pk, "user": worker.pk, "role": "WORKER", "badge": "les-7", "is_active": "on"}
    assert "PIN" in client.post("/admin/distribution/centrestaff/add/", body | {"pin": "12"}).content.decode()
    client.post("/admin/distribution/centrestaff/add/", body | {"pin": "2468"})
    row = CentreStaff.objects.get()
    assert row.badge == "LES-7"
    assert check_password("2468", row.pin_hash)
    client.post(f"/admin/distribution/centrestaff/{row.pk}/change/", body | {"pin": "", "role": "LEAD"})
    row.refresh_from_db()
    assert (row.role, check_password("2468", row.pin_hash)) == ("LEAD", True)


def test_only_a_superuser_lets_others_in(client, keeper):
    other = UserFactory()
    client.post(
        f"/admin/accounts/user/{other.pk}/change/", {"name": "X", "is_active": "on", "is_staff": "on"}
    )
    other.refresh_from_db()
    assert (other.name, other.is_staff) == ("X", False)


TEXT = re.compile(r"""_?n?gettext\(\s*u?(["'])(?P<text>[A-Z].+?)\1""")
# Screens of packages that are not installed here.
ELSEWHERE = re.compile(r"unfold/(contrib|templates/(import_export|simple_history|guardian))")


def test_what_the_admin_says_itself_is_said_in_polish():
    """Unfold brings no Polish: a new version may bring new words."""
    root = Path(unfold.__file__).parent
    said = {
        found["text"]
        for page in root.rglob("*.html")
        if not ELSEWHERE.search(str(page))
        for found in TEXT.finditer(templatize(page.read_text(encoding="utf-8")))
    }
    assert len(said) > 50
    with override("pl"):
        assert sorted(text for text in said if gettext(text) == text) == []


def test_names_of_fields_are_polish(client, keeper):
    """What a model leaves unnamed Django names in English, after the column."""
    CentreFactory(), StaffFactory(), ProductFactory()
    english = []
    for model in site._registry:
        root = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.first()
        pages = [client.get(root)] + ([client.get(f"{root}{row.pk}/change/")] if row else [])
        text = " ".join(strip_tags(page.content.decode()) for page in pages)
        unnamed = {
            field.name.replace("_", " ").capitalize()
            for field in model._meta.get_fields()
            if "_" in field.name or field.name in {"kind", "role", "user", "place", "centre", "key"}
        }
        english += [(root, word) for word in unnamed if re.search(rf"(?<![\w-]){word}(?![\w-])", text)]
    assert english == []

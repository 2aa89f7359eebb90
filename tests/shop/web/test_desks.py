"""Who works somewhere gets there from any page, and pays for it with one statement every two minutes."""

import pytest
from django.core.cache import cache

from producers.models import ProducerPerson
from tests.factories import ProducerFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_cache():
    cache.clear()


def page(client):
    return client.get("/pomoc/").content.decode()


def test_guest_and_buyer_see_no_desk(client):
    assert "Stół producenta" not in page(client)
    client.force_login(UserFactory())
    assert "Stół producenta" not in page(client)


def test_each_role_has_its_way_and_the_first_stands_in_the_header(client):
    user = UserFactory()
    ProducerPerson.objects.create(producer=ProducerFactory(), user=user, role="OWNER")
    StaffFactory(user=user)
    client.force_login(user)
    shown = page(client)
    assert shown.count('href="/producent/"') == 2
    assert shown.count('href="/centrum/"') == 1
    assert 'href="/finanse/"' not in shown


def test_desks_are_read_once_for_many_pages(client, django_assert_num_queries):
    client.force_login(UserFactory())
    page(client)
    with django_assert_num_queries(3):  # session, person, the basket
        page(client)

"""A refusal that no view answered is a page with its sentence and status; never a 500."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import RequestFactory

from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.limits import TooOften
from marketplace.kernel.web import Refusals

pytestmark = pytest.mark.django_db


def answered(error):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return Refusals(lambda _request: None).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (DomainError("Tego nie można."), 409, "Tego nie można."),
        (NotFound(), 404, "Nie ma takiej strony"),
        (NotFound("Nie ma takiego produktu."), 404, "Nie ma takiego produktu."),
        (TooOften(), 429, "Odczekaj minutę"),
        (OperationalError(), 503, "Coś się u nas zepsuło"),
    ],
)
def test_refusal_becomes_a_page(error, status, says):
    answer = answered(error)
    assert answer.status_code == status
    assert says in answer.content.decode().replace("\u00a0", " ")


def test_patience_is_asked_for_in_the_header():
    assert answered(TooOften()).headers["Retry-After"] == "60"


def test_fault_of_ours_stays_one():
    assert answered(ValueError()) is None

"""The audit as it is run: by a person, and by beat every night."""

import io

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command

from distribution.models import Supply
from marketplace.kernel.models import AuditRun
from orders import tasks
from tests.factories.market import market

pytestmark = pytest.mark.django_db


def break_something():
    market().add(stock=5)
    Supply.objects.update(quantity=7)


def test_clean_market_ends_well():
    market().add(stock=5)
    said = io.StringIO()
    call_command("audit", stdout=said)
    assert ", 0 broken" in said.getvalue()


def test_breach_is_named_and_the_exit_code_is_one():
    break_something()
    said = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("audit", stdout=said)
    assert refusal.value.returncode == 1
    assert "BAD      1  stock_supply_is_sum_of_sellable_balances" in said.getvalue()


def test_every_night_it_is_run_kept_and_logged(capsys):
    break_something()
    nightly = settings.CELERY_BEAT_SCHEDULE["audit"]["task"]
    current_app.loader.import_default_modules()
    assert current_app.tasks[nightly].name == tasks.audit_all.name
    tasks.audit_all()
    assert AuditRun.objects.get().broken() == {"stock_supply_is_sum_of_sellable_balances": 1}
    assert (
        "the audit found breaches: {'stock_supply_is_sum_of_sellable_balances': 1}" in capsys.readouterr().err
    )

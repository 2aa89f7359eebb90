"""What locks and writes in several steps insists on a transaction."""

import pytest
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from distribution.operations import ledger


def test_ledger_refuses_moves_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        ledger.shift(centre=1, moves=[], by=None, at=None)


@pytest.mark.django_db
def test_ledger_takes_moves_within_one():
    ledger.shift(centre=1, moves=[], by=None, at=timezone.now())

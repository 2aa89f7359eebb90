"""Every API module can be the first one imported: what DRF reads from the settings must not import DRF's views."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["marketplace.shop.api.catalogue", "marketplace.kernel.api", "orders.api.baskets"]
)
def test_api_module_imports_first(module):
    asked = f"import django; django.setup(); import {module}"
    named = os.environ | {"DJANGO_SETTINGS_MODULE": "marketplace.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked], env=named, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")

"""The product's settings with the bench's floors beside its addresses."""

from marketplace.settings import *  # noqa: F403 - the same settings, whatever they are

ROOT_URLCONF = "tests.bench.urls"

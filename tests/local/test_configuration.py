"""What the code reads from the environment stands in README.md, and what a market must set reaches a container."""

import re
from pathlib import Path

PACKAGES = ("marketplace", "producers", "distribution", "orders")
READ = re.compile(r"(?:environ\.get|number|flag|words)\(\s*\"([A-Z_0-9]+)\"")
# Set by our own programs for one another, or by the system.
OURS = {"AS_OWNER", "LOCAL_RUN", "PATH", "SECRETS", "DJANGO_SETTINGS_MODULE"}
README = Path("README.md").read_text(encoding="utf-8")
COMPOSE = Path("docker-compose.yml").read_text(encoding="utf-8")
SETTINGS = Path("marketplace/settings.py").read_text(encoding="utf-8")
RULES = SETTINGS.partition("# --- Rules of the market")[2].partition("# --- Security")[0]


def test_every_variable_is_in_the_readme():
    read = {
        name
        for package in PACKAGES
        for path in Path(package).rglob("*.py")
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    assert "SECRET_KEY" in read
    assert sorted(name for name in read - OURS if f"`{name}`" not in README) == []


def test_rules_of_the_market_reach_the_containers():
    named = READ.findall(RULES)
    assert "SELLERS_AGENT_ACCOUNT" in named
    assert [name for name in named if f"    {name}:\n" not in COMPOSE] == []

"""The image's program: secrets made once, the roles of the compose file, no demo in public."""

import os
import subprocess

import psycopg
import pytest

from marketplace.local import container
from marketplace.local import postgres as pg
from marketplace.local.paths import CHECKOUT, checkout_places, server_account
from tests import services


@pytest.fixture
def volume(tmp_path, monkeypatch):
    monkeypatch.setattr(container, "SECRETS", tmp_path)
    for variable in (*container.NAMES.values(), "DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def test_secrets_are_made_once_and_the_log_says_so_without_them(volume, capsys):
    container.make_secrets()
    first = {path.name: path.read_text() for path in volume.iterdir()}
    log = capsys.readouterr().out
    container.make_secrets()
    assert {path.name: path.read_text() for path in volume.iterdir()} == first
    assert set(first) == set(container.NAMES)
    assert "SECRET_KEY was not set" in log
    assert not any(value in log for value in first.values())


def test_given_secret_wins_and_special_characters_survive_the_address(volume, monkeypatch):
    monkeypatch.setenv("DATABASE_APP_PASSWORD", "p@ss/word:ż")
    container.make_secrets()
    url = container.environment()["DATABASE_URL"]
    assert psycopg.conninfo.conninfo_to_dict(url)["password"] == "p@ss/word:ż"


def test_missing_volume_is_one_sentence(volume):
    with pytest.raises(SystemExit, match="The secret database_app is not there"):
        container.environment()


def test_demo_network_is_refused_on_https(volume, monkeypatch):
    container.make_secrets()
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("HTTPS", "1")
    with pytest.raises(SystemExit, match="sign-ins that everybody knows"):
        container.command("migrate", ())


def test_migrate_runs_as_the_owner_and_web_does_not(volume, monkeypatch):
    monkeypatch.delenv("AS_OWNER", raising=False)
    container.make_secrets()
    assert container.command("migrate", ())[1]["AS_OWNER"] == "1"
    assert "AS_OWNER" not in container.command("web", ())[1]


def test_script_of_the_postgresql_image_makes_the_two_roles_and_their_rights(volume):
    container.make_secrets()
    server = services.new_postgres()
    with server.connect() as connection:
        connection.execute("DROP DATABASE spichlerz")
        connection.execute("DROP ROLE spichlerz_owner")
        connection.execute("DROP ROLE spichlerz")
    programs = pg.find_programs(checkout_places().tools, account=server_account())
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": str(server.places.sockets),
        "POSTGRES_USER": pg.ADMIN,
        "SECRETS": str(volume),
        "GRANTS": str(pg.GRANTS),
    }
    subprocess.run([CHECKOUT / "marketplace" / "local" / "create_roles.sh"], env=env, check=True)
    with server.connect(role=pg.OWNER, database=pg.DATABASE) as owner:
        owner.execute("CREATE TABLE cheese (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    with server.connect(role=pg.APP, database=pg.DATABASE) as app:
        app.execute("INSERT INTO cheese (name) VALUES ('bundz')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("TRUNCATE cheese")
    server.stop()

"""The own PostgreSQL: data kept between runs, and what an accident leaves behind."""

import os

import pytest

from marketplace.local import postgres as pg
from tests import services


@pytest.fixture
def server():
    """A cluster that was made and stopped."""
    made = services.new_postgres()
    with made.connect(role=pg.OWNER, database=pg.DATABASE) as connection:
        connection.execute("CREATE TABLE cheese (name text)")
        connection.execute("INSERT INTO cheese VALUES ('oscypek')")
    made.stop()
    yield made
    made.stop()


def start(server):
    log = server.places.data / "postgres.log"
    with log.open("ab") as stream:
        server.start(stdout=stream, stderr=stream)


def cheeses(server):
    with server.connect(role=pg.APP, database=pg.DATABASE) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM cheese")]


def test_start_again_keeps_the_data(server):
    start(server)
    assert cheeses(server) == ["oscypek"]


def test_stale_pid_file_of_another_process_is_no_obstacle(server):
    pid_file = server.places.postgres / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.places.postgres}\n1\n5432\n{server.places.sockets}\n\n")
    start(server)
    assert cheeses(server) == ["oscypek"]


def test_server_left_by_a_killed_supervisor_is_ended_first(server):
    start(server)
    survivor = server.process
    second = pg.Postgres(server.places, settings=pg.FORGETFUL)
    start(second)
    assert survivor.wait(5) == 0
    assert cheeses(second) == ["oscypek"]
    second.stop()


def test_half_made_folder_is_set_aside_and_said(server):
    (server.places.postgres / pg.COMPLETE).unlink()
    said = []
    server.say = said.append
    start(server)
    (aside,) = server.places.data.glob("postgres.unfinished-*")
    assert said == [f"The database folder was never finished; it is kept as {aside} and a new one is made."]
    assert (aside / "PG_VERSION").exists()
    with server.connect(role=pg.OWNER, database=pg.DATABASE) as connection:
        assert connection.execute("SELECT to_regclass('cheese')").fetchone() == (None,)


def test_data_of_another_version_is_refused_by_name(server):
    (server.places.postgres / "PG_VERSION").write_text("16\n")
    with pytest.raises(pg.CannotStart, match=r"belongs to PostgreSQL 16, here is 1[78]"):
        start(server)
    (server.places.postgres / "PG_VERSION").write_text("18\n")


def test_older_postgresql_on_the_path_is_ignored(tmp_path, monkeypatch):
    for name, version in (("old", 15), ("new", 17)):
        program = tmp_path / name / "initdb"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'initdb (PostgreSQL) {version}.2 (Debian)'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/old:{tmp_path}/new:/bin:/usr/bin")
    monkeypatch.setattr(pg.importlib.util, "find_spec", lambda name: None)
    assert pg.find_programs(tmp_path, account=pg.server_account()) == tmp_path / "new"

"""`make run` as a person meets it: starts, answers, refuses clearly, stops without leftovers."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marketplace.local import processes, run
from marketplace.local.paths import CHECKOUT, CannotStart
from tests import services

OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL", "AS_OWNER", "SECRET_KEY")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        return probe.getsockname()[1]


def start(*, places, port):
    """`make run` without make, on a data folder of its own and without a demo network."""
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    env |= {"LOCAL_DATA": str(places.data), "PORT": str(port), "DEMO": "0"}
    command = [sys.executable, "-m", "marketplace.local"]
    return processes.spawn(
        command, environment=env, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def said(process):
    output, _nothing = process.communicate(timeout=60)
    return output.decode()


def running_in(places):
    """Processes that name this network's folder."""
    found = []
    for path in Path("/proc").iterdir():
        arguments = processes.command_line(path.name) if path.name.isdecimal() else None
        if arguments and any(str(places.data) in argument for argument in arguments):
            found.append(arguments)
    return found


@pytest.mark.timeout(300)
def test_run_answers_refuses_a_second_and_leaves_nothing_running(port):
    places = services.new_places()
    process = start(places=places, port=port)
    deadline = time.monotonic() + 240
    while not run.answers(port) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    second = start(places=places, port=port)
    assert f"This folder is in use already: http://127.0.0.1:{port}, process {process.pid}." in said(second)
    assert second.returncode == 1

    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    output = said(process)
    assert process.returncode == 0, output
    assert time.monotonic() - began < 30
    assert f"Spichlerz answers at http://127.0.0.1:{port}" in output
    assert "Traceback" not in output
    assert running_in(places) == []


def test_taken_port_is_named_with_a_way_out(port):
    with socket.socket() as other:
        other.bind((run.HOST, port))
        other.listen()
        process = start(places=services.new_places(), port=port)
        output = said(process)
    assert process.returncode == 1
    assert output.startswith(f"Port {port} is taken")
    assert f"make run PORT={port + 1}" in output


@pytest.mark.parametrize("given", ["0", "65536", "http", "-1"])
def test_port_that_is_none_is_refused(given, monkeypatch):
    monkeypatch.setenv("PORT", given)
    with pytest.raises(CannotStart, match="is not a port number"):
        run.wanted_port()


def test_network_that_was_half_loaded_is_kept_beside_a_new_one():
    server = services.new_postgres()
    server.places.loading.touch()
    said = []
    run.set_half_loaded_aside(server, server.places, say=said.append)
    with server.connect() as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
    (aside,) = {name for name in names if name.startswith("spichlerz_unfinished_")}
    assert said == [f"The demo network was never loaded to its end; that database is kept as {aside}."]
    assert "spichlerz" in names
    assert not server.places.loading.exists()

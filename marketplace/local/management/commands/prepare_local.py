"""Everything between a running database and the first page, in one process: Django starts slowly."""

import hashlib
import io
import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from producers.models import Voivodeship


class Command(BaseCommand):
    help = "Migrates, loads registers and demo network into an empty database, collects static files."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, required=True, help="where marks and sign-ins are kept")
        parser.add_argument("--no-static", action="store_true", help="an image brings its static files")

    def handle(self, *, folder, no_static, **_options):
        self.migrate()
        if not no_static:
            collect_static(say=self.stdout.write)
        if (folder / "loading").exists():
            raise CommandError(
                "The demo network was never loaded to its end: take a new database (in Docker: "
                f"docker compose down --volumes), then remove {folder / 'loading'}."
            )
        self.load(missing(), mark=folder / "loading")
        write_sign_ins(folder / "sign-ins.txt")

    def migrate(self):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Migrating the database ({len(plan)} steps)")
            call_command("migrate", verbosity=0, interactive=False)

    def load(self, commands, *, mark):
        """`mark` stays behind when this is interrupted, so the next start does not take half for whole."""
        if not commands:
            return
        mark.touch()
        for name in commands:
            call_command(name)
        mark.unlink()


def missing():
    """Commands that fill what is empty; DEMO=0 means a market without the demo network."""
    commands = []
    if not Voivodeship.objects.exists():
        commands.append("load_registers")
    if os.environ.get("DEMO") != "0" and not get_user_model().objects.exists():
        commands.append("seed_demo")
    return [name for name in commands if name in get_commands()]


def collect_static(*, say):
    """Hashing and compressing takes ten seconds, so only when a source has changed."""
    known = Path(settings.STATIC_ROOT) / ".sources"
    now = static_digest()
    if known.exists() and known.read_text() == now:
        return
    say("Collecting static files")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    known.write_text(now)


def static_digest():
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def write_sign_ins(path):
    """The demo's sign-ins for the banner; only this person may read them."""
    if "demo_sign_ins" not in get_commands():
        return
    text = io.StringIO()
    call_command("demo_sign_ins", stdout=text)
    path.touch(mode=0o600)
    path.write_text(text.getvalue())

"""Database and media in one file, and back. Works on this machine's network and on a given DATABASE_URL."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from marketplace.local import postgres as pg
from marketplace.local import run
from marketplace.local.paths import CHECKOUT, CannotStart, checkout_places, server_account

DUMP, MEDIA = "database.dump", "media"


@dataclass(frozen=True)
class Site:
    """What a backup holds: the database of `url` (its owner's) and the folder of uploaded files."""

    url: str
    media: Path

    def database(self):
        return urlsplit(self.url).path.lstrip("/")

    def beside(self, name):
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()


def backup():
    """Writes backups/spichlerz-<time>.tar (folder: BACKUPS), whole or not at all. The site may run."""
    folder = Path(os.environ.get("BACKUPS", CHECKOUT / "backups"))
    target = folder / f"spichlerz-{moment()}.tar"
    with site(alone=False) as source:
        save(source, target)
    print(f"Saved {target} ({target.stat().st_size / 1e6:.1f} MB).")


def restore(file=""):
    """Brings database and media of `file` back. What was there before is kept beside it, and named."""
    if not file or not Path(file).is_file():
        raise CannotStart("Say which file: make restore FILE=backups/spichlerz-….tar")
    with site(alone=True) as target:
        kept = load(Path(file), target)
    print(f"Restored {file}. What was here before: {', '.join(kept) or 'nothing'}.")


def save(source, target):
    """`source` is a Site, `target` the new file. Media are read after the database: a row never names a
    picture that is missing, at worst a picture is saved that no row names yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        use("pg_dump", "--format=custom", f"--file={dump}", source.url)
        partial = Path(folder) / "partial"
        with tarfile.open(partial, "w") as archive:
            archive.add(dump, DUMP)
            if source.media.exists():
                archive.add(source.media, MEDIA)
        partial.chmod(0o600)
        partial.rename(target)


def load(file, target):
    """Restores into a new database and a new folder, then puts both in place; answers what is kept."""
    stamp = moment()
    fresh, kept = f"{target.database()}_restoring", []
    target.media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.media.parent) as folder:
        unpack(file, Path(folder))
        with psycopg.connect(target.beside("postgres"), autocommit=True) as connection:
            statement(connection, "DROP DATABASE IF EXISTS {}", fresh)
            statement(connection, "CREATE DATABASE {}", fresh)
            use(
                "pg_restore",
                "--exit-on-error",
                "--no-owner",
                f"--dbname={target.beside(fresh)}",
                Path(folder) / DUMP,
            )
            kept.append(swap(connection, target.database(), fresh, stamp))
        if target.media.exists():
            kept.append(str(target.media.rename(target.media.with_name(f"{MEDIA}.before-{stamp}"))))
        if (Path(folder) / MEDIA).exists():
            (Path(folder) / MEDIA).rename(target.media)
    return kept


def swap(connection, name, fresh, stamp):
    """PostgreSQL renames no database that somebody uses, so nobody loses what they are writing."""
    old = f"{name}_before_{stamp}"
    try:
        statement(connection, "ALTER DATABASE {} RENAME TO {}", name, old)
    except psycopg.errors.ObjectInUse as error:
        raise CannotStart(f"Somebody still uses the database {name}: stop web and workers first.") from error
    statement(connection, "ALTER DATABASE {} RENAME TO {}", fresh, name)
    return f"database {old}"


def unpack(file, folder):
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                unpack_member(archive, member, folder)
    except (tarfile.TarError, OSError) as error:
        raise CannotStart(f"{file} can't be read: {error}") from error
    if not (folder / DUMP).exists():
        raise CannotStart(f"{file} is no backup of Spichlerz: it holds no {DUMP}.")


def unpack_member(archive, member, folder):
    """Only plain files, only below the two names a backup has: tarfile's own guard came with 3.11.4."""
    parts = PurePosixPath(member.name).parts
    if member.isfile() and ".." not in parts and parts[0] in {DUMP, MEDIA}:
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.extractfile(member) as source, target.open("wb") as stream:
            shutil.copyfileobj(source, stream)


def statement(connection, text, *names):
    connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


def use(program, *arguments):
    """Runs PostgreSQL's own tool; raises CannotStart with its last words."""
    programs = pg.find_programs(checkout_places().tools, account=server_account())
    answer = subprocess.run([programs / program, *arguments], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise CannotStart(f"{program} failed: {(answer.stderr.strip().splitlines() or ['no words'])[-1]}")


@contextmanager
def site(*, alone):
    """The given database, else this folder's: running already, or started for this. `alone` refuses a
    site that runs."""
    media = Path(os.environ.get("MEDIA_ROOT", CHECKOUT / "media"))
    if given := os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL"):
        yield Site(given, media)
        return
    places = checkout_places()
    postgres = pg.Postgres(places)
    found = Site(postgres.url(role=pg.OWNER), Path(os.environ.get("MEDIA_ROOT", places.media)))
    places.make()
    try:
        lock = run.take_lock(places, holder="a backup or restore")
    except CannotStart:
        if alone:
            raise
        yield found
        return
    with lock, (places.data / "postgres.log").open("wb") as log:
        postgres.start(stdout=log, stderr=log)
        try:
            yield found
        finally:
            postgres.stop()


def moment():
    return time.strftime("%Y%m%d-%H%M%S")

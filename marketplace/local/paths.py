"""Where one machine keeps its data, its sockets and the server programs it brought along."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT_HOME = Path("/var/lib/spichlerz")
# Not TMPDIR: that may be long, and a socket's path may not.
SHORT = Path("/tmp")  # noqa: S108 the folders in it are private and checked


class CannotStart(Exception):
    """Why the local run stops here: one sentence for the person, no traceback, nothing lost."""


@dataclass(frozen=True)
class Account:
    """The user a server runs as."""

    uid: int
    gid: int

    @property
    def name(self):
        return pwd.getpwuid(self.uid).pw_name


@dataclass(frozen=True)
class Places:
    """Folders of one local network. `sockets` is short: the system refuses socket paths over 100 bytes."""

    data: Path
    sockets: Path
    tools: Path

    @property
    def postgres(self):
        return self.data / "postgres"

    @property
    def redis(self):
        return self.data / "redis"

    @property
    def lock(self):
        return self.data / "running"

    @property
    def media(self):
        return self.data / "media"

    @property
    def loading(self):
        """Exists while the demo network is being loaded, and afterwards if that was interrupted."""
        return self.data / "loading"

    def make(self):
        """Creates the folders; servers that may not run as root get theirs from `private_folder`."""
        account = server_account()
        for folder in (self.data, self.tools):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.sockets, self.postgres.parent):
            require_reachable(folder, account=account)
        private_folder(self.sockets, account=account)


def server_account():
    """PostgreSQL refuses root, so root hands its servers to `nobody`; anyone else runs them as themselves."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def checkout_places():
    """The network of this clone. `LOCAL_DATA` names another data folder, so one clone can have two."""
    named = os.environ.get("LOCAL_DATA")
    data = Path(named).resolve() if named else CHECKOUT / ".local"
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    if os.geteuid() != 0:
        sockets = SHORT / f"spichlerz-{os.geteuid()}-{digest}"
        return Places(data=data, sockets=sockets, tools=CHECKOUT / ".local" / "tools")
    home = ROOT_HOME / digest
    return Places(data=data if named else home, sockets=home / "run", tools=ROOT_HOME / "tools")


def temporary_places():
    """A network for tests, in a new short folder; `forget` removes it."""
    home = Path(tempfile.mkdtemp(prefix="spichlerz-", dir=SHORT))
    home.chmod(0o711)
    return Places(data=home / "data", sockets=home / "run", tools=checkout_places().tools)


def forget(places):
    shutil.rmtree(places.data.parent, ignore_errors=True)


def private_folder(folder, *, account):
    """Makes `folder` ours alone. A folder that someone else prepared at that name is refused."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotStart(f"The folder {folder} can't be made: {error.strerror}.") from error
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {
        os.geteuid(),
        account.uid,
    }:
        raise CannotStart(f"{folder} belongs to someone else; remove it and start again.")
    if found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def require_reachable(folder, *, account):
    """Root's servers run unprivileged: every folder above theirs must let them through."""
    if account.uid == os.geteuid():
        return
    for parent in folder.parents:
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            raise CannotStart(
                f"{parent} lets nobody but its owner in, and PostgreSQL may not run as root: "
                "set LOCAL_DATA to a folder outside of it."
            )

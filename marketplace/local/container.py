"""The one program of the image: `python -m marketplace.local.container web`.

It completes the environment from the secrets' volume and becomes the process asked for, so signals reach
gunicorn and Celery themselves."""

import http.client
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from urllib.parse import quote

from marketplace.local import postgres as pg

SECRETS = Path(os.environ.get("SECRETS", "/secrets"))
# File in the volume, and the variable that may give its content instead.
NAMES = {
    "secret_key": "SECRET_KEY",
    "database_admin": "DATABASE_ADMIN_PASSWORD",
    "database_owner": "DATABASE_OWNER_PASSWORD",
    "database_app": "DATABASE_APP_PASSWORD",
}
SCHEDULE = Path("/tmp/beat-schedule")  # noqa: S108 the container's own
# Beat writes its schedule every three minutes.
BEAT_SILENCE = 600
CELERY = ["celery", "--quiet", "--app", "marketplace"]
PING = [*CELERY, "inspect", "ping", "--destination", f"celery@{socket.gethostname()}"]
COMMANDS = {
    "web": ["gunicorn", "marketplace.wsgi", "--config", "python:marketplace.gunicorn"],
    "worker": [*CELERY, "worker", "--concurrency", os.environ.get("WORKER_PROCESSES", "2")],
    "beat": [*CELERY, "beat", "--schedule", str(SCHEDULE), "--pidfile="],
}


def main(role="web", *arguments):
    if role == "secrets":
        make_secrets()
    elif (role, *arguments) == ("health", "worker"):
        become([sys.executable, "-m", *PING], environment())
    elif role == "health":
        sys.exit(0 if healthy(*arguments) else 1)
    else:
        become(*command(role, arguments))


def make_secrets():
    """Fills the volume once. A variable that is set wins over what was generated, and nothing is logged
    but the fact."""
    for name, variable in NAMES.items():
        path = SECRETS / name
        if given := os.environ.get(variable):
            path.write_text(given)
        elif not path.exists():
            path.write_text(secrets.token_urlsafe(48))
            print(f"{variable} was not set: one was generated into the volume `secrets`.", flush=True)
        # PostgreSQL's container reads it as another user; nobody else has the volume.
        path.chmod(0o444)


def command(role, arguments):
    """The command line of a role and its environment."""
    env = environment()
    python = [sys.executable, "-m"]
    manage = [sys.executable, "manage.py"]
    if role in COMMANDS:
        return [*python, *COMMANDS[role]], env
    if role == "migrate":
        refuse_demo_in_public(env)
        return [*manage, "prepare_local", "--no-static", "--folder", env["STATE"]], as_owner(env)
    if role in {"backup", "restore"}:
        return [*python, "marketplace.local", role, *arguments], env
    if role == "manage":
        return [*manage, *arguments], env
    sys.exit(f"Unknown role {role}: secrets, migrate, web, worker, beat, backup, restore, manage, health.")


def environment():
    """The given variables, completed by the secrets' volume where they are silent."""
    env = dict(os.environ)
    env.setdefault("STATE", "/data/state")
    host = env.get("DATABASE_HOST", "database")
    for variable, role, name in (
        ("DATABASE_URL", pg.APP, "database_app"),
        ("DATABASE_OWNER_URL", pg.OWNER, "database_owner"),
    ):
        if not env.get(variable):
            env[variable] = f"postgresql://{role}:{quote(secret(name), safe='')}@{host}/{pg.DATABASE}"
    env["SECRET_KEY"] = env.get("SECRET_KEY") or secret("secret_key")
    return env


def secret(name):
    try:
        return (SECRETS / name).read_text().strip()
    except OSError as error:
        sys.exit(f"The secret {name} is not there: run the role `secrets` first ({error.strerror}).")


def as_owner(env):
    return env | {"AS_OWNER": "1", "STATEMENT_TIMEOUT": "0", "LOCK_TIMEOUT": "10s", "DATABASE_POOL": "0"}


def refuse_demo_in_public(env):
    if env.get("DEMO", "0") != "0" and env.get("HTTPS", "1") != "0":
        sys.exit("The demo network has sign-ins that everybody knows: set DEMO=0 for a site on HTTPS.")


def become(command, env):
    os.execve(command[0], command, env)  # noqa: S606 no shell is the point


def healthy(role="web"):
    """Whether web or beat of this container does its work; Docker asks every few seconds."""
    if role == "beat":
        # The file's ending depends on what kind of small database this Python brings.
        written = [path.stat().st_mtime for path in SCHEDULE.parent.glob(f"{SCHEDULE.name}*")]
        return bool(written) and time.time() - max(written) < BEAT_SILENCE
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    main(*sys.argv[1:])

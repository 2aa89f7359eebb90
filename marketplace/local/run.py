"""What `make run` does: services, database, web, worker and beat in one terminal."""

import fcntl
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing

import psycopg

from marketplace.local import environment, processes
from marketplace.local import postgres as pg
from marketplace.local import redis as rd
from marketplace.local.paths import CHECKOUT, CannotStart, checkout_places
from marketplace.local.supervisor import Child, Supervisor

HOST = "127.0.0.1"
PYTHON = [sys.executable, "-m"]
WEB = [*PYTHON, "gunicorn", "marketplace.wsgi", "--config", "python:marketplace.gunicorn"]
CELERY = [*PYTHON, "celery", "--quiet", "--app", "marketplace"]
WORKER = [*CELERY, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"]


def run():
    """Runs until Ctrl-C or SIGTERM. Raises CannotStart with one sentence when it can't begin."""
    began = time.monotonic()
    port = wanted_port()
    places = checkout_places()
    places.make()
    lock = take_lock(places, holder=site(port))
    require_free(port)
    supervisor = Supervisor()
    supervisor.listen()
    try:
        env = start_services(supervisor, places) | {"SITE_URL": site(port), "PORT": str(port)}
        if prepare(supervisor, places, env=env):
            start_processes(supervisor, places, env=env)
            supervisor.watch(until=lambda: answers(port))
            if not supervisor.stopping.is_set():
                announce(supervisor, places, port=port, seconds=time.monotonic() - began)
            supervisor.watch()
    finally:
        supervisor.say("Stopping.")
        supervisor.stop()
        lock.close()


def wanted_port():
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT={given} is not a port number.")
    return int(given)


def site(port):
    return f"http://{HOST}:{port}"


def take_lock(places, *, holder):
    """One network per data folder. The kernel frees the lock when its holder dies, however it dies."""
    stream = places.lock.open("a+")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.seek(0)
        raise CannotStart(f"This folder is in use already: {stream.read().strip()}.") from error
    stream.truncate(0)
    stream.write(f"{holder}, process {os.getpid()}")
    stream.flush()
    return stream


def require_free(port):
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is taken ({error.strerror.lower()}): choose another, "
                f"for example `make run PORT={port + 1}`."
            ) from error


def start_services(supervisor, places):
    """Starts what the environment does not already name; answers with the environment of the others."""
    postgres = redis = None
    if "DATABASE_URL" not in os.environ:
        postgres = pg.Postgres(places, say=supervisor.say)
        supervisor.add(Child("postgres", logged(postgres.start, places, "postgres"), pg.STOP_SIGNAL, 15))
        set_half_loaded_aside(postgres, places, say=supervisor.say)
    if "REDIS_URL" not in os.environ:
        redis = rd.Redis(places)
        supervisor.add(Child("redis", logged(redis.start, places, "redis")))
    return environment.local_environment(places, postgres=postgres, redis=redis)


def logged(start, places, name):
    """Servers talk into a file of their own; the terminal belongs to the marketplace."""
    path = places.data / f"{name}.log"

    def begin(**_streams):
        with path.open("wb") as stream:
            try:
                return start(stdout=stream, stderr=stream)
            except CannotStart as error:
                raise CannotStart(f"{error} Its own words are in {path}.") from error

    return begin


def set_half_loaded_aside(postgres, places, *, say):
    """The demo network is loaded once; when that was interrupted, it starts anew beside the half one."""
    if not places.loading.exists():
        return
    aside = f"{pg.DATABASE}_unfinished_{time.strftime('%Y%m%d_%H%M%S')}"
    with postgres.connect() as connection:
        connection.execute(f"ALTER DATABASE {pg.DATABASE} RENAME TO {aside}")
    postgres.make_database()
    places.loading.unlink()
    say(f"The demo network was never loaded to its end; that database is kept as {aside}.")


def prepare(supervisor, places, *, env):
    """Migrations, static files and, in an empty database, the demo network. False when asked to stop."""
    check_given_database(env)
    command = [sys.executable, "manage.py", "prepare_local", "--folder", places.data]
    process = processes.spawn(command, environment=environment.as_owner(env), cwd=CHECKOUT)
    while process.poll() is None and not supervisor.stopping.wait(0.05):
        pass
    if supervisor.stopping.is_set():
        processes.stop(process, seconds=5)
        return False
    if process.returncode:
        raise CannotStart("The database could not be prepared; the reason stands above, nothing is lost.")
    return True


def check_given_database(env):
    try:
        with psycopg.connect(env["DATABASE_URL"], connect_timeout=10) as connection:
            pg.check_letters(connection)
    except psycopg.OperationalError as error:
        raise CannotStart(f"DATABASE_URL does not answer: {str(error).strip().splitlines()[-1]}") from error


def start_processes(supervisor, places, *, env):
    # A worker holds one connection for each of its two processes; only the web pools.
    worker = env | {"DATABASE_POOL": "0"}
    # Celery warns root at length; a clone below /root leaves root no other way.
    worker.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    schedule = places.data / "beat-schedule"
    beat = [*CELERY, "beat", "--schedule", schedule, "--pidfile="]
    supervisor.add(Child("beat", starter(beat, env=worker)))
    supervisor.add(Child("worker", starter(WORKER, env=worker)))
    supervisor.add(Child("web", starter(WEB, env={"DATABASE_POOL": "2"} | env)))


def starter(command, *, env):
    return lambda **streams: processes.spawn(command, environment=env, cwd=CHECKOUT, **streams)


def answers(port):
    connection = http.client.HTTPConnection(HOST, port, timeout=0.5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announce(supervisor, places, *, port, seconds):
    sign_ins = places.data / "sign-ins.txt"
    supervisor.say(f"\nSpichlerz answers at {site(port)} (ready after {seconds:.1f} s). Ctrl-C stops it.\n")
    if sign_ins.exists():
        supervisor.say(sign_ins.read_text())


def manage(arguments):
    """`manage.py` beside the running network, with its environment."""
    places = checkout_places()
    postgres = None if "DATABASE_URL" in os.environ else pg.Postgres(places)
    redis = None if "REDIS_URL" in os.environ else rd.Redis(places)
    if postgres is not None and not (places.sockets / ".s.PGSQL.5432").exists():
        raise CannotStart("Spichlerz does not run from this folder: start `make run` in another terminal.")
    env = environment.local_environment(places, postgres=postgres, redis=redis)
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env=env, check=False)

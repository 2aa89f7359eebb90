"""Makes `.venv` from a hashed requirement file: `python3 marketplace/local/install.py local`.

Runs with the machine's own Python, so it imports nothing but the standard library. An installation that
was interrupted is simply finished by the next call; nothing outside `.venv` is touched.
"""

import hashlib
import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# The larger list contains the smaller one, with the same versions.
CONTAINED_IN = {"local": ("local", "dev"), "dev": ("dev",)}


def main(kind):
    """Installs requirements/<kind>.txt unless that is done already; exits 1 with one sentence."""
    if any(is_installed(name) for name in CONTAINED_IN[kind]) and works():
        return
    require_python()
    if not works():
        print("Making .venv", flush=True)
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    print(f"Installing requirements/{kind}.txt into .venv (once; this downloads packages)", flush=True)
    install(kind)
    for name in CONTAINED_IN:
        stamp(name).unlink(missing_ok=True)
    stamp(kind).write_text(digest(kind))


def is_installed(kind):
    return stamp(kind).exists() and stamp(kind).read_text() == digest(kind)


def require_python():
    if sys.version_info < OLDEST:
        sys.exit("Spichlerz needs Python 3.11 or newer.")
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python has no venv: install it (Debian: apt install python3-venv) and start again.")


def works():
    """Whether .venv has a Python that runs, with pip: the one it was made from may be gone."""
    command = [PYTHON, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(kind):
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--retries", "1"]
    command += ["--disable-pip-version-check", "--no-input", "-r", CHECKOUT / "requirements" / f"{kind}.txt"]
    answer = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        errors = [line for line in answer.stderr.splitlines() if line.startswith("ERROR")]
        sys.exit(
            "The packages could not be installed: is a package index in reach? Nothing is lost, start again "
            f"later. pip says: {(errors or ['nothing'])[-1]}"
        )


def stamp(kind):
    return VENV / f"installed-{kind}"


def digest(kind):
    return hashlib.sha256((CHECKOUT / "requirements" / f"{kind}.txt").read_bytes()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1])

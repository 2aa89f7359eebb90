"""Child processes that end with their parent, whatever happens to it."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def clean_environment():
    """What a server needs and nothing more: a locale that isn't installed would stop initdb."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def spawn(command, *, environment, account=None, last_signal=signal.SIGTERM, **streams):
    """Starts `command` in a session of its own, so the terminal's Ctrl-C reaches only the supervisor.

    On Linux the kernel sends `last_signal` to the child when the thread that started it ends: even a
    killed supervisor leaves no orphans. So call this from a thread that lives as long as the child.
    """
    parent = os.getpid()

    def end_with_parent():
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(last_signal))
            if os.getppid() != parent:
                os._exit(1)

    identity = {}
    if account is not None and os.geteuid() == 0:
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 only system calls happen in it
        stdin=subprocess.DEVNULL,
        **identity,
        **streams,
    )


def stop(process, *, with_signal=signal.SIGTERM, seconds=10):
    """Asks `process` to end, waits, then kills its whole session. True when it went by itself."""
    if process.poll() is not None:
        return True
    process.send_signal(with_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def command_line(pid):
    """The arguments of a running process, or None when there is none or the system doesn't tell."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    return [os.fsdecode(part) for part in line.split(b"\0") if part]

"""The supervisor: order of ending, restarts with a pause, words with a name in front."""

import io
import os
import sys
import time

import pytest

from marketplace.local import processes
from marketplace.local.supervisor import Child, Supervisor

SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"


def python(code):
    return lambda **streams: processes.spawn(
        [sys.executable, "-c", code], environment=dict(os.environ), **streams
    )


@pytest.fixture
def supervisor():
    made = Supervisor(out=io.StringIO())
    yield made
    made.stop()


def said(supervisor):
    return supervisor.out.getvalue()


def until(condition, *, seconds=5):
    deadline = time.monotonic() + seconds
    return lambda: condition() or time.monotonic() > deadline


def test_stop_ends_children_in_the_opposite_order_of_their_start(supervisor, monkeypatch):
    ended = []
    stop = processes.stop
    monkeypatch.setattr(
        processes, "stop", lambda process, **how: ended.append(process.pid) or stop(process, **how)
    )
    for name in ("postgres", "redis", "web"):
        supervisor.add(Child(name, python(SLEEP)))
    pids = [child.process.pid for child in supervisor.children]
    supervisor.stop()
    assert ended == pids[::-1]
    assert all(processes.command_line(pid) is None for pid in pids)


def test_child_that_dies_is_started_again_after_a_pause(supervisor):
    supervisor.add(Child("web", python(SLEEP)))
    (child,) = supervisor.children
    first = child.process
    first.kill()
    supervisor.watch(until=until(lambda: child.process not in {None, first}))
    assert child.process.poll() is None
    assert "web ended with code -9; starting it again in 1 s." in said(supervisor)


def test_pause_doubles_up_to_half_a_minute():
    child = Child("web", python(SLEEP))
    pauses = []
    for failures in range(1, 8):
        child.failures = failures
        pauses.append(child.pause())
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_child_that_does_not_listen_is_forced_and_named(supervisor):
    supervisor.add(Child("worker", python(STUBBORN), patience=0.3))
    supervisor.watch(until=until(lambda: "deaf" in said(supervisor)))
    supervisor.stop()
    assert "worker did not end within 0 s and was forced." in said(supervisor)


def test_lines_carry_the_name_of_the_child_and_no_colour_outside_a_terminal(supervisor):
    supervisor.add(Child("web", python("print('żurek', flush=True)" + f"; {SLEEP}")))
    supervisor.watch(until=until(lambda: "żurek" in said(supervisor)))
    assert said(supervisor) == "web      | żurek\n"


def test_children_end_when_their_parent_is_killed(tmp_path):
    code = (
        "import os, sys, time; from marketplace.local import processes; "
        f"child = processes.spawn([sys.executable, '-c', {SLEEP!r}], environment=dict(os.environ)); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = processes.spawn([sys.executable, "-c", code], environment=dict(os.environ), stdout=-1)
    with parent.stdout:
        pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while processes.command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not processes.command_line(pid)

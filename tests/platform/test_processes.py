"""Nothing outlives its parent, two parents never share a bank, and a stale pid file fools nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from house import places as place
from house.locks import Lock, Users, wait_ready
from house.postgres import SETTINGS, THROW_AWAY, Postgres, bootstrap_sql
from house.processes import Child, Keeper, processes_in
from house.say import Trouble

SCRIPT = Path(__file__).resolve().parent.parent.parent / "script"


def gone(pid, within=5.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_child_dies_with_a_parent_that_was_killed(tmp_path):
    program = f"""
import sys, time
sys.path.insert(0, {str(SCRIPT)!r})
from pathlib import Path
from house.processes import Child
child = Child("nap", ["sleep", "60"], {{"PATH": "/usr/bin:/bin"}}, Path("/"))
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert not gone(pid, within=0.2)
    parent.kill()
    parent.wait()
    assert gone(pid)


def test_a_child_that_will_not_stop_is_ended_with_all_it_started(tmp_path):
    script = "trap '' TERM; sleep 60 & echo $! > inner; wait; wait"
    child = Child("stubborn", ["sh", "-c", script], {"PATH": os.environ["PATH"]}, tmp_path, patience=0.3)
    child.start()
    end = time.monotonic() + 5
    while not (tmp_path / "inner").exists() or not (tmp_path / "inner").read_text().strip():
        assert time.monotonic() < end
        time.sleep(0.02)
    inner = int((tmp_path / "inner").read_text())
    child.stop()
    assert not child.alive
    assert gone(inner)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_what_ends_now_and_then_is_started_again_with_growing_pauses():
    clock = Clock()
    keeper = Keeper(clock)
    assert [keeper.pause_after("worker") for _ in range(5)] == [1, 2, 4, 8, 8]
    clock.now = 61.0
    assert keeper.pause_after("worker") == 1


def test_what_ends_again_and_again_is_given_up_with_a_line():
    keeper = Keeper(Clock())
    for _ in range(Keeper.ALLOWED):
        keeper.pause_after("web")
        keeper.pause_after("worker")
    with pytest.raises(Trouble, match="web ended 6 times within a minute"):
        keeper.pause_after("web")


def test_a_second_parent_is_refused_and_told_who_holds_the_bank(tmp_path):
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take("script/server")
    assert not second.take("script/server")
    assert second.holder() == f"script/server (process {os.getpid()})"
    first.release()
    assert second.take("script/manage migrate")
    second.release()


def test_a_lock_left_by_a_killed_parent_holds_nobody_up(tmp_path):
    program = f"""
import sys, time
sys.path.insert(0, {str(SCRIPT)!r})
from pathlib import Path
from house.locks import Lock
assert Lock.take.__name__ == "take"
lock = Lock(Path({str(tmp_path / "lock")!r}))
print(lock.take("script/server"), flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "True\n"
    lock = Lock(tmp_path / "lock")
    assert not lock.take("script/server")
    parent.kill()
    parent.wait()
    assert lock.take("script/server")
    lock.release()


def test_whoever_started_the_servers_sees_whether_others_still_use_them(tmp_path):
    starter, other = Users(tmp_path / "users"), Users(tmp_path / "users")
    assert not starter.someone()
    other.join()
    assert starter.someone()
    other.leave()
    assert not starter.someone()


def test_waiting_for_a_set_up_that_has_ended_gives_up_at_once(tmp_path):
    with pytest.raises(Trouble, match="has ended before it was ready"):
        wait_ready(tmp_path / "ready", Lock(tmp_path / "lock"), seconds=5)


def test_who_works_in_a_folder_is_asked_of_the_kernel_and_not_of_a_pid_file(tmp_path):
    """A pid file that names a living stranger is stale; only a process that works in the folder counts."""
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert processes_in(tmp_path) == []
    inside = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    try:
        assert processes_in(tmp_path) == [inside.pid]
    finally:
        inside.send_signal(signal.SIGKILL)
        inside.wait()


def test_sockets_of_a_deep_checkout_lie_where_the_kernel_can_name_them(monkeypatch):
    monkeypatch.setattr(place, "reachable_by_nobody", lambda folder: True)
    near = place.Places(root=Path("/srv/bank"), state=Path("/srv/bank/.portal"))
    deep = place.Places(root=Path("/srv") / ("x" * 120), state=Path("/srv") / ("x" * 120) / ".portal")
    assert near.socket_dir() == Path("/srv/bank/.portal/run")
    assert len(str(deep.socket_dir() / "pg" / ".s.PGSQL.5432.lock")) <= place.SOCKET_PATH_LIMIT
    assert deep.socket_dir() != place.Places(root=deep.root, state=deep.root / "other").socket_dir()


def test_roots_database_lies_elsewhere_when_nobody_cannot_reach_the_checkout(monkeypatch):
    monkeypatch.setattr(place.os, "geteuid", lambda: 0)
    monkeypatch.setattr(place, "reachable_by_nobody", lambda folder: False)
    closed = place.Places(root=Path("/root/bank"), state=Path("/root/bank/.portal"))
    assert closed.database_home().parent == Path("/var/lib")
    assert not closed.socket_dir().is_relative_to("/root")
    monkeypatch.setattr(place.os, "geteuid", lambda: 1000)  # an ordinary user's server is the user's own
    assert closed.database_home() == Path("/root/bank/.portal/database")
    assert closed.socket_dir() == Path("/root/bank/.portal/run")


def test_a_folder_others_may_not_pass_is_not_reachable_by_nobody(tmp_path):
    closed = tmp_path / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    closed.chmod(0o700)
    assert not place.reachable_by_nobody(inner)


def test_the_kept_bank_survives_a_power_cut_and_only_the_tests_do_without():
    assert not {"fsync", "full_page_writes", "synchronous_commit"} & set(SETTINGS)
    assert THROW_AWAY["fsync"] == "off"
    assert SETTINGS["listen_addresses"] == ""


def test_the_database_is_addressed_by_role_over_its_socket():
    passwords = {"EMBEDDED_OWNER_PASSWORD": "own", "EMBEDDED_APP_PASSWORD": "app"}
    server = Postgres(Path("/h"), Path("/run/x"), Path("/l"), passwords, Path("/w"), {})
    assert server.url("portal_owner") == "postgres://portal_owner:own@//run/x/portal"
    assert server.url("portal_app") == "postgres://portal_app:app@//run/x/portal"


def test_the_application_is_never_made_a_member_of_the_owner():
    sql = bootstrap_sql({"EMBEDDED_OWNER_PASSWORD": "own", "EMBEDDED_APP_PASSWORD": "app"})
    assert "GRANT portal_owner" not in sql
    assert "GRANT portal_app TO portal_owner" in sql
    assert "NOSUPERUSER" in sql

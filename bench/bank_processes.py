"""The bank under test: database, broker, web server, workers and their clock; each may be killed at any moment.

A killed one is started again as a keeper of services would, after a moment. Nothing here asks a process to end politely
before the whole test is over.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "script"))

from house import secrets_file  # noqa: E402 - after the path
from house.places import Places  # noqa: E402
from house.postgres import APP, OWNER, Postgres  # noqa: E402
from house.valkey import Valkey  # noqa: E402

SOON = 5.0  # seconds in which new processes must stand
GIVE_UP = 30.0  # seconds
PAUSE = 1.0  # seconds until a keeper of services starts again what has ended


def children_of(parent: int) -> list[int]:
    """This function will list the processes that a process has started and that still run."""
    try:
        return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


class Program:
    """One program of the portal and all it starts, in a group of its own."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def children(self) -> list[int]:
        """This function will list the processes that the program has started itself."""
        return [] if self.child is None else children_of(self.child.pid)

    def kill(self) -> None:
        """This function will kill the program and what it started, at once, as a power cut would."""
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def stop(self) -> None:
        """This function will let the program end by itself."""
        if self.child is not None:
            self.child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(20)
        self.kill()


class Bank:
    """A bank of its own in a folder that is gone afterwards."""

    def __init__(self, *, workers: int, threads: int, long: float) -> None:
        self.long = long  # seconds that something stays away when it is away for long
        self.folder = Path(tempfile.mkdtemp(prefix="portal-bank-"))
        self.places = Places(root=ROOT, state=self.folder)
        self.places.prepare()
        self.places.log.mkdir(exist_ok=True)
        secrets = secrets_file.complete({})
        self.postgres = Postgres.of(self.places, passwords=secrets)
        self.valkey = Valkey.of(self.places)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.environment = os.environ | secrets | {
            "DJANGO_SETTINGS_MODULE": "portal.settings.base", "PYTHONPATH": str(ROOT), "PORTAL_DEMO": "1",
            "DJANGO_DEBUG": "0", "PORTAL_DATA_DIR": str(self.folder / "data"), "PORTAL_LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.postgres.url(APP), "DATABASE_APP_ROLE": APP, "EMAIL_URL": "dummymail://",
            "CELERY_BROKER_URL": self.valkey.broker_url(), "CACHE_URL": self.valkey.cache_url(),
            "WEB_WORKERS": str(workers), "WEB_THREADS": str(threads),
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }  # fmt: skip
        celery = [sys.executable, "-m", "celery", "-A", "portal"]
        gunicorn = ["--config", "python:portal.gunicorn_config", "--bind", f"127.0.0.1:{self.port}"]
        self.web = self._program("web", [sys.executable, "-m", "gunicorn", *gunicorn, "portal.wsgi"])
        self.worker = self._program(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--queues", "outbox,default", "--loglevel", "WARNING",
             "--without-gossip", "--without-mingle", "--without-heartbeat"],
        )  # fmt: skip
        self.beat, self.second_beat = (
            self._program(
                name, [*celery, "beat", "--schedule", str(self.folder / name), "--pidfile=", "--loglevel", "WARNING"]
            )
            for name in ("beat", "second_beat")
        )

    def _program(self, name: str, command: list[str]) -> Program:
        return Program(name, command, self.environment, self.places.log / f"{name}.log")

    # ── up and down ──────────────────────────────────────────────────────────
    def prepare(self) -> None:
        """This function will start the servers, make the tables and load the figures; no page is served yet."""
        self.postgres.prepare()
        self.postgres.start()
        self.valkey.start()
        owner = self.environment | {"DATABASE_URL": self.postgres.url(OWNER)}
        self.run("manage.py", "migrate", "--skip-checks", "--verbosity=0", environment=owner)
        self.run("manage.py", "load_policy", "--verbosity=0")
        self.run("manage.py", "load_rules", "--verbosity=0")
        self.run("manage.py", "collectstatic", "--noinput", "--verbosity=0")

    def run(self, *words: str, environment: dict[str, str] | None = None, check: bool = True) -> str:
        """This function will run one of the portal's own programs to its end and give what it printed."""
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment or self.environment, check=check, text=True,
            stdout=subprocess.PIPE,
        ).stdout  # fmt: skip

    def open(self) -> None:
        """This function will open the doors and wait until pages are answered."""
        for program in (self.web, self.worker, self.beat):
            program.start()
        self.wait_for_web(60)

    def wait_for_web(self, seconds: float) -> None:
        """This function will wait until the portal says that it is ready. Raises SystemExit with its last words."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5),
            ):
                return
            time.sleep(0.2)
        raise SystemExit(f"the portal does not answer; the end of {self.web.log}:\n{self.web.log.read_text()[-3000:]}")

    def shut(self) -> None:
        """This function will end everything and remove the folder."""
        for program in (self.second_beat, self.beat, self.worker, self.web):
            program.stop()
        self.valkey.stop()
        self.postgres.stop()
        self.places.forget_sockets()
        home = self.places.database_home()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)

    # ── faults ───────────────────────────────────────────────────────────────
    def faults(self) -> dict[str, Callable[[random.Random], bool]]:
        """This function will name every way of harm; each answers whether it met anybody."""
        return {
            "web worker": lambda chance: self._one_of(self.web, chance),
            "web server": lambda _chance: self._whole(self.web),
            "task process": lambda chance: self._one_of(self.worker, chance),
            "worker": lambda _chance: self._whole(self.worker),
            "beat": lambda _chance: self._whole(self.beat),
            "two beats": lambda _chance: self._second_beat(),
            "broker": lambda _chance: self._broker(PAUSE),
            "broker, wiped": lambda _chance: self._broker(PAUSE, wiped=True),
            "broker, for long": lambda _chance: self._broker(self.long),
            "database connection": self._backend,
            "database": lambda _chance: self._database(),
            "database, for long": lambda _chance: self._stop_database(),
        }

    def _one_of(self, program: Program, chance: random.Random) -> bool:
        """Kill one process of a program; its master starts another."""
        there = program.children()
        if not there:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(there), signal.SIGKILL)
            return True
        return False

    def _whole(self, program: Program) -> bool:
        program.kill()
        time.sleep(PAUSE)
        program.start()
        return True

    def _second_beat(self) -> bool:
        """Start a second clock beside the first, until its turn comes again: then it is killed."""
        if self.second_beat.alive:
            self.second_beat.kill()
        else:
            self.second_beat.start()
        return True

    def _broker(self, pause: float, *, wiped: bool = False) -> bool:
        child = self.valkey.child
        if child is None or child.process is None:
            return False
        child.process.kill()
        child.process.wait()
        time.sleep(pause)
        if wiped:
            shutil.rmtree(self.places.valkey, ignore_errors=True)
        self.valkey.start()
        return True

    def _backend(self, chance: random.Random) -> bool:
        """Kill one connection's process; PostgreSQL then ends all others and recovers, as after a crash."""
        found = [pid for pid, words in self._postgres_processes() if f" {APP} " in words]
        if not found:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)
            return True
        return False

    def _database(self) -> bool:
        child = self.postgres.child
        if child is None or child.process is None:
            return False
        child.process.kill()
        child.process.wait()
        time.sleep(PAUSE)
        self.postgres.start()
        return True

    def _stop_database(self) -> bool:
        """Stop the database in order, as for maintenance, and let everybody wait."""
        self.postgres.stop()
        time.sleep(self.long)
        self.postgres.start()
        return True

    def _postgres_processes(self) -> list[tuple[int, str]]:
        child = self.postgres.child
        if child is None or child.process is None:
            return []
        found = []
        for pid in children_of(child.process.pid):
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append((pid, words))
        return found


class Harm:
    """Kills something every few seconds, each kind as often as the others; what takes long comes once.

    Called by the thread that has started the servers, since they end with the thread that starts them.
    """

    def __init__(self, bank: Bank, *, seed: int, every: tuple[float, float]) -> None:
        self.bank, self.every = bank, every
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.ended: list[str] = []  # what ended without having been killed, and its last words
        self.stood: dict[str, list[float]] = {}  # by fault, seconds until there were as many processes as before
        self.open: dict[str, tuple[Program, set[int], float]] = {}
        self.coming: list[str] = []
        self.due = time.monotonic() + self.chance.uniform(*every)

    def look(self) -> None:
        """This function will do the next harm when its moment has come, in an order shuffled anew for each round."""
        self._see_who_stands()
        if time.monotonic() < self.due or self.open:
            return
        faults = self.bank.faults()
        if not self.coming:
            again = [name for name in sorted(faults) if not (name.endswith("for long") and self.done[name])]
            self.coming = self.chance.sample(again, k=len(again))
        name = self.coming.pop()
        program = {
            "web worker": self.bank.web, "web server": self.bank.web, "task process": self.bank.worker
        }.get(name)  # fmt: skip
        before = set(program.children()) if program else set()
        self.done[name] += faults[name](self.chance)
        if program is not None and before:
            self.open[name] = (program, before, time.monotonic())
        self.keep(after=name)
        self.due = time.monotonic() + self.chance.uniform(*self.every)

    def keep(self, *, after: str) -> None:
        """This function will start again whatever has ended by itself, as a keeper of services does."""
        for program in (self.bank.web, self.bank.worker, self.bank.beat):
            if not program.alive and program.child is not None:
                last = program.log.read_text(errors="replace").rstrip().rpartition("\n")[2]
                self.ended.append(f"{program.name}, code {program.child.returncode}, after {after}: {last[:200]}")
                program.start()

    def _see_who_stands(self) -> None:
        """Note for each program whose processes were killed when it has as many again."""
        for name, (program, before, since) in list(self.open.items()):
            seconds = time.monotonic() - since
            there = set(program.children())
            if (len(there) >= len(before) and there != before) or seconds > GIVE_UP:
                self.stood.setdefault(name, []).append(seconds)
                del self.open[name]

    def slow(self) -> list[str]:
        """This function will list the faults after which new processes did not stand in time."""
        return [
            f"too slow: after {name}, new processes took {max(found):.1f} s"
            for name, found in sorted(self.stood.items())
            if max(found) > SOON
        ]

"""Children: started so that they cannot outlive their parent, watched, and stopped in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from house import say

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(with_signal: int, parent: int) -> Callable[[], None]:
    """This function will make what a child runs before it becomes its program: the kernel tells it when we are gone."""

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return prepare


@dataclass
class Child:
    """A process of ours in a session of its own, so that Ctrl-C reaches the parent alone and is passed on in order."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    patience: float = 10.0  # seconds between asking it to stop and making it
    user: int | None = None
    group: int | None = None
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self._end_session()  # of an earlier run of it that ended by itself
        identity: dict[str, object] = {}
        if self.user is not None:
            identity = {"user": self.user, "group": self.group, "extra_groups": []}
        with contextlib.ExitStack() as files:
            output = files.enter_context(self.log.open("ab")) if self.log else subprocess.PIPE
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                list(self.command),
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(self.death_signal, os.getpid()),
                **identity,
            )
        if self.process.stdout is not None:
            threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True).start()

    def _relay(self, stream: object) -> None:
        for raw in stream:  # type: ignore[attr-defined]
            say.line(f"{self.name:<7}| {raw.decode('utf-8', 'replace').rstrip()}")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ending(self) -> str:
        """This function will say how the process ended."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"was stopped by signal {-code}"
        return f"ended with code {code}"

    def stop(self) -> None:
        """This function will ask the process to stop, wait, then make it, together with whatever it started."""
        if self.process is None:
            return
        if self.alive:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                say.line(f"  {self.name} did not stop within {self.patience:.0f} s and is ended")
        self._end_session()
        self.process.wait()

    def _end_session(self) -> None:
        """Ends whatever the process started and left behind in its session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Keeper:
    """Watches children and starts again what ends by itself, a few times; then gives up with a line."""

    ALLOWED = 5  # ends …
    WITHIN = 60.0  # … in so many seconds

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.children: list[Child] = []
        self._ends: dict[str, list[float]] = {}
        self._again: dict[str, float] = {}
        self._clock = clock

    def add(self, child: Child) -> Child:
        child.start()
        self.children.append(child)
        return child

    def pause_after(self, name: str) -> float:
        """This function will note an end and answer the seconds to wait; raises Trouble when it ended too often."""
        now = self._clock()
        recent = [moment for moment in self._ends.get(name, []) if now - moment < self.WITHIN] + [now]
        self._ends[name] = recent
        if len(recent) > self.ALLOWED:
            raise say.Trouble(f"{name} ended {len(recent)} times within a minute; its last lines above say why.")
        return min(2.0 ** (len(recent) - 1), 8.0)

    def look(self) -> None:
        """This function will start again whatever has ended; raises Trouble when that does not help."""
        for child in self.children:
            if child.alive:
                continue
            if child.name not in self._again:
                wait = self.pause_after(child.name)
                say.error(f"{child.name} {child.ending()}; it starts again in {wait:.0f} s")
                self._again[child.name] = self._clock() + wait
            elif self._clock() >= self._again[child.name]:
                del self._again[child.name]
                child.start()

    def stop(self) -> None:
        """This function will stop everything, the last started first."""
        while self.children:
            self.children.pop().stop()


def run_quietly(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, note: Callable[[str], None]
) -> int:
    """This function will run a step's program, keep its output in a file, and pass each line on; answers its code."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as kept:
        process = subprocess.Popen(
            list(command),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
        )
        try:
            for raw in process.stdout or ():
                kept.write(raw)
                note(raw.decode("utf-8", "replace").rstrip())
            return process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise


def tail(log: Path, lines: int = 8) -> str:
    """This function will answer the last lines of a log, for a person to read."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def end_programs_of(folder: Path) -> None:
    """This function will end what was started from a folder's programs: what a killed set-up left at work there."""
    prefix = os.fsencode(folder) + b"/"
    end = time.monotonic() + 10
    while time.monotonic() < end:
        left = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and (entry / "cmdline").read_bytes().startswith(prefix):
                    left.append(int(entry.name))
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def processes_in(folder: Path) -> list[int]:
    """This function will list the processes that work in a folder; PostgreSQL's own do, whatever a pid file claims."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == folder:
                    found.append(int(entry.name))
            except OSError:  # gone meanwhile, or another user's
                continue
    return found


def end_all_in(folder: Path, *, asking: int, seconds: float) -> None:
    """This function will end the processes that work in a folder: asked first, made when the time is over."""
    overdue_at = time.monotonic() + seconds
    while left := processes_in(folder.resolve()):
        number = signal.SIGKILL if time.monotonic() > overdue_at else asking
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.1)

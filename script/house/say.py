"""What the set-up tells a person: one line per step with its time, and one clear line when something is in the way."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_lock = threading.Lock()
_out = sys.stdout
QUIET_EVERY = 10.0  # seconds between signs of life where the line cannot be rewritten


class Trouble(Exception):
    """Something a person can put right; its text is the one line they need."""


def use_stderr() -> None:
    """This function will leave standard output to the command that is run."""
    global _out  # noqa: PLW0603 - one terminal per process
    _out = sys.stderr


def _write(text: str, stream: TextIO, end: str = "\n") -> None:
    # When the terminal was closed nobody reads any more, and stopping in order matters more than a line.
    with _lock, suppress(OSError):
        print(text, end=end, file=stream, flush=True)


def line(text: str = "") -> None:
    _write(text, _out)


def error(text: str) -> None:
    _write(text, sys.stderr)


class Step:
    """One long step. `detail` may be set while it runs and is shown on a terminal."""

    def __init__(self, title: str, *, stream_is_terminal: bool | None = None) -> None:
        self.title = title
        self.detail = ""
        self.failed = False
        self.terminal = _out.isatty() if stream_is_terminal is None else stream_is_terminal
        self.started = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def running(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"  … {self.title}{detail} {self.elapsed():.0f} s"

    def finished(self, sign: str = "✓") -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"  {sign} {self.title}{detail} {self.elapsed():.1f} s"


@contextmanager
def step(title: str) -> Iterator[Step]:
    """This function will show a step while it runs, with a sign of life, and its time when it is done."""
    current = Step(title)
    done = threading.Event()

    def alive() -> None:
        while not done.wait(0.2 if current.terminal else QUIET_EVERY):
            if current.terminal:
                _write(f"\r\033[K{current.running()[:110]}", _out, end="")
            else:
                _write(current.running(), _out)

    thread = threading.Thread(target=alive, daemon=True)
    thread.start()
    sign = "✗"
    try:
        yield current
        sign = "✗" if current.failed else "✓"
    finally:
        done.set()
        thread.join()
        if current.terminal:
            _write("\r\033[K", _out, end="")
        _write(current.finished(sign), _out)

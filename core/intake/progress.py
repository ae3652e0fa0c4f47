"""A line in the terminal that says how far it is. It is quiet where nobody looks."""

import sys
import time
from typing import Protocol, TextIO


class Progress(Protocol):
    """What the engine tells while it works."""

    def start(self, name: str, *, total: int, done: int) -> None:
        """A file begins: its size in bytes, and how many of them were done before."""

    def step(self, *, rows: int, done: int) -> None:
        """So many more rows, up to this byte."""

    def finish(self) -> None:
        """The file is done."""


class Quiet:
    """Says nothing."""

    def start(self, name: str, *, total: int, done: int) -> None: ...

    def step(self, *, rows: int, done: int) -> None: ...

    def finish(self) -> None: ...


class Bar:
    """One line for each file: a bar, rows, rows a second, time left."""

    WIDTH = 24

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._name, self._total, self._first, self._done, self._rows, self._began = "", 1, 0, 0, 0, 0.0

    def start(self, name: str, *, total: int, done: int) -> None:
        self._name, self._total, self._first, self._done = name, max(total, 1), done, done
        self._rows, self._began = 0, time.monotonic()
        self._draw()

    def step(self, *, rows: int, done: int) -> None:
        self._rows += rows
        self._done = done
        self._draw()

    def finish(self) -> None:
        self._done = self._total
        self._draw()
        self._out.write("\n")
        self._out.flush()

    def _draw(self) -> None:
        passed = max(time.monotonic() - self._began, 1e-9)
        share = min(self._done / self._total, 1.0)
        moved = self._done - self._first
        left = (self._total - self._done) * passed / moved if moved else 0.0
        filled = round(share * self.WIDTH)
        bar = "█" * filled + "░" * (self.WIDTH - filled)
        self._out.write(
            f"\r{self._name:<16} {bar} {share:4.0%} {self._rows:>12,} rows {self._rows / passed:>9,.0f}/s"
            f"  {int(left) // 60}:{int(left) % 60:02d} left "
        )
        self._out.flush()


def for_terminal(out: TextIO | None = None) -> Progress:
    """This function will give a bar where a person looks at the output, and silence elsewhere."""
    out = out or sys.stderr
    return Bar(out) if out.isatty() else Quiet()

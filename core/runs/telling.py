"""Saying how far a run has come while it works, to whoever watches a terminal or reads a log."""

import time
from collections.abc import Callable
from datetime import date

from core.runs.models import Item, StepProgress
from core.runs.steps import Step

IN_A_TERMINAL, IN_A_LOG = 0.5, 10.0  # seconds between two lines


class Teller:
    """Says each step as it begins, and then from time to time how many of its items are done, how fast, how long yet.

    Given to the engine as `tell`. `say` takes a line.
    """

    def __init__(
        self, say: Callable[[str], None], *, every: float = IN_A_LOG, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.say, self.every, self.clock = say, every, clock
        self.done, self.before, self.total = 0, 0, None  # type: int, int, int | None
        self.began = self.said = clock()

    def __call__(self, step: Step, day: date, key: str, _outcome: str) -> None:
        """This method will take note of an item, or with no key of a step that begins."""
        now = self.clock()
        if not key:
            self._begin(step, day)
            self.began = self.said = now
            self.say(f"{day}  {step.label}" + (f": {self.before:,} of {self.total:,} done" if self.total else ""))
            return
        self.done += 1
        if now - self.said >= self.every:
            self.said = now
            self.say(f"{day}  {step.label}: {self.line(now)}")

    def _begin(self, step: Step, day: date) -> None:
        """One question for each step: what is to be done, and what an earlier process has done of it."""
        row = StepProgress.objects.filter(name=step.name, run__day=day).order_by("-pk").first()
        self.done, self.total = 0, row.total if row else None
        self.before = Item.objects.filter(step=row, state=Item.State.DONE).count() if row else 0

    def line(self, now: float) -> str:
        """This method will say how far the step is by a moment of the clock."""
        rate = self.done / max(now - self.began, 1e-9)
        done = self.before + self.done
        if self.total is None or done > self.total:  # more came meanwhile
            return f"{done:,} done, {rate:,.0f} a second"
        left = (self.total - done) / rate
        return f"{done:,} of {self.total:,}, {rate:,.0f} a second, {lasting(left)} left"


def lasting(seconds: float) -> str:
    """This function will write a span of time as 0:07, 12:30 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

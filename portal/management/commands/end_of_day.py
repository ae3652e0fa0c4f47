"""manage.py end_of_day: carry out what is due of the business day, and of the days before it."""

import json
import time
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from core.runs import Step, declared
from core.runs.engine import Busy, OutOfOrder, Progress, advance, catch_up
from core.runs.models import Run
from core.runs.queries import StepState, parked_of, state_of

NAME = "end_of_day"
SHOWN_EVERY = 0.5  # seconds between two lines of progress


class Command(BaseCommand):
    help = (
        "Carry out the business day: payments due, cut-off, closing steps, proof of the books. Goes on wherever an "
        "earlier run was stopped or killed, and makes up for days off, oldest first. Exit 1 when something is parked, "
        "2 when another run is at work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="this business date alone, when it is its turn")
        parser.add_argument("--status", action="store_true", help="carry nothing out; say how far the day has come")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            reached = [] if options["status"] else self._carry_out(options["date"], quiet=options["json"])
            day = options["date"] or (reached[-1].day if reached else None)
            runs = Run.objects.filter(name=NAME)
            run = runs.filter(day=day).first() if day else runs.order_by("-day").first()
            parked = 0
            for one in reached:
                parked += sum(step.parked for step in state_of(runs.get(day=one.day)))
            if options["status"] and run is not None:
                parked = parked_of(run)
            if options["json"]:
                self.stdout.write(json.dumps(self._as_data(run, reached, parked), ensure_ascii=False))
            else:
                self._as_text(run, reached)
        if parked:
            raise CommandError(f"{parked} items are parked: look at them in the back office", returncode=1)

    def _carry_out(self, day: date | None, *, quiet: bool) -> list[Progress]:
        tell = _Teller(self, quiet=quiet)
        try:
            if day is None:
                return catch_up(name=NAME, clock=timezone.now, tell=tell)
            return [advance(name=NAME, day=day, clock=timezone.now, tell=tell)]
        except Busy:
            raise CommandError("another run is at work on it; nothing was done here", returncode=2) from None
        except OutOfOrder as error:
            raise CommandError(f"it is the turn of {error.day}, not of {day}; nothing was done", returncode=1) from None

    def _as_text(self, run: Run | None, reached: list[Progress]) -> None:
        if run is None:
            self.stdout.write("The business day has not been begun yet.")
            return
        for one in reached:
            self.stdout.write(f"{one.day}  {'done' if one.done else _waiting(one)}")
        self.stdout.write(f"\n{run.day}  {run.get_state_display()}")
        for step in state_of(run):
            self.stdout.write(_line(step))

    def _as_data(self, run: Run | None, reached: list[Progress], parked: int) -> dict[str, Any]:
        return {
            "days": [
                {"day": one.day.isoformat(), "done": one.done, "waits_at": one.waits_at, "until": _iso(one.until)}
                for one in reached
            ],
            "day": run.day.isoformat() if run else None,
            "state": run.state if run else None,
            "parked": parked,
            "steps": [
                {
                    "name": step.name, "state": step.state, "total": step.total, "done": step.done,
                    "failed": step.failed, "parked": step.parked, "seconds": step.seconds,
                    "outcomes": {str(word): number for word, number in step.outcomes},
                }
                for step in (state_of(run) if run else [])
            ],
        }  # fmt: skip


class _Teller:
    """Says how far it is, at most twice a second."""

    def __init__(self, command: Command, *, quiet: bool) -> None:
        self.command, self.quiet, self.last, self.done, self.step = command, quiet, 0.0, 0, ""

    def __call__(self, step: Step, _key: str, _outcome: str) -> None:
        if step.name != self.step:
            self.step, self.done = step.name, 0
        self.done += 1
        if not self.quiet and time.monotonic() - self.last > SHOWN_EVERY:
            self.last = time.monotonic()
            self.command.stderr.write(f"{step.label}: {self.done}")


def _waiting(one: Progress) -> str:
    step = declared(NAME).step(one.waits_at)
    until = f" until {timezone.localtime(one.until):%Y-%m-%d %H:%M}" if one.until else ""
    return f"waits at “{step.label if step else one.waits_at}”{until}"


def _line(step: StepState) -> str:
    counts = ", ".join(f"{number} {word}" for word, number in step.outcomes)
    trouble = f"  FAILED {step.failed}" if step.failed else ""
    trouble += f"  PARKED {step.parked}" if step.parked else ""
    took = f"  {step.seconds:.1f} s" if step.seconds is not None else ""
    due = f"  from {timezone.localtime(step.starts_at):%H:%M}" if step.state == "waiting" and step.starts_at else ""
    return f"  {step.state_label:<10} {step.label!s:<42} {counts}{trouble}{took}{due}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

"""manage.py end_of_day: carry out what is due of the business day, and of the days before it."""

import getpass
import json
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from core.runs import declared, telling
from core.runs.engine import Busy, OutOfOrder, Progress, advance, catch_up
from core.runs.hindrances import Hindrance
from core.runs.models import Run
from core.runs.queries import StepState, hindrance, parked_of, state_of, trouble_of
from core.runs.services import NotOpen, let_through, try_all_again

NAME = "end_of_day"
SHOWN = 20  # items in trouble
HOW = " (manage.py end_of_day --through DATE --reason TEXT)"


class Command(BaseCommand):
    help = (
        "Carry out the business day: payments due, cut-off, closing steps, proof of the books. Goes on wherever an "
        "earlier run was stopped or killed, and makes up for days off, oldest first. Exit 1 when something is parked, "
        "2 when another run is at work, 3 when nothing may be carried out until a person has looked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="this business date alone, when it is its turn")
        parser.add_argument("--status", action="store_true", help="carry nothing out; say how far the day has come")
        parser.add_argument(
            "--through", type=date.fromisoformat,
            help="the clock is right: make up for the open days up to this one, however many they are",
        )  # fmt: skip
        parser.add_argument("--reason", default="", help="why, for the trail; needed with --through")
        parser.add_argument("--retry", action="store_true", help="try what is parked again, then carry on")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            self._decide(options["through"], options["reason"].strip(), retry=options["retry"])
            reached = [] if options["status"] else self._carry_out(options["date"], quiet=options["json"])
            day = options["date"] or (reached[-1].day if reached else None)
            runs = Run.objects.filter(name=NAME)
            run = runs.filter(day=day).first() if day else runs.order_by("-day").first()
            parked = sum(parked_of(one) for one in runs.filter(day__in=[one.day for one in reached]))
            if options["status"] and run is not None:
                parked = parked_of(run)
            hindered = hindrance(NAME, now=timezone.now())
            if options["json"]:
                self.stdout.write(json.dumps(self._as_data(run, reached, parked, hindered), ensure_ascii=False))
            else:
                self._as_text(run, reached)
        if hindered is not None:
            raise CommandError(f"{hindered.day}: {hindered.sentence}{HOW if hindered.jump else ''}", returncode=3)
        if parked:
            raise CommandError(
                f"{parked} items are parked; when what is named above is mended: manage.py end_of_day --retry",
                returncode=1,
            )

    def _decide(self, through: date | None, reason: str, *, retry: bool) -> None:
        """Write down what the person at the terminal has decided."""
        actor = f"manage.py end_of_day, {getpass.getuser()}"
        if through is not None:
            if not reason:
                raise CommandError("say why with --reason: it stands in the trail beside who decided; nothing was done")
            try:
                let_through(name=NAME, through=through, actor=actor, reason=reason, now=timezone.now())
            except NotOpen:
                raise CommandError(f"no day up to {through} is open, or it has not come; nothing was done") from None
        if retry:
            again = try_all_again(name=NAME, actor=actor, now=timezone.now())
            self.stderr.write(f"{again} parked items are tried again")

    def _carry_out(self, day: date | None, *, quiet: bool) -> list[Progress]:
        watched = bool(getattr(self.stderr, "isatty", lambda: False)())
        every = telling.IN_A_TERMINAL if watched else telling.IN_A_LOG
        # no error yet: what is told on the way is not written in the colour of errors
        say = (lambda _line: None) if quiet else lambda line: self.stderr.write(line, style_func=str)
        tell = telling.Teller(say, every=every)
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
        for item in trouble_of(run, most=SHOWN):
            again = f"{timezone.localtime(item.next_try_at):%H:%M}" if item.next_try_at else ""
            state = "parked" if item.parked else f"failed, tried again at {again}"
            self.stdout.write(f"\n  {item.step} · {item.key} · {state}, {item.attempts} tries\n    {item.error}")
            if item.advice:
                self.stdout.write(f"    {item.advice}")

    def _as_data(
        self, run: Run | None, reached: list[Progress], parked: int, hindered: Hindrance | None
    ) -> dict[str, Any]:
        return {
            "days": [
                {"day": one.day.isoformat(), "done": one.done, "waits_at": one.waits_at, "until": _iso(one.until)}
                for one in reached
            ],
            "day": run.day.isoformat() if run else None,
            "state": run.state if run else None,
            "parked": parked,
            "hindered": str(hindered.sentence) if hindered else "",
            "steps": [
                {
                    "name": step.name, "state": step.state, "total": step.total, "done": step.done,
                    "failed": step.failed, "parked": step.parked, "seconds": step.seconds,
                    "outcomes": {str(word): number for word, number in step.outcomes},
                }
                for step in (state_of(run) if run else [])
            ],
        }  # fmt: skip


def _waiting(one: Progress) -> str:
    if one.hindered is not None:
        return "is not carried out"
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

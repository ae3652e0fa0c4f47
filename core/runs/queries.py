"""How far the runs have come, as plain values for people."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.runs import engine, hindrances
from core.runs.hindrances import Hindrance
from core.runs.models import Item, Run, StepProgress
from core.runs.steps import Plan, declared


@dataclass(frozen=True)
class StepState:
    """One step of one day. `outcomes` are (word of the step in the reader's language, how often)."""

    name: str
    label: Any
    state: str
    state_label: str
    total: int | None
    done: int
    failed: int
    parked: int
    outcomes: list[tuple[Any, int]]
    started_at: datetime | None
    finished_at: datetime | None
    starts_at: datetime | None

    def pace(self, now: datetime) -> tuple[float, float] | None:
        """How many items a second it does, and how many seconds it will go on; None where that cannot be said."""
        if self.state != StepProgress.State.RUNNING or self.started_at is None or not self.total or self.done < 2:
            return None
        rate = self.done / max((now - self.started_at).total_seconds(), 0.001)
        return rate, max(0, self.total - self.done) / rate

    @property
    def seconds(self) -> float | None:
        """How long it took, or None while it is not over."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Trouble:
    """An item that failed or is parked."""

    id: int
    step: Any
    key: str
    parked: bool
    attempts: int
    next_try_at: datetime | None
    error: str
    advice: Any  # what a person does about it, in the reader's language


def state_of(run: Run) -> list[StepState]:
    """This function will say how far each step of a run has come, in the order of the board; two queries."""
    plan = declared(run.name)
    rows = {row.name: row for row in run.steps.all()}
    counted: dict[int, dict[tuple[str, str], int]] = {}
    for step_id, state, outcome, number in (
        Item.objects.filter(step__run=run).values_list("step", "state", "outcome").annotate(number=Count("id"))
    ):
        counted.setdefault(step_id, {})[(state, outcome)] = number
    return [
        _state(plan, name, rows.get(name), counted, run.day)
        for name in [*(step.name for step in plan.steps), *(name for name in rows if plan.step(name) is None)]
    ]


def _state(
    plan: Plan,
    name: str,
    row: StepProgress | None,
    counted: dict[int, dict[tuple[str, str], int]],
    day: date,
) -> StepState:
    step = plan.step(name)
    mine = counted.get(row.pk, {}) if row else {}
    by_state: Counter[str] = Counter()
    for (state, _outcome), number in mine.items():
        by_state[state] += number
    state = StepProgress.State(row.state) if row else StepProgress.State.WAITING
    return StepState(
        name=name,
        label=step.label if step else name,
        state=state.value,
        state_label=str(state.label),
        total=row.total if row else None,
        done=by_state[Item.State.DONE],
        failed=by_state[Item.State.FAILED],
        parked=by_state[Item.State.PARKED],
        outcomes=[
            (step.outcomes.get(outcome, outcome) if step else outcome, number)
            for (item_state, outcome), number in sorted(mine.items())
            if item_state == Item.State.DONE and outcome
        ],
        started_at=row.started_at if row else None,
        finished_at=row.finished_at if row else None,
        starts_at=step.starts(day) if step else None,
    )


def trouble_of(run: Run, *, most: int = 200) -> list[Trouble]:
    """This function will list the items of a run that failed or are parked, oldest first."""
    plan = declared(run.name)
    found = (
        Item.objects.filter(step__run=run)
        .exclude(state=Item.State.DONE)
        .select_related("step")
        .order_by("step__position", "id")[:most]
    )
    return [
        Trouble(
            id=item.pk,
            step=step.label if (step := plan.step(item.step.name)) else item.step.name,
            advice=step.advice if step else "",
            key=item.key,
            parked=item.state == Item.State.PARKED,
            attempts=item.attempts,
            next_try_at=item.next_try_at,
            error=item.error,
        )
        for item in found
    ]


def hindrance(name: str, *, now: datetime) -> Hindrance | None:
    """This function will say what stands against carrying out the day whose turn it is; None when nothing does."""
    plan = declared(name)
    day = engine.next_day(plan, now)
    return hindrances.against(plan, day, now) if day <= plan.day_of(now) else None


def parked_of(run: Run) -> int:
    """This function will count the items of a run that staff must look at."""
    return Item.objects.filter(step__run=run, state=Item.State.PARKED).count()


def count_parked() -> Coalesce:
    """This function will count, within a query of runs, the items of each that staff must look at."""
    parked = (
        Item.objects.filter(step__run=OuterRef("pk"), state=Item.State.PARKED)
        .order_by()
        .values("step__run")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(parked, output_field=IntegerField()), 0)

"""What staff do about a run."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Model

from core import audit
from core.runs import engine
from core.runs.models import Item, Run, StepProgress
from core.runs.steps import declared

TRIED_AGAIN, LET_THROUGH = "runs.item.tried_again", "runs.run.let_through"


class NotParked(Exception):
    """The item is not parked: there is nothing to try again."""


class NotOpen(Exception):
    """No day up to this one is open, or it has not come."""


def let_through(*, name: str, through: date, actor: Model | str, reason: str, now: datetime) -> Run:
    """This function will note a person's word that the clock is right and the open days up to one are made up for.

    The next tick begins with them. Leaves an audit row with the reason. Raises NotOpen, UnknownRun.
    """
    plan = declared(name)
    with transaction.atomic():
        day = engine.next_day(plan, now)
        if not day <= through <= plan.day_of(now):
            raise NotOpen
        run, _made = Run.objects.get_or_create(name=name, day=day, defaults={"started_at": now})
        run.let_through = max(through, run.let_through or through)
        run.save(update_fields=["let_through"])
        audit.record(
            act=LET_THROUGH,
            subject=f"runs.run:{run.pk}",
            actor=actor,
            after={"run": name, "from": day.isoformat(), "until": run.let_through.isoformat()},
            reason=reason,
            now=now,
        )
    return run


def try_all_again(*, name: str, actor: Model | str, now: datetime) -> int:
    """This function will give every parked item of a run fresh tries, as `try_again`; answers how many there were."""
    parked = Item.objects.filter(step__run__name=name, state=Item.State.PARKED)
    tried = 0
    for item_id in list(parked.order_by("pk").values_list("pk", flat=True)):
        try:
            try_again(item_id=item_id, actor=actor, now=now)
        except NotParked:  # somebody else was quicker
            continue
        tried += 1
    return tried


def try_again(*, item_id: int, actor: Model | str, now: datetime) -> Run:
    """This function will give a parked item fresh tries and open its day again, so that the next tick takes it up.

    Leaves an audit row with the error it was parked for. Raises NotParked.
    """
    with transaction.atomic():
        item = Item.objects.select_for_update(of=("self",)).select_related("step__run").filter(pk=item_id).first()
        if item is None or item.state != Item.State.PARKED:
            raise NotParked
        before = {"tries": item.attempts, "error": item.error}
        item.state, item.attempts, item.next_try_at = Item.State.FAILED, 0, now
        item.save(update_fields=["state", "attempts", "next_try_at"])
        run = item.step.run
        StepProgress.objects.filter(pk=item.step_id).update(state=StepProgress.State.RUNNING, finished_at=None)
        Run.objects.filter(pk=run.pk).update(state=Run.State.OPEN, finished_at=None)
        audit.record(
            act=TRIED_AGAIN,
            subject=f"runs.item:{item.pk}",
            actor=actor,
            before=before,
            after={"run": run.name, "day": run.day.isoformat(), "step": item.step.name, "item": item.key},
            now=now,
        )
    return run

"""What staff do about a run."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model

from core import audit
from core.runs.models import Item, Run, StepProgress

TRIED_AGAIN = "runs.item.tried_again"


class NotParked(Exception):
    """The item is not parked: there is nothing to try again."""


def try_again(*, item_id: int, actor: Model, now: datetime) -> Run:
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

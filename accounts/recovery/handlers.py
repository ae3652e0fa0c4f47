"""What follows from the desk's decision."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.recovery import notices
from accounts.recovery.models import Recovery
from accounts.recovery.services import SUBJECT
from core import audit
from core.outbox import Fact
from core.reviews import services as desk

WORKER = "system: recovery"


def settle(fact: Fact) -> None:
    """This handler will note what the desk decided about a request, and tell its person, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    now = fact.now
    with transaction.atomic():
        owner = Recovery.objects.values_list("user_id", flat=True).get(public_id=fact.payload["subject_id"])
        User.objects.select_for_update(of=("self",)).get(pk=owner)
        recovery = Recovery.objects.select_for_update(of=("self",)).get(public_id=fact.payload["subject_id"])
        if recovery.state != Recovery.State.SENT:
            return
        if fact.payload["verdict"] == "approve":
            _move(recovery, Recovery.State.APPROVED, now, [])
            notices.approved(recovery, now=now)
        else:
            _move(recovery, Recovery.State.DECLINED, now, fact.payload["reasons"])
            notices.declined(recovery, desk.told(SUBJECT, str(recovery.public_id)), now=now)


def _move(recovery: Recovery, state: Recovery.State, now: datetime, reasons: list[str]) -> None:
    before = recovery.state
    recovery.state, recovery.decided_at, recovery.decline_reasons = state, now, reasons
    if state == Recovery.State.DECLINED:
        recovery.ended_at, recovery.ended_how = now, "desk"
    recovery.save(update_fields=["state", "decided_at", "decline_reasons", "ended_at", "ended_how"])
    audit.record(
        act=f"recovery.{state.value}",
        subject=recovery.user,
        actor=WORKER,
        before={"state": before},
        after={"state": state.value, "reasons": reasons},
        now=now,
    )

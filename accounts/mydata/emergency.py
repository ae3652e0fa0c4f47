"""Breaking the glass: a colleague takes rights they do not hold, for one named duty, for at most an hour.

`settings.EMERGENCY_DUTIES` (portal/rights.py) names the duties: which role's reading rights each lends, who may take
it, and who is told. What is promised:

- It begins only when somebody else can be told; they are told in the transaction that begins it, and a case is opened
  in which a second person looks into it afterwards.
- Everything done meanwhile in that session is flagged in the trail with the emergency's id (core.audit), each page is
  written down, and each page says so on top.
- It ends by itself: the rights are asked for at every request by the clock, whatever the sweeper does.
- It lends pages that look up customers (accounts.roles.has_role). It decides no case and asks for no change.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import User
from accounts.mydata.duties import Duty
from accounts.mydata.looking import colleagues
from accounts.mydata.models import Emergency
from accounts.roles import roles_of
from core import audit, policy
from core.outbox import Fact
from core.reviews import services as desk
from core.reviews.rules import Rule
from ledger.calendar import business_date

SUBJECT: Final = "emergency"
SHORTEST: Final = 20  # characters of a reason
LONGEST: Final = timedelta(minutes=60)  # whatever the policy says
WORKER: Final = "system: emergencies"


class NotBegun(Exception):
    """No emergency began. Nothing has changed."""


class NotYours(NotBegun):
    """The colleague may not take this duty, or holds its rights anyway."""


class ReasonMissing(NotBegun):
    """The reason is shorter than a sentence."""


class NobodyToTell(NotBegun):
    """There is no second person who could be told."""


class Running(NotBegun):
    """An emergency of this colleague runs already."""


def duties() -> Mapping[str, Duty]:
    """This function will give the duties by their names."""
    found: Mapping[str, Duty] = import_string(settings.EMERGENCY_DUTIES)
    return found


def open_to(staff: User) -> dict[str, Duty]:
    """This function will list what a colleague may take on in an emergency."""
    held = roles_of(staff)
    return {name: duty for name, duty in duties().items() if held & duty.taken_by and not held & duty.lends}


def begin(*, staff: User, duty: str, reason: str, now: datetime) -> Emergency:
    """This function will begin an emergency. Raises NotYours, ReasonMissing, NobodyToTell, Running."""
    if duty not in open_to(staff):
        raise NotYours
    reason = reason.strip()[:500]
    if len(reason) < SHORTEST:
        raise ReasonMissing
    taken = duties()[duty]
    told = colleagues(*taken.told, but=staff)
    if not told:
        raise NobodyToTell
    end_due(now=now)
    lasts = min(timedelta(minutes=int(policy.value("keeping.emergency_minutes", on=business_date(now)))), LONGEST)
    try:
        with transaction.atomic():
            begun = Emergency.objects.create(
                staff=staff,
                duty=duty,
                reason=reason,
                told=[person.pk for person in told],
                began_at=now,
                until=now + lasts,
            )
            audit.record(
                act="emergency.begun",
                subject=begun,
                actor=staff,
                after={"duty": duty, "until": begun.until, "told": [str(person) for person in told]},
                reason=reason,
                now=now,
            )
            desk.open_case(
                subject=SUBJECT,
                subject_id=str(begun.public_id),
                title=f"{staff}",
                opened_by=staff,
                rule=_rule(taken, now),
                now=now,
            )
            for person in told:
                _tell(begun, person, now)
    except IntegrityError as error:
        raise Running from error
    return begun


def running(*, public_id: str, staff: User, now: datetime) -> Emergency | None:
    """This function will find a colleague's emergency while its time lasts."""
    try:
        key = uuid.UUID(public_id)
    except ValueError:
        return None
    return Emergency.objects.filter(public_id=key, staff=staff, ended_at=None, began_at__lte=now, until__gt=now).first()


def end(*, emergency: Emergency, now: datetime) -> bool:
    """This function will end an emergency before its time; False when it has ended already."""
    return _end(emergency.pk, now, actor=emergency.staff)


def end_due(*, now: datetime) -> int:
    """This function will write down the end of every emergency whose time is over, and answer how many."""
    over = Emergency.objects.filter(ended_at=None, until__lte=now).order_by("pk")
    return sum(_end(key, until, actor=WORKER) for key, until in over.values_list("pk", "until"))


def _end(key: int, at: datetime, *, actor: User | str) -> bool:
    with transaction.atomic():
        locked = Emergency.objects.select_for_update().get(pk=key)
        if locked.ended_at is not None:
            return False
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
        audit.record(act="emergency.ended", subject=locked, actor=actor, now=at)
    return True


def note_request(*, emergency: Emergency, method: str, path: str, status: int, now: datetime) -> None:
    """This function will write down a page that was asked for in an emergency."""
    with transaction.atomic():
        audit.record(
            act="emergency.request",
            subject=emergency,
            actor=emergency.staff,
            after={"method": method, "path": path[:500], "status": status},
            now=now,
        )


def settle(*, fact: Fact, now: datetime) -> None:
    """This function will write down what the second person found, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        found = Emergency.objects.select_related("staff").get(public_id=fact.payload["subject_id"])
        needed = fact.payload["verdict"] == "approve"
        first = inbox.send(
            user=found.staff,
            event="keeping.emergency",
            key=f"mydata.emergency:{found.public_id}:reviewed",
            text=lambda: (
                _("Your emergency access was looked into"),
                _("It was found to have been needed.") if needed else _("It was found not to have been needed."),
            ),
            now=now,
        )
        if first:
            audit.record(
                act="emergency.reviewed",
                subject=found,
                actor=WORKER,
                after={"needed": needed, "reasons": list(fact.payload["reasons"])},
                now=now,
            )


def _rule(duty: Duty, now: datetime) -> Rule:
    today = business_date(now)
    return Rule(
        steps=(duty.reviewed_by,),
        hours=int(policy.value("keeping.emergency_review_hours", on=today)),
        claim_minutes=int(policy.value("keeping.claim_minutes", on=today)),
    )


def _tell(begun: Emergency, person: User, now: datetime) -> None:
    inbox.send(
        user=person,
        event="keeping.emergency",
        key=f"mydata.emergency:{begun.public_id}:{person.pk}",
        text=lambda: (
            _("Emergency access has begun"),
            _("%(name)s has taken emergency access: %(duty)s. Reason: %(reason)s")
            % {"name": begun.staff, "duty": duties()[begun.duty].label, "reason": begun.reason},
        ),
        link=reverse("admin:reviews_case_changelist"),
        now=now,
    )

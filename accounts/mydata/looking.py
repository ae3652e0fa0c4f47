"""Records that no colleague opens just so: those of specially protected customers, and of customers who have left.

Who opens one needs a case about the customer that they hold, an emergency that runs, or a reason. Each opening is kept
(`Look`), leaves a row in the trail, and is listed for the auditors; whoever opens a protected one without a task is
reported to them at once. A look opens the record for its colleague for `keeping.look_minutes`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import Customer, User
from accounts.mydata.models import Emergency, Look, Protection
from accounts.mydata.retention import table
from accounts.roles import Role
from core import audit, policy
from core.reviews.models import Case
from core.reviews.subject import subject_of
from ledger.calendar import business_date

SHORTEST: Final = 10  # characters of a reason
MOST: Final = 20  # customers behind one record, for example of an account
Covered, Ground = Look.Covered, Look.Ground


class ReasonMissing(Exception):
    """The reason is shorter than a sentence. Nothing was opened."""


def covered(customer: Customer) -> str:
    """This function will say why a record is covered (`Look.Covered`); an empty text when it is not."""
    if Protection.objects.filter(customer=customer, ended_at=None).exists():
        return Covered.PROTECTED.value
    return Covered.CLOSED.value if customer.standing == Customer.Standing.CLOSED else ""


def behind(model: type[Model], key: object) -> list[Customer]:
    """This function will list the covered customers to whom a record belongs, in one query (retention.csv says how)."""
    line = table.owners().get(model._meta.label)
    if line is None:
        return []
    if line.owner == table.ME:
        owners = Q(pk=key)
    else:
        conditions = {name: value for name, value in line.conditions.items() if not name.endswith("is_staff")}
        owners = Q(pk__in=model._base_manager.filter(pk=key, **conditions).values(line.owner))
    protected = Protection.objects.filter(ended_at=None).values("customer")
    restricted = Q(standing=Customer.Standing.CLOSED) | Q(pk__in=protected)
    return list(Customer.objects.filter(owners, restricted).order_by("pk")[:MOST])


def is_open(*, customer: Customer, staff: User, now: datetime) -> bool:
    """This function will say whether a colleague has opened a record and the time is not over."""
    return Look.objects.filter(customer=customer, staff=staff, at__lte=now, until__gt=now).exists()


def may_enter(*, customer: Customer, staff: User, emergency: Emergency | None, now: datetime) -> bool:
    """This function will let a colleague in who has a task or an emergency, on record; False: a reason is needed."""
    if is_open(customer=customer, staff=staff, now=now):
        return True
    if (case := _task(customer, staff)) is not None:
        _open(customer, staff, Ground.TASK, str(case.number), now)
        return True
    if emergency is not None:
        _open(customer, staff, Ground.EMERGENCY, emergency.reason, now)
        return True
    return False


def open_with_reason(*, customer: Customer, staff: User, reason: str, now: datetime) -> Look:
    """This function will open a record for a colleague who says why. Raises ReasonMissing."""
    reason = reason.strip()[:500]
    if len(reason) < SHORTEST:
        raise ReasonMissing
    return _open(customer, staff, Ground.REASON, reason, now)


def _task(customer: Customer, staff: User) -> Case | None:
    """Find a case about the customer that the colleague holds: they hold a handful at most."""
    if customer.user is None:
        return None
    for case in Case.objects.filter(holder=staff, state=Case.State.CLAIMED).order_by("pk"):
        if subject_of(case.subject).concerns(case.subject_id, customer.user):
            return case
    return None


def _open(customer: Customer, staff: User, ground: Look.Ground, reason: str, now: datetime) -> Look:
    minutes = int(policy.value("keeping.look_minutes", on=business_date(now)))
    why = covered(customer)
    with transaction.atomic():
        look = Look.objects.create(
            customer=customer,
            staff=staff,
            covered=why,
            ground=ground,
            reason=reason,
            at=now,
            until=now + timedelta(minutes=minutes),
        )
        audit.record(
            act="mydata.covered_record_opened",
            subject=customer,
            actor=staff,
            after={"covered": why, "ground": ground.value, "look": str(look.public_id)},
            reason=reason,
            now=now,
        )
        if why == Covered.PROTECTED and ground != Ground.TASK:
            _report(look, now)
    return look


def _report(look: Look, now: datetime) -> None:
    for auditor in colleagues(Role.AUDITOR, but=look.staff):
        inbox.send(
            user=auditor,
            event="keeping.looked",
            key=f"mydata.look:{look.public_id}:{auditor.pk}",
            text=lambda: (
                _("A protected record was opened without a task"),
                _("%(name)s opened the record of a specially protected customer. Reason: %(reason)s")
                % {"name": look.staff, "reason": look.reason},
            ),
            link=reverse("admin:mydata_look_changelist"),
            now=now,
        )


def colleagues(*roles: Role, but: User) -> Sequence[User]:
    """This function will list the active members of staff who hold one of the roles, one of them left out."""
    found: Iterable[User] = (
        User.objects.filter(is_active=True, is_staff=True, groups__name__in=[role.value for role in roles])
        .exclude(pk=but.pk)
        .distinct()
        .order_by("pk")
    )
    return list(found)

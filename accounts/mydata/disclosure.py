"""Showing staff what is covered otherwise: with a reason, once, on record, and told to the customer.

    from accounts.mydata import disclosure
    number = disclosure.reveal(customer=customer, staff=user, what="document_number", why="case", reason="…", now=now)

`approved_by` names the second person where a rule asks for one (core.changes may call this when it carries an approved
request out); it is never the one who reads. Nothing is returned that was not written down first: the row, the audit
row and the value stand in one transaction.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.identity.models import Verification
from accounts.models import Customer, User
from accounts.mydata.models import Disclosure
from accounts.roles import Role, roles_of
from core import audit

MAY: Final = (Role.REVIEWER, Role.APPROVER)
SHORTEST: Final = 10  # characters of a reason
LONGEST: Final = 1000
AGAIN: Final = timedelta(minutes=1)  # a repeat within this is a double click
What = Disclosure.What


class RevealRefused(Exception):
    """Nothing is shown, and nothing was noted."""


class NotAllowed(RevealRefused):
    """The colleague holds none of the roles, or wants to read about themselves."""


class ReasonMissing(RevealRefused):
    """The reason is shorter than a sentence."""


class NothingKept(RevealRefused):
    """The bank does not keep this of the customer."""


def reveal(
    *,
    customer: Customer,
    staff: User,
    what: str,
    why: str,
    reason: str,
    approved_by: User | None = None,
    now: datetime,
) -> str:
    """This function will give a covered value to a colleague and note it where the customer sees it.

    Starts a transaction. Raises NotAllowed, ReasonMissing, NothingKept, ValueError (unknown `what` or `why`).
    """
    what, why = What(what).value, Disclosure.Why(why).value
    reason = reason.strip()[:LONGEST]
    held = sorted(role.value for role in roles_of(staff) if role in MAY)
    if not held or customer.user_id == staff.pk or (approved_by is not None and approved_by.pk == staff.pk):
        raise NotAllowed
    if len(reason) < SHORTEST:
        raise ReasonMissing
    with transaction.atomic():
        value = _value(customer, what)
        if not value:
            raise NothingKept
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        same = {"customer": customer, "staff": staff, "what": what, "why": why, "reason": reason}
        if not Disclosure.objects.filter(**same, at__gt=now - AGAIN).exists():
            row = Disclosure.objects.create(**same, role=held[0], approved_by=approved_by, at=now)
            audit.record(
                act="mydata.revealed",
                subject=customer,
                actor=staff,
                after={"what": what, "why": why, "disclosure": str(row.public_id)},
                reason=reason,
                now=now,
            )
    return value


def _value(customer: Customer, what: str) -> str:
    if what == What.PHONE:
        return customer.user.phone.value if customer.user and customer.user.phone else ""
    newest = (
        Verification.objects.filter(customer=customer).exclude(state=Verification.State.DRAFT).order_by("-id").first()
    )
    if newest is None:
        return ""
    return newest.number if what == What.DOCUMENT_NUMBER else newest.address

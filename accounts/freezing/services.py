"""Locking somebody's access at their word, and opening it again when two colleagues are sure who they are.

Lock: the person first; it is the queue of everything about their access.
"""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import letters, notme, sessions
from accounts.access.limits import figure
from accounts.access.models import KnownDevice, StepUp
from accounts.freezing import endings
from accounts.freezing.models import Freeze
from accounts.models import User
from accounts.roles import Role
from core import audit, outbox
from core.reviews import services as desk
from core.reviews.rules import Rule

SUBJECT = "freeze"  # on the review desk
FIRST = (Role.REVIEWER.value, Role.SERVICE_AGENT.value)
SECOND = (Role.APPROVER.value,)


class Used(Exception):
    """This link has locked the access before, and it was opened again since. Nothing was changed."""


class UnknownPerson(Exception):
    """Nobody stands behind the link any more."""


def freeze_over_movement(*, user: User, reference: str, now: datetime) -> Freeze:
    """This function will lock a person's access because they say that a movement was not theirs; `reference` names it.

    As `freeze`: a repeat is answered with the lock that stands. Raises UnknownPerson, Used.
    """
    digest = hashlib.sha256(f"movement:{reference}".encode()).hexdigest()
    return freeze(
        said=notme.Said(str(user.public_id), "", now, digest), cause=Freeze.Cause.MOVEMENT, about=reference, now=now
    )


def freeze(
    *, said: notme.Said, cause: Freeze.Cause = Freeze.Cause.NEW_DEVICE, about: str = "", now: datetime
) -> Freeze:
    """This function will lock a person's access because they say that a sign-in, or a movement, was not theirs.

    In one transaction: every session ends, nobody signs in, the password opens nothing any more, devices and answered
    questions are forgotten, the case goes to the review desk, the owner is told. The rooms that move money hear of it
    by the fact `access.frozen` {user, since} and hold back what was agreed since that sign-in. A repeat is answered
    with the lock that stands. Raises UnknownPerson, Used.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(public_id=said.person).first()
        if user is None:
            raise UnknownPerson
        standing = user.freezes.filter(lifted_at=None).first()
        if standing is not None:
            return standing
        if Freeze.objects.filter(token_digest=said.digest).exists():
            raise Used
        if not user.is_active:  # closed for another reason; there is nothing left to lock
            raise UnknownPerson
        frozen = Freeze.objects.create(
            user=user,
            cause=cause,
            device=said.device[:120],
            signed_in_at=said.at if cause == Freeze.Cause.NEW_DEVICE else None,
            token_digest=said.digest,
            frozen_at=now,
        )
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        ended = sessions.end_all_but(user=user, keep=None, reason="locked by the owner", now=now)
        KnownDevice.objects.filter(user=user).delete()
        StepUp.objects.filter(user=user, used_at=None).delete()  # a confirmation on its way finds nothing that opens
        case = desk.open_case(
            subject=SUBJECT,
            subject_id=str(frozen.public_id),
            title=_title(user),
            opened_by=None,
            rule=Rule(
                steps=(FIRST, SECOND),
                hours=figure("freezing.due_hours", now),
                claim_minutes=figure("freezing.claim_minutes", now),
            ),
            now=now,
        )
        audit.record(
            act="access.frozen",
            subject=user,
            actor=user if about else "owner, by the link in the notice",
            after={
                "sessions": ended,
                "device": said.device,
                "case": case.number,
                **({"about": about} if about else {}),
            },
            now=now,
        )
        told = _told_frozen if cause == Freeze.Cause.NEW_DEVICE else _told_frozen_over_movement
        inbox.send(user=user, event="security.frozen", key=f"frozen:{frozen.public_id}", text=told, now=now)
        letters.tell_former(user=user, purpose="security.frozen", text=told, now=now)
        outbox.record(
            kind="access.frozen",
            payload={"user": str(user.public_id), "since": said.at.isoformat()},
            owner=user,
            now=now,
        )
    return frozen


def settle(fact: outbox.Fact) -> None:
    """This handler will open the access again when the desk says so, once, and tell its owner how to come back."""
    if fact.payload["subject"] != SUBJECT or fact.payload["verdict"] != "approve":
        return
    with transaction.atomic():
        user = User.objects.select_for_update().get(freezes__public_id=fact.payload["subject_id"])
        frozen = user.freezes.get(public_id=fact.payload["subject_id"])
        if frozen.lifted_at is not None:
            return
        frozen.lifted_at = fact.created_at
        frozen.save(update_fields=["lifted_at"])
        if endings.has_ended(user):  # for another reason, between the decision and now
            return
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(
            act="access.thawed", subject=user, actor=f"case {fact.payload['case']}", before={"is_active": False},
            after={"is_active": True}, now=fact.created_at,
        )  # fmt: skip
        inbox.send(
            user=user, event="security.thawed", key=f"thawed:{frozen.public_id}", text=_told_thawed, now=fact.created_at
        )


def _title(user: User) -> str:
    customer = getattr(user, "customer", None)
    return str(customer)[:160] if customer is not None and customer.legal_name else str(user)[:160]


def _told_frozen() -> tuple[str, str]:
    return (
        _("Your access is locked"),
        _(
            "You told us that a sign-in was not yours. Every session has ended and nobody signs in or moves money "
            "until you have shown us who you are. What was agreed since that sign-in is held back: orders are paused, "
            "and payments that have not left yet come back. Orders that you agreed to before go on. Call us."
        ),
    )


def _told_frozen_over_movement() -> tuple[str, str]:
    return (
        _("Your access is locked"),
        _(
            "You told us that a movement was not yours. Every session has ended and nobody signs in or moves money "
            "until you have shown us who you are. Call us; what you told us is being looked into meanwhile."
        ),
    )


def _told_thawed() -> tuple[str, str]:
    return (
        _("Your access is open again"),
        _(
            "We are sure that it is you. Choose “Forgotten your password?” on the sign-in page to set a new one, then "
            "look through your devices and transactions."
        ),
    )

"""Inviting colleagues, their absence, their departure, and the quarterly review of who holds what.

Locks: the person first. Each act and its audit row stand together.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import sessions
from accounts.models import User
from accounts.staff import changes, grants, persons
from accounts.staff.errors import (
    AlreadyConfirmed,
    AlreadyLeft,
    EmailTaken,
    LinkDead,
    ListChanged,
    NotOneself,
    NumberTaken,
    Overlaps,
    UnknownColleague,
    WrongDays,
)
from accounts.staff.models import AccessReview, Departure, Invitation, Leave
from accounts.staff.queries import Holding, holdings, quarter
from core import audit, outbox, policy
from core.changes import services as two_people
from core.changes.models import Change
from core.reviews import services as desk
from core.reviews.models import Case

INVITED = "staff.invited"
PURPOSE = "accounts.staff.invitation"
REASON_LENGTH = 2000


def invite(
    *, email: str, full_name: str, employee_number: str, roles: Sequence[str], reason: str, actor: User, now: datetime
) -> Invitation:
    """This function will make a closed account for a new colleague, send the link, and ask for the roles.

    Account, invitation, asked-for roles, audit row and the fact that sends the mail stand together. Every role waits
    for other people. Raises EmailTaken, NumberTaken, and what core.changes.services.ask raises.
    """
    email, number = email.strip().lower(), persons.normal(employee_number)
    with transaction.atomic():
        if User.objects.filter(employee_number__iexact=number).exists():
            raise NumberTaken(number)
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    email, None, full_name=full_name, employee_number=number, is_staff=True, is_active=False
                )
        except IntegrityError as error:
            raise (NumberTaken(number) if "employee_number" in str(error) else EmailTaken(email)) from error
        invitation = _invitation(user, actor, now)
        audit.record(
            act="staff.invited",
            subject=user,
            actor=actor,
            after={"employee_number": number, "name": full_name, "roles_asked": list(roles)},
            reason=reason,
            now=now,
        )
        for role in roles:
            payload = {"user": str(user.public_id), "role": role, "act": changes.GIVE}
            two_people.ask(kind="staff.role", payload=payload, reason=reason, asked_by=actor, now=now)
    return invitation


def invite_again(*, public_id: uuid.UUID, actor: User, now: datetime) -> Invitation:
    """This function will take back the link a colleague has not used and send a new one.

    Raises UnknownColleague, AlreadyLeft, LinkDead when the account is open already.
    """
    with transaction.atomic():
        user = _locked(public_id)
        if user.is_active:
            raise LinkDead
        Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=now)
        invitation = _invitation(user, actor, now)
        audit.record(act="staff.invited_again", subject=user, actor=actor, now=now)
    return invitation


def new_token(*, invitation_id: int, now: datetime) -> str | None:
    """This function will make the one token by which an invitation opens; None when it is over.

    Called right before the mail leaves: what is kept is a digest, so no copy of the link lies in the database or on its
    way through the outbox. A second mail makes the first one's link worthless.
    """
    token = secrets.token_urlsafe(32)
    alive = Invitation.objects.filter(pk=invitation_id, used_at=None, revoked_at=None, expires_at__gt=now)
    return token if alive.update(token_digest=_digest(token)) else None


def opened_by(*, token: str, now: datetime) -> Invitation:
    """This function will find the invitation a link opens; raises LinkDead for every reason it may not."""
    found = (
        Invitation.objects.select_related("user")
        .filter(token_digest=_digest(token), used_at=None, revoked_at=None, expires_at__gt=now, user__is_active=False)
        .first()
    )
    if found is None or hasattr(found.user, "departure"):
        raise LinkDead
    return found


def accept(*, token: str, password: str, language: str, now: datetime) -> User:
    """This function will open the invited colleague's account with a password of their own, once. Raises LinkDead."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=opened_by(token=token, now=now).user_id)
        invitation = opened_by(token=token, now=now)  # again under the lock: of two at once only one finds it open
        invitation.used_at = now
        invitation.save(update_fields=["used_at"])
        user.is_active, user.language = True, language
        user.set_password(password)
        user.save(update_fields=["is_active", "language", "password"])
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
        audit.record(act="staff.joined", subject=user, actor=user, now=now)
    return user


def enter_leave(
    *, public_id: uuid.UUID, starts_on: date, ends_on: date, deputy: User | None, actor: User, now: datetime
) -> Leave:
    """This function will note that a colleague is away on these days, both included, and who stands in.

    Raises UnknownColleague, AlreadyLeft, WrongDays, Overlaps, NotOneself (the deputy).
    """
    with transaction.atomic():
        user = _locked(public_id)
        if ends_on < starts_on or ends_on < timezone.localdate(now):
            raise WrongDays
        if deputy is not None and persons.is_same(deputy, user):
            raise NotOneself
        same = Leave.objects.filter(user=user, cancelled_at=None)
        if same.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            raise Overlaps
        leave = Leave.objects.create(
            user=user, deputy=deputy, starts_on=starts_on, ends_on=ends_on, entered_by=actor, entered_at=now
        )
        audit.record(
            act="staff.leave_entered",
            subject=user,
            actor=actor,
            after={"from": starts_on.isoformat(), "to": ends_on.isoformat(), "deputy": str(deputy or "")},
            now=now,
        )
    return leave


def cancel_leave(*, public_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will take an absence back; a repeat changes nothing. Raises UnknownColleague."""
    with transaction.atomic():
        leave = Leave.objects.select_for_update().filter(public_id=public_id).first()
        if leave is None:
            raise UnknownColleague
        if leave.cancelled_at is None:
            leave.cancelled_at = now
            leave.save(update_fields=["cancelled_at"])
            audit.record(
                act="staff.leave_cancelled",
                subject=User.objects.get(pk=leave.user_id),
                actor=actor,
                before={"from": leave.starts_on.isoformat(), "to": leave.ends_on.isoformat()},
                now=now,
            )


def end_access(*, public_id: uuid.UUID, reason: str, actor: User, now: datetime) -> Departure:
    """This function will shut out a colleague who leaves, at once: sessions, roles, cases, changes, invitations.

    Starts its own transactions: the desk is cleared, then the door is shut; after a kill in between it is called again.
    One person may do this: taking away needs no second pair of eyes. Raises UnknownColleague, AlreadyLeft, NotOneself.
    """
    with transaction.atomic(durable=True):
        user = _locked(public_id)
        if persons.is_same(user, actor):
            raise NotOneself
        held = list(Case.objects.filter(Q(holder=user) | Q(assignee=user), closed_at=None).order_by("pk"))
        roles = grants.held(user)
    desk.hand_over_queue(person=user, by=user, to=None, note=f"left the bank; shut out by {actor}", now=now)
    with transaction.atomic(durable=True):
        user = _locked(public_id)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        ended = sessions.end_all_but(user=user, keep=None, reason="left the bank", now=now)
        grants.take(user=user, roles=roles, by="departure", now=now)
        Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=now)
        departure = Departure.objects.create(
            user=user,
            reason=reason.strip()[:REASON_LENGTH],
            ended_by=actor,
            at=now,
            sessions=ended,
            cases=[case.number for case in held],
            roles=roles,
        )
        audit.record(
            act="staff.left",
            subject=user,
            actor=actor,
            before={"roles": roles},
            after={"sessions_ended": ended, "cases_handed_back": departure.cases},
            reason=departure.reason,
            now=now,
        )
    for change in Change.objects.filter(asked_by=user, state=Change.State.ASKED):
        two_people.withdraw(public_id=change.public_id, user=user, now=now)
    return departure


def confirm_access(
    *, seen: str, take: Sequence[tuple[str, str]], note: str, actor: User, now: datetime
) -> AccessReview:
    """This function will keep a manager's word about exactly the list they read, and ask to take what they struck out.

    `seen` is the list's digest as it was drawn; `take` are (public id, role) pairs. Each goes to other people like any
    change of a role; one that waits already is left to wait. Raises ListChanged, AlreadyConfirmed (this quarter), and
    what core.changes.services.ask raises.
    """
    lines, period = holdings(now=now), quarter(timezone.localdate(now))
    if seen != digest_of(lines):
        raise ListChanged
    struck = set(take)
    kept = [{**line.as_json(), "kept": (str(line.public_id), line.role) not in struck} for line in lines]
    try:
        with transaction.atomic():
            review = AccessReview.objects.create(
                period=period, confirmed_by=actor, confirmed_at=now, lines=kept, digest=seen, note=note.strip()
            )
            for line in lines:
                if (str(line.public_id), line.role) in struck:
                    _ask_to_take(line, period, actor, now)
            audit.record(
                act="staff.access_confirmed",
                subject=review,
                actor=actor,
                after={"period": period, "lines": len(kept), "struck": len(struck), "seen": seen},
                reason=note.strip(),
                now=now,
            )
    except IntegrityError as error:
        if not AccessReview.objects.filter(period=period).exists():
            raise
        raise AlreadyConfirmed(period) from error
    return review


def digest_of(lines: Sequence[Holding]) -> str:
    """This function will give a text that changes whenever anybody holds more, less or otherwise than listed."""
    content: list[Mapping[str, Any]] = [
        {"user": str(line.public_id), "role": line.role, "since": str(line.since)} for line in lines
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _ask_to_take(line: Holding, period: str, actor: User, now: datetime) -> None:
    payload = {"user": str(line.public_id), "role": line.role, "act": changes.TAKE}
    try:
        two_people.ask(kind="staff.role", payload=payload, reason=f"access review {period}", asked_by=actor, now=now)
    except two_people.AlreadyAsked:
        return  # somebody wants the same role changed; the desk decides that first


def _invitation(user: User, actor: User, now: datetime) -> Invitation:
    hours = int(policy.value("staff.invitation_hours", on=timezone.localdate(now)))
    invitation = Invitation.objects.create(
        user=user, invited_by=actor, created_at=now, expires_at=now + timedelta(hours=hours)
    )
    outbox.record(kind=INVITED, payload={"invitation": invitation.pk}, owner=user, now=now)
    return invitation


def _locked(public_id: uuid.UUID) -> User:
    user = User.objects.select_for_update(of=("self",)).filter(public_id=public_id, is_staff=True).first()
    if user is None:
        raise UnknownColleague
    if Departure.objects.filter(user=user).exists():
        raise AlreadyLeft
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(f"{PURPOSE}:{token}".encode()).hexdigest()

"""How sessions are kept at rest, how long they live, and what is said when they end."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import vault
from accounts.access import limits
from core import audit

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "session"


class SealedJSON:
    """Django's session serializer: JSON, sealed. A session holds codes on their way and keys being enrolled."""

    def dumps(self, obj: Any) -> bytes:
        return vault.encrypt(json.dumps(obj, separators=(",", ":")).encode(), PURPOSE)

    def loads(self, data: bytes) -> Any:
        return json.loads(vault.decrypt(data, PURPOSE))


STAMP = "access"  # where a session keeps when it began and when its person last asked for something
GRAIN = 5  # seconds: a younger stamp is not written anew, so a session may end this much early, never late


def stamp(session: SessionBase, *, staff: bool, now: datetime) -> None:
    """This function will note the beginning of a session."""
    at = int(now.timestamp())
    session[STAMP] = {"since": at, "seen": at, "staff": staff}


def touch(session: SessionBase, *, now: datetime) -> None:
    """This function will note that the person asked for something."""
    held = session.get(STAMP)
    at = int(now.timestamp())
    if held and at - held["seen"] >= GRAIN:
        session[STAMP] = {**held, "seen": at}


def ended_because(session: SessionBase, *, now: datetime) -> str:
    """This function will say why a session is over: "idle", "absolute", or "" while it lives.

    A session without a stamp was not begun at the front door: it is over.
    """
    held = session.get(STAMP)
    return over(held, now=now) if held else "idle"


def over(held: Mapping[str, Any], *, now: datetime) -> str:
    """This function will say why a session with such a stamp is over: "idle", "absolute", or "" while it lives."""
    kind = "staff" if held["staff"] else "customer"
    at = int(now.timestamp())
    if at - held["seen"] > limits.idle(kind, now).total_seconds():
        return "idle"
    if at - held["since"] > limits.absolute(kind, now).total_seconds():
        return "absolute"
    return ""


@dataclass(frozen=True)
class Left:
    """How long a session lives if nothing more is asked for, and when its person is warned; whole seconds."""

    until_warning: int
    until_end: int


def left(session: SessionBase, *, now: datetime) -> Left | None:
    """This function will say how much of a session is left; None where nobody is signed in."""
    held = session.get(STAMP)
    if not held:
        return None
    kind, at = ("staff" if held["staff"] else "customer"), int(now.timestamp())
    idle_end = held["seen"] + int(limits.idle(kind, now).total_seconds())
    end = min(idle_end, held["since"] + int(limits.absolute(kind, now).total_seconds()))
    notice = int((limits.idle(kind, now) - limits.warned_after(kind, now)).total_seconds())
    return Left(until_warning=max(end - notice - at, 0), until_end=max(end - at, 0))


def end(*, user: "User", session_keys: Collection[str], reason: str, now: datetime) -> int:
    """This function will end sessions of a person at once, audited, and answer how many were open."""
    with transaction.atomic():
        mine = UserSession.objects.filter(user=user, session_key__in=list(session_keys))
        keys = list(mine.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        mine.delete()
        if keys:
            audit.record(
                act="access.session_ended", subject=user, after={"sessions": len(keys)}, reason=reason, now=now
            )
    return len(keys)


def end_all_but(*, user: "User", keep: str | None, reason: str, now: datetime) -> int:
    """This function will end every session of a person but one, or all of them."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep or "")
    return end(user=user, session_keys=others.values_list("session_key", flat=True), reason=reason, now=now)


def end_listed(*, user: "User", which: str, keep: str | None, now: datetime) -> int:
    """This function will end what a person picked on the page of their sessions: "others", or one row's number."""
    if which == "others":
        return end_all_but(user=user, keep=keep, reason="ended by the person", now=now)
    if not (which.isascii() and which.isdigit() and len(which) < 19):
        return 0
    picked = UserSession.objects.filter(user=user, pk=int(which)).values_list("session_key", flat=True)
    return end(user=user, session_keys=picked, reason="ended by the person", now=now)


def forget_old(*, now: datetime) -> int:
    """This function will delete the rows of sessions that ran out, and answer how many."""
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone

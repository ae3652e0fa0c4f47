"""The browsers a person signs in with: what they are called, when they were used, and how one is made unknown again.

A device is a browser that carries a random cookie; only the cookie's digest is kept. Which session began on which
device stands in the session's own row (allauth's `UserSession.data`). One that says nothing, because its key was
renewed, counts for every device when one is removed: too many sessions end rather than too few.
"""

import hashlib
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import agents, sessions
from accounts.access.limits import figure
from accounts.access.models import KnownDevice
from accounts.access.services import changed
from accounts.models import User
from core import audit

BORN_ON = "device"  # in a session's row: the digest of the device it began on
LONGEST = 40  # characters of a name


@dataclass(frozen=True, slots=True)
class OpenHere:
    """A session as its person sees it; `id` is the row's, good for nobody else."""

    id: int
    ip: str
    since: datetime
    last_used_at: datetime
    is_this_one: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its person sees it. `public_id` is None for sessions that say nothing about where they began."""

    public_id: uuid.UUID | None
    name: str
    kind: str
    first_seen_at: datetime | None
    last_used_at: datetime
    is_this_one: bool
    open_sessions: list[OpenHere] = field(default_factory=list)

    @property
    def called(self) -> str:
        """What its person calls it, or else what it is."""
        return self.name or self.kind


def digest_of(token: str) -> str:
    """This function will give what is kept of a device's cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def note_session(*, session_key: str | None, token: str) -> None:
    """This function will write into a session's row on which device it began."""
    UserSession.objects.filter(session_key=session_key or "").update(data={BORN_ON: digest_of(token)})


def devices_of(user: User, *, token: str, session_key: str | None, now: datetime) -> list[Device]:
    """This function will list a person's devices, this one first, then by last use; in three queries."""
    known = {row.digest: row for row in KnownDevice.objects.filter(user=user)}
    here = digest_of(token)
    by_device: dict[str, list[OpenHere]] = defaultdict(list)
    agent: dict[str, str] = {}
    for row, seen in _alive(user, now):
        digest = str(row.data.get(BORN_ON, ""))
        is_this_one = row.session_key == session_key
        if is_this_one and digest not in known:
            digest = here
        if digest not in known:
            digest = f"?{row.user_agent}"
        agent[digest] = row.user_agent
        by_device[digest].append(OpenHere(row.pk, row.ip, row.created_at, seen, is_this_one))
    found = [
        Device(
            public_id=row.public_id,
            name=row.name,
            kind=agents.describe(row.agent or agent.get(digest, "")),
            first_seen_at=row.first_seen_at,
            last_used_at=max([row.last_seen_at, *(one.last_used_at for one in by_device[digest])]),
            is_this_one=digest == here,
            open_sessions=sorted(by_device[digest], key=lambda one: one.since, reverse=True),
        )
        for digest, row in known.items()
    ]
    found += [
        Device(
            public_id=None,
            name="",
            kind=agents.describe(agent[digest]),
            first_seen_at=None,
            last_used_at=max(one.last_used_at for one in opened),
            is_this_one=any(one.is_this_one for one in opened),
            open_sessions=opened,
        )
        for digest, opened in by_device.items()
        if digest not in known
    ]
    return sorted(found, key=lambda one: (one.is_this_one, one.last_used_at), reverse=True)


def device_of(user: User, public_id: uuid.UUID) -> KnownDevice | None:
    """This function will find one device of a person; another's does not exist."""
    return KnownDevice.objects.filter(user=user, public_id=public_id).first()


def rename(*, user: User, public_id: uuid.UUID, name: str, now: datetime) -> bool:
    """This function will give a device a name of its person's own, or take it away with ""; False when it is gone."""
    with transaction.atomic():
        row = KnownDevice.objects.select_for_update().filter(user=user, public_id=public_id).first()
        if row is None:
            return False
        if row.name != name:
            row.name = name
            row.save(update_fields=["name"])
            audit.record(act="access.device_named", subject=user, actor=user, after={"device": str(public_id)}, now=now)
    return True


def remove(*, user: User, public_id: uuid.UUID, keep: str | None, now: datetime) -> int | None:
    """This function will make a device unknown: its sessions end at once, and the next sign-in there is announced.

    `keep` is the key of the session that asks; it stays unless it began on that very device. Answers how many sessions
    ended; None when there is no such device (any more).
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        row = KnownDevice.objects.filter(user=user, public_id=public_id).first()
        if row is None:
            return None
        called = row.name or agents.describe(row.agent)
        keys = [
            session.session_key
            for session in UserSession.objects.filter(user=user)
            if session.data.get(BORN_ON) == row.digest or (BORN_ON not in session.data and session.session_key != keep)
        ]
        row.delete()
        ended = sessions.end(user=user, session_keys=keys, reason="device removed", now=now)
        changed(
            user=user,
            act="access.device_removed",
            before={"device": called},
            text=lambda: (
                _("A device was removed"),
                _(
                    "%(device)s was signed out and counts as new when somebody signs in there again. If you did not do "
                    "this, change your password now and call us."
                )
                % {"device": row.name or agents.describe(row.agent)},
            ),
            now=now,
        )
    return ended


def forget_old(*, now: datetime) -> int:
    """This function will forget devices that nobody has signed in with for long, and answer how many."""
    before = now - timedelta(days=figure("access.device_days", now))
    return KnownDevice.objects.filter(last_seen_at__lt=before).delete()[0]


def _alive(user: User, now: datetime) -> list[tuple[UserSession, datetime]]:
    """The sessions that are open, each with the moment of its last use."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    found = []
    for stored in Session.objects.filter(session_key__in=list(rows), expire_date__gt=now):
        content = stored.get_decoded()
        held = content.get(sessions.STAMP)
        row = rows[stored.session_key]
        if held and not sessions.over(held, now=now):
            found.append((row, datetime.fromtimestamp(held["seen"], tz=UTC)))
    return found

"""Asking for a new second step without the old one, stopping that, and carrying it out.

Locks: the person first (it is the queue of everything about their access), then the case on the desk, then the request.
Who asks has proved the password; what they get is decided by people and never before the wait is over, so that the
owner of the account, told at once, halfway and at the end at every place they are reached, can stop it.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from accounts.access import sessions
from accounts.access.models import FactorDevice, KnownDevice
from accounts.identity import files
from accounts.identity.figures import figures as identity_figures
from accounts.identity.intake import take
from accounts.models import Customer, User
from accounts.recovery import checks, figures, notices, queries
from accounts.recovery.models import Evidence, Recovery
from core import audit
from core.reviews import errors
from core.reviews import services as desk

SUBJECT = "recovery"  # on the review desk
State = Recovery.State


class NotForStaff(Exception):
    """Somebody who works here gets a new second step from an administrator."""


class TooOften(Exception):
    """The person has sent as many requests as thirty days allow."""


class NothingToChange(Exception):
    """No request of this person is being filled in."""


class Incomplete(Exception):
    """The number or a photo is missing."""


class TooManyPhotos(Exception):
    """More photos have been sent for this request than the bank keeps up with."""


class NotYet(Exception):
    """The request is not approved, or the wait is not over."""


@dataclass(frozen=True)
class Ending:
    """How somebody stops a request: `how` is session, notice or requester; `not_me` that they did not ask for it."""

    how: str
    not_me: bool


def begin(*, user: User, from_known_device: bool, now: datetime) -> Recovery:
    """This function will give the request a person fills in: the one there is, or a new one.

    The caller has made sure of the password. Raises NotForStaff, TooOften.
    """
    if user.is_staff:
        raise NotForStaff
    with transaction.atomic():
        user = _locked(user)
        standing = queries.open_one(user)
        if standing is not None:
            return standing
        if queries.sent_lately(user, now=now) >= figures.whole("most_in_30_days", now):
            raise TooOften
        found = Recovery.objects.create(user=user, from_known_device=from_known_device, started_at=now)
        audit.record(act="recovery.begun", subject=user, actor="visitor", now=now)
    return found


def save_number(*, user: User, number: str) -> None:
    """This function will keep the document number that was typed, sealed. Raises NothingToChange."""
    with transaction.atomic():
        draft = _draft(_locked(user))
        draft.seal_number(queries.one_spelling(number))
        draft.save(update_fields=["number_sealed"])


def save_photo(*, user: User, side: str, data: bytes, name: str, declared: str, now: datetime) -> None:
    """This function will make a photo harmless and keep it, sealed, in place of an earlier one.

    Every try counts. Raises NothingToChange, TooManyPhotos and identity.photos.PhotoRefused.
    """
    limits = identity_figures(timezone.localdate(now))
    with transaction.atomic():  # of its own: a refused photo counts too
        draft = _draft(_locked(user))
        if draft.uploads >= limits.most_photos:
            raise TooManyPhotos
        draft.uploads += 1
        draft.save(update_fields=["uploads"])
    photo = take(data, name=name, declared=declared, limits=limits.photo)
    file = files.write(photo.jpeg)
    try:
        with transaction.atomic():
            draft = _draft(_locked(user))
            earlier = queries.evidence_of(draft).get(Evidence.Side(side).value)
            if earlier is not None:
                transaction.on_commit(partial(files.remove, earlier.file))
            Evidence.objects.update_or_create(
                recovery=draft,
                side=Evidence.Side(side),
                defaults={
                    "file": file,
                    "digest": hashlib.sha256(photo.jpeg).hexdigest(),
                    "width": photo.width,
                    "height": photo.height,
                    "uploaded_at": now,
                },
            )
    except BaseException:
        files.remove(file)
        raise


def submit(*, user: User, now: datetime) -> Recovery:
    """This function will send a request: the wait begins, the desk gets the case, every place is told at once.

    A repeat is answered with the request that was sent. Raises NothingToChange, Incomplete.
    """
    with transaction.atomic():
        user = _locked(user)
        recovery = Recovery.objects.select_for_update().filter(user=user, state__in=Recovery.OPEN).first()
        if recovery is None:
            raise NothingToChange
        if recovery.state != State.DRAFT:
            return recovery
        if not is_complete(recovery):
            raise Incomplete
        wait = figures.waiting(now)
        recovery.state, recovery.sent_at = State.SENT, now
        recovery.halfway_at, recovery.ready_at = now + wait / 2, now + wait
        recovery.lapses_at = now + wait + timedelta(days=figures.whole("use_within_days", now))
        recovery.save(update_fields=["state", "sent_at", "halfway_at", "ready_at", "lapses_at"])
        findings = checks.run(recovery, now=now)
        case = desk.open_case(
            subject=SUBJECT,
            subject_id=str(recovery.public_id),
            title=str(Customer.objects.filter(user=user).first() or user),
            opened_by=user,
            rule=figures.rule(why=checks.reasons_for_two(findings), now=now),
            now=now,
        )
        for finding in findings:
            desk.record_check(
                case=case,
                name=finding.name,
                outcome=finding.outcome,
                evidence=finding.evidence,
                sentence=finding.sentence,
                now=now,
            )
        audit.record(
            act="recovery.sent",
            subject=user,
            actor="visitor",
            after={"request": str(recovery.public_id), "not_before": recovery.ready_at.isoformat()},
            now=now,
        )
        notices.begun(recovery, now=now)
    return recovery


def is_complete(recovery: Recovery) -> bool:
    """This function will say whether number and photos are there."""
    return bool(recovery.number_sealed) and set(queries.evidence_of(recovery)) == set(Evidence.Side.values)


def stop(*, recovery: Recovery, ending: Ending, keep_session: str | None, now: datetime) -> bool:
    """This function will stop a request before anything came of it; False when there is nothing to stop any more.

    When its owner says that it was not them, somebody else knows the password: it opens nothing from then on, a new one
    is made by code, and every session but the owner's own ends.
    """
    with transaction.atomic():
        user = _locked(recovery.user)
        with suppress(errors.Closed):  # decided, and waiting: that can be stopped as well
            desk.withdraw(subject=SUBJECT, subject_id=str(recovery.public_id), actor=user, now=now)
        recovery = Recovery.objects.select_for_update().get(pk=recovery.pk)
        if recovery.state not in Recovery.OPEN:
            return False
        was_draft, before = recovery.state == State.DRAFT, recovery.state
        recovery.state, recovery.ended_at, recovery.ended_how = State.STOPPED, now, ending.how
        recovery.save(update_fields=["state", "ended_at", "ended_how"])
        if ending.not_me:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            sessions.end_all_but(user=user, keep=keep_session, reason="somebody else knew the password", now=now)
        audit.record(
            act="recovery.stopped",
            subject=user,
            actor=user,
            before={"state": before},
            after={"state": recovery.state, "not_me": ending.not_me},
            reason=ending.how,
            now=now,
        )
        if not was_draft:
            notices.stopped(recovery, not_me=ending.not_me, now=now)
    return True


def finish(*, user: User, secret: str, step: int, now: datetime) -> None:
    """This function will put a new authenticator app in place of every factor there was.

    `secret` (base32) was just proved with the code of half minute `step`, which is used up. Old factors, recovery codes
    and known devices go, new recovery codes come, every session ends, and for a while only small sums leave.
    Starts a transaction. Raises NotYet (also while the person may not sign in), NothingToChange.
    """
    with transaction.atomic(durable=True):
        user = _locked(user)
        recovery = Recovery.objects.select_for_update().filter(user=user, state__in=Recovery.OPEN).first()
        if recovery is None:
            raise NothingToChange
        if not user.is_active or not may_finish(recovery, now=now):
            raise NotYet
        removed = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        Authenticator.objects.filter(user=user).delete()
        KnownDevice.objects.filter(user=user).delete()
        app = TOTP.activate(user, secret).instance
        FactorDevice.objects.filter(authenticator=app).update(last_t=step)
        RecoveryCodes.activate(user)
        sessions.end_all_but(user=user, keep=None, reason="second step recovered", now=now)
        recovery.state, recovery.ended_at, recovery.ended_how = State.DONE, now, "requester"
        recovery.save(update_fields=["state", "ended_at", "ended_how"])
        until = now + timedelta(hours=figures.whole("cooling_hours", now))
        Customer.objects.filter(user=user).update(careful_until=until)
        audit.record(
            act="recovery.done",
            subject=user,
            actor=user,
            before={"factors": removed},
            after={"factors": ["recovery_codes", "totp"], "careful_until": until.isoformat()},
            now=now,
        )
        notices.done(recovery, until=until, now=now)


def may_finish(recovery: Recovery, *, now: datetime) -> bool:
    """This function will say whether a request is approved and its wait is over."""
    if recovery.state != State.APPROVED or recovery.ready_at is None or recovery.lapses_at is None:
        return False
    return recovery.ready_at <= now < recovery.lapses_at


def tell_halfway(*, now: datetime) -> int:
    """This function will tell the owners of requests whose wait is half over, once each, and answer how many."""
    told = 0
    due = Recovery.objects.filter(state__in=Recovery.WAITING, halfway_told_at=None, halfway_at__lte=now)
    for number in list(due.order_by("pk").values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = Recovery.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=number).first()
            if row is None or row.halfway_told_at is not None or row.state not in Recovery.WAITING:
                continue
            row.halfway_told_at = now
            row.save(update_fields=["halfway_told_at"])
            notices.halfway(row, now=now)
            told += 1
    return told


def lapse(*, now: datetime) -> int:
    """This function will end what nobody used in time, and forget drafts of yesterday with their photos."""
    ended = 0
    old = Recovery.objects.filter(state=State.APPROVED, lapses_at__lte=now)
    for row in list(old.order_by("pk")[:500]):
        with transaction.atomic():
            _locked(row.user)
            changed = Recovery.objects.filter(pk=row.pk, state=State.APPROVED).update(
                state=State.LAPSED, ended_at=now, ended_how="time"
            )
            if changed:
                audit.record(act="recovery.lapsed", subject=row.user, actor="system: recovery", now=now)
                ended += 1
    drafts = Recovery.objects.filter(state=State.DRAFT, started_at__lte=now - timedelta(days=1))
    for row in list(drafts.order_by("pk")[:500]):
        with transaction.atomic():
            _locked(row.user)
            if not Recovery.objects.filter(pk=row.pk, state=State.DRAFT).exists():
                continue
            for photo in row.evidence.all():
                transaction.on_commit(partial(files.remove, photo.file))
            row.evidence.all().delete()
            row.delete()
            ended += 1
    return ended


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _draft(user: User) -> Recovery:
    found = Recovery.objects.select_for_update().filter(user=user, state=State.DRAFT).first()
    if found is None:
        raise NothingToChange
    return found

"""In from the gateway: each file is kept with its hash and taken in once, in one transaction with all it brings about.

What is not signed, cut off, of another kind, or says what another message said under the same number is refused, kept,
and queued for people. The same file once more changes nothing and is counted.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from core import audit, policy
from ledger.calendar import business_date
from payments.clearing import signing
from payments.clearing.gateway import Gateway, Incoming
from payments.clearing.messages import incoming as reading
from payments.clearing.messages.incoming import Message
from payments.clearing.messages.safe import Unreadable
from payments.clearing.models import InboundFile, RepairItem
from payments.clearing.services import applying, reconciling, repairs

log = structlog.get_logger(__name__)
WORKER = "system: clearing"
TAKEN, REFUSED = InboundFile.State.TAKEN, InboundFile.State.REFUSED


@dataclass(slots=True)
class Counted:
    """What became of the files of one round."""

    taken: int = 0
    repeated: int = 0
    refused: int = 0


def take_in(*, gateway: Gateway, now: datetime) -> Counted:
    """This function will take in whatever the gateway has, each file by itself, and count what became of them.

    A file that cannot be worked on stays where it is for the next round, and its error is raised after the others.
    """
    most = int(policy.value("clearing.file_most_bytes", on=business_date(now)))
    counted = Counted()
    broken: Exception | None = None
    for each in gateway.collect(most_bytes=most):
        try:
            became = _take_once(each, now)
        except Exception as error:
            log.exception("clearing_file_not_taken", file=each.name[:120])
            broken = broken or error
            continue
        setattr(counted, became, getattr(counted, became) + 1)
        gateway.done(each)
    if broken is not None:
        raise broken
    return counted


def _take_once(each: Incoming, now: datetime) -> str:
    try:
        return take(each, now=now)
    except IntegrityError:  # another worker took the same file at this moment
        return take(each, now=now)


def take(each: Incoming, *, now: datetime) -> str:
    """This function will take one file in, or refuse it, and say which: "taken", "repeated" or "refused"."""
    try:
        message = _read(each)
    except Unreadable as error:
        return _refuse(each, error, now)
    if _repeated(each, TAKEN, now):
        return "repeated"
    try:
        with transaction.atomic():
            other = InboundFile.objects.filter(kind=message.kind, message_id=message.message_id, state=TAKEN)
            if other.exists():
                raise Unreadable("message_id", message.message_id)
            file = _keep(each, now, state=TAKEN, kind=message.kind, message_id=message.message_id)
            _apply(message, file, now)
            audit.record(
                act="clearing.file_taken",
                subject=f"clearing.file:{file.public_id}",
                actor=WORKER,
                after={"name": file.name, "sha256": file.digest, "kind": file.kind, "message": file.message_id},
                now=now,
            )
    except Unreadable as error:  # found out only beside what is known: nothing of the file stays
        return _refuse(each, error, now)
    return "taken"


def _read(each: Incoming) -> Message:
    if not each.well_named:
        raise Unreadable("name")
    if each.content is None:
        raise Unreadable("too_large", str(each.size))
    try:
        signing.verify(
            name=each.name, content=each.content, signature=each.signature, key=settings.CLEARING_KEY_IN, direction="in"
        )
    except signing.BadSignature as error:
        raise Unreadable("signature", str(error)) from error
    return reading.read(each.content)


def _apply(message: Message, file: InboundFile, now: datetime) -> None:
    if message.kind == "statement":
        for statement in message.statements:
            reconciling.take_statement(statement, file=file, now=now)
    else:
        applying.apply(message, file=file, now=now)


def _refuse(each: Incoming, error: Unreadable, now: datetime) -> str:
    """Keep a file that is not taken in, tell the trail, the log and the repair queue; a repeat is counted."""
    if _repeated(each, REFUSED, now, cause=error.cause):
        return "refused"
    with transaction.atomic():
        file = _keep(each, now, state=REFUSED, cause=error.cause, detail=error.detail[:300])
        repairs.queue(
            kind=RepairItem.Kind.FILE, cause=error.cause, said=f"{file.name} {error.detail}", file=file, now=now
        )
        audit.record(
            act="clearing.file_refused",
            subject=f"clearing.file:{file.public_id}",
            actor=WORKER,
            after={"name": file.name, "sha256": file.digest, "cause": error.cause},
            now=now,
        )
    log.error("clearing_file_refused", file=file.name, cause=error.cause, detail=file.detail)
    return "refused"


def _repeated(each: Incoming, state: InboundFile.State, now: datetime, cause: str = "") -> bool:
    """Count a file that came before and say so. Somebody replays it, or the gateway repeats itself: both are told."""
    rows = InboundFile.objects.filter(digest=each.digest, state=state, cause=cause)
    if state is REFUSED:
        rows = rows.filter(name=each.name[:120])
    with transaction.atomic():
        if not rows.update(deliveries=F("deliveries") + 1, last_at=now):
            return False
        audit.record(
            act="clearing.file_repeated",
            subject=f"clearing.file:{rows.values_list('public_id', flat=True)[0]}",
            actor=WORKER,
            after={"name": each.name[:120], "sha256": each.digest},
            now=now,
        )
    log.warning("clearing_file_repeated", file=each.name[:120], sha256=each.digest)
    return True


def _keep(each: Incoming, now: datetime, **what: str) -> InboundFile:
    return InboundFile.objects.create(
        name=_printable(each.name),
        digest=each.digest,
        size=each.size,
        content=each.content or b"",
        received_at=now,
        last_at=now,
        **what,
    )


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:120]

"""In from the gateway: each file is kept with its hash and taken in once, in one transaction with all it brings about.

What is not signed, cut off, of another kind, or says what another message said under the same number is refused, kept,
and queued for people. The same file once more changes nothing and is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.module_loading import import_string

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
TAKEN, REFUSED = InboundFile.State.TAKEN, InboundFile.State.REFUSED


@dataclass(slots=True)
class Counted:
    """What became of the files of one round."""

    taken: int = 0
    repeated: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """Where files come from: what their signatures say of it, who sends them, and who does what they ask.

    `sender` and `apply` raise Unreadable over a message that this way does not bring.
    """

    name: str  # as the trail names what happens to its files
    room: str  # whose items for repair they are; "" is this room
    direction: str  # as the signature says it
    sender: Callable[[Message], str]
    apply: Callable[[Message, InboundFile, datetime], None]


class _Meanwhile(Exception):
    """Another worker has taken this very file in since this one looked."""


def take_in(*, gateway: Gateway, now: datetime, way: Way | None = None) -> Counted:
    """This function will take in whatever the gateway has, each file by itself, and count what became of them.

    A file that cannot be worked on stays where it is for the next round, and its error is raised after the others.
    """
    most = int(policy.value("clearing.file_most_bytes", on=business_date(now)))
    counted = Counted()
    broken: Exception | None = None
    for each in gateway.collect(most_bytes=most):
        try:
            became = _take_once(each, way or CLEARING, now)
        except Exception as error:
            log.exception("clearing_file_not_taken", file=each.name[:120])
            broken = broken or error
            continue
        setattr(counted, became, getattr(counted, became) + 1)
        gateway.done(each)
    if broken is not None:
        raise broken
    return counted


def _take_once(each: Incoming, way: Way, now: datetime) -> str:
    try:
        return take(each, way=way, now=now)
    except IntegrityError:  # another worker took the same file at this moment
        return take(each, way=way, now=now)


def take(each: Incoming, *, way: Way | None = None, now: datetime) -> str:
    """This function will take one file in, or refuse it, and say which: "taken", "repeated" or "refused"."""
    way = way or CLEARING
    try:
        message = _read(each, way)
        sender = way.sender(message)
    except Unreadable as error:
        return _refuse(each, error, way, now)
    if _repeated(each, TAKEN, way, now):
        return "repeated"
    try:
        with transaction.atomic():
            about = {"kind": message.kind, "sender": sender, "message_id": message.message_id}
            before = InboundFile.objects.filter(**about, state=TAKEN).values_list("digest", flat=True).first()
            if before == each.digest:
                raise _Meanwhile
            if before is not None:
                raise Unreadable("message_id", message.message_id)
            file = _keep(each, now, state=TAKEN, **about)
            way.apply(message, file, now)
            audit.record(
                act=f"{way.name}.file_taken",
                subject=f"clearing.file:{file.public_id}",
                actor=f"system: {way.name}",
                after={"name": file.name, "sha256": file.digest, "kind": file.kind, "message": file.message_id},
                now=now,
            )
    except _Meanwhile:
        _repeated(each, TAKEN, way, now)
        return "repeated"
    except Unreadable as error:  # found out only beside what is known: nothing of the file stays
        return _refuse(each, error, way, now)
    return "taken"


def _read(each: Incoming, way: Way) -> Message:
    if not each.well_named:
        raise Unreadable("name")
    if each.content is None:
        raise Unreadable("too_large", str(each.size))
    try:
        signing.verify(
            name=each.name,
            content=each.content,
            signature=each.signature,
            key=settings.CLEARING_KEY_IN,
            direction=way.direction,
        )
    except signing.BadSignature as error:
        raise Unreadable("signature", str(error)) from error
    return reading.read(each.content)


def _apply(message: Message, file: InboundFile, now: datetime) -> None:
    if message.kind == "statement":
        for statement in message.statements:
            reconciling.take_statement(statement, file=file, now=now)
    elif message.kind == "answer":
        import_string(settings.CLEARING_ANSWERS)(message.answers, file=file, now=now)
    else:
        applying.apply(message, file=file, now=now)


CLEARING = Way(name="clearing", room="", direction="in", sender=lambda _message: "", apply=_apply)


def _refuse(each: Incoming, error: Unreadable, way: Way, now: datetime) -> str:
    """Keep a file that is not taken in, tell the trail, the log and the repair queue; a repeat is counted."""
    if _repeated(each, REFUSED, way, now, cause=error.cause):
        return "refused"
    with transaction.atomic():
        file = _keep(each, now, state=REFUSED, cause=error.cause, detail=error.detail[:300])
        repairs.queue(
            kind=RepairItem.Kind.FILE,
            cause=error.cause,
            said=f"{file.name} {error.detail}",
            file=file,
            room=way.room,
            now=now,
        )
        audit.record(
            act=f"{way.name}.file_refused",
            subject=f"clearing.file:{file.public_id}",
            actor=f"system: {way.name}",
            after={"name": file.name, "sha256": file.digest, "cause": error.cause},
            now=now,
        )
    log.error(f"{way.name}_file_refused", file=file.name, cause=error.cause, detail=file.detail)
    return "refused"


def _repeated(each: Incoming, state: InboundFile.State, way: Way, now: datetime, cause: str = "") -> bool:
    """Count a file that came before and say so. Somebody replays it, or the gateway repeats itself: both are told."""
    rows = InboundFile.objects.filter(digest=each.digest, state=state, cause=cause)
    if state is REFUSED:
        rows = rows.filter(name=each.name[:120])
    with transaction.atomic():
        if not rows.update(deliveries=F("deliveries") + 1, last_at=now):
            return False
        audit.record(
            act=f"{way.name}.file_repeated",
            subject=f"clearing.file:{rows.values_list('public_id', flat=True)[0]}",
            actor=f"system: {way.name}",
            after={"name": each.name[:120], "sha256": each.digest},
            now=now,
        )
    log.warning(f"{way.name}_file_repeated", file=each.name[:120], sha256=each.digest)
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

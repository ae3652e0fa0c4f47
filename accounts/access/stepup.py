"""Step-up: a fresh proof for one act, bound to exactly what the person was shown.

    challenge = stepup.start(user=user, operation="payments.transfer", payload=shown, session=key, now=now)
    stepup.answer(user=user, challenge_id=challenge.id, code="123456", now=now)          # a request of its own
    with transaction.atomic():
        stepup.consume(user=user, challenge_id=challenge.id, operation="payments.transfer",
                       payload=shown, session=key, now=now)
        ...the money moves...

What is promised:

- An answer opens one act: the same operation, the same payload to the last letter, the same person and session, once,
  within five minutes (policy `stepup.life_minutes`). Anything else raises `Refused`, and nothing is used up.
- A code that has opened anything, a sign-in included, opens nothing more.
- Five wrong answers (policy `stepup.tries`) kill a question. Wrong answers are also counted per person and operation,
  so a new question does not set them back; the wait grows from half a minute to an hour.
- With a passkey the binding is cryptographic: what the device signs is derived from the nonce and the payload.
- Nothing here asks a cache or a broker.

`payload` is a mapping of text, whole numbers, booleans, None, lists and mappings. Amounts are minor units beside their
currency. `session` is the session's key; leave it out only where there is none (a command).
"""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, transaction

from accounts.access import backoff, factors, limits
from accounts.access.models import StepUp, WrongTries
from accounts.access.proof import Proof
from accounts.models import User
from core import audit, prepared

Payload = Mapping[str, Any]


class Refused(Exception):
    """The act may not go ahead on this answer."""


class Unknown(Refused):
    """There is no such question for this person."""


class Expired(Refused):
    """The question is older than five minutes."""


class WrongCode(Refused):
    """The code is wrong, was used before, or the passkey signed something else."""


class TooManyTries(Refused):
    """Too many wrong answers; `until` says when another is looked at, None that this question is dead."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__(until)
        self.until = until


class NoFactor(Refused):
    """The person has no second factor yet."""


class NeedsPasskey(Refused):
    """This act takes a passkey; a code does not open it. Nothing was counted."""


class Unanswered(Refused):
    """The question has not been answered rightly."""


class Changed(Refused):
    """Operation, payload or session are not those that were shown."""


class Used(Refused):
    """The answer has already opened its act."""


@dataclass(frozen=True)
class Challenge:
    """A question as the page needs it; `to_sign` is what a passkey signs."""

    id: uuid.UUID
    operation: str
    expires_at: datetime
    to_sign: bytes


def start(
    *, user: User, operation: str, payload: Payload, session: str = "", proof: Proof = Proof.ANY, now: datetime
) -> Challenge:
    """This function will put a question to a person about one act. Raises TypeError for a payload it cannot spell.

    `proof` is the least that answers it; whoever consumes the answer passes `bound(payload, proof)`.
    """
    nonce, payload = secrets.token_bytes(32), bound(payload, proof)
    row = StepUp.objects.create(
        user=user,
        operation=operation,
        proof=proof.value,
        nonce=nonce,
        digest=_digest(user=user, operation=operation, payload=payload, session=session, nonce=nonce),
        created_at=now,
        expires_at=now + timedelta(minutes=limits.figure("stepup.life_minutes", now)),
    )
    return _challenge(row)


def bound(payload: Payload, proof: Proof) -> Payload:
    """This function will write the proof an act asks for into what is approved, so that a weaker answer is for
    something else."""
    return payload if proof is Proof.ANY else {**payload, "proof": proof.value}


def pending(*, user: User, challenge_id: uuid.UUID, now: datetime) -> Challenge | None:
    """This function will find a question that still waits for its answer or its act, to show it again."""
    row = StepUp.objects.filter(
        public_id=challenge_id, user=user, used_at__isnull=True, expires_at__gt=now, tries__lt=_tries(now)
    ).first()
    return _challenge(row) if row else None


def answer(
    *,
    user: User,
    challenge_id: uuid.UUID,
    code: str = "",
    assertion: Mapping[str, Any] | None = None,
    host: str = "",
    now: datetime,
) -> None:
    """This function will take a person's answer: a code, or what a passkey signed on `host`.

    Its own transaction, so that a wrong try stays counted whatever follows. A question that was answered rightly
    stays answered. Raises Unknown, Expired, TooManyTries, NoFactor, NeedsPasskey, WrongCode.
    """
    with transaction.atomic(durable=True):
        refusal = _answer(user, challenge_id, code, assertion, host, now)
        if refusal is not None:
            _record(user, challenge_id, refusal, now)
    if refusal is not None:
        raise refusal


def consume(
    *, user: User, challenge_id: uuid.UUID, operation: str, payload: Payload, session: str = "", now: datetime
) -> datetime:
    """This function will use a right answer up for its act, inside the caller's transaction; answers when it was asked.

    Locks the question, so that of many at once exactly one goes ahead. Raises Unknown, Changed, Used, Expired,
    Unanswered; a refusal undoes the transaction whatever the caller does. It may be handed to `report` afterwards.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("consume() belongs into the transaction of the act")
    found = prepared.rows(_CONSUME, asked_with(user, challenge_id, now))
    try:
        return judge(found, user=user, operation=operation, payload=payload, session=session, now=now)
    except Refused:
        transaction.set_rollback(True)  # the statement has used up what is only now found to be for another act
        raise


# One round trip. The lock waits for whoever was first and then reads what they left; only what is left is used up. An
# act whose own first statement has these two before it saves even that: it hands what it reads to `judge`, and undoes
# its transaction when it does not go ahead.
USE_UP = """
    question AS (
        SELECT id, operation, nonce, digest, used_at, expires_at, verified_at, created_at
          FROM access_stepup WHERE public_id = %s::uuid AND user_id = %s FOR UPDATE
    ), used AS (
        UPDATE access_stepup s SET used_at = %s FROM question q
         WHERE s.id = q.id AND q.used_at IS NULL AND q.verified_at IS NOT NULL AND q.expires_at > %s
    )
"""
COLUMNS = "operation, nonce, digest, used_at, expires_at, verified_at, created_at"
_CONSUME = f"WITH {USE_UP} SELECT {COLUMNS} FROM question"  # noqa: S608 - our words


def asked_with(user: User | None, challenge_id: uuid.UUID | None, now: datetime) -> list[Any]:
    """This function will give the values of `USE_UP`; without a question it finds none."""
    return [challenge_id, user.pk if user is not None else None, now, now]


def judge(
    found: Sequence[prepared.Row], *, user: User, operation: str, payload: Payload, session: str, now: datetime
) -> datetime:
    """This function will say when a question was put that opens this act, as it was before it was used up.

    Raises Unknown, Changed, Used, Expired, Unanswered: then the transaction must not stand.
    """
    if not found:
        raise Unknown
    ((asked, nonce, shown, used_at, expires_at, verified_at, asked_at),) = found
    digest = _digest(user=user, operation=operation, payload=payload, session=session, nonce=bytes(nonce))
    if asked != operation or not hmac.compare_digest(bytes(shown), digest):
        raise Changed
    if used_at is not None:
        raise Used
    if expires_at <= now:
        raise Expired
    if verified_at is None:
        raise Unanswered
    return cast("datetime", asked_at)


def report(*, user: User, challenge_id: uuid.UUID | None, refusal: Refused, now: datetime) -> None:
    """This function will leave one audit row about a refused act, after its transaction has been undone."""
    with transaction.atomic():
        _record(user, challenge_id, refusal, now)


def forget_old(*, now: datetime) -> int:
    """This function will delete the questions that expired more than a day ago, and answer how many."""
    return StepUp.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def _answer(
    user: User,
    challenge_id: uuid.UUID,
    code: str,
    assertion: Mapping[str, Any] | None,
    host: str,
    now: datetime,
) -> Refused | None:
    row = StepUp.objects.filter(public_id=challenge_id, user=user).first()
    if row is None:
        return Unknown()
    # The tries first, then the question: whoever answers two questions at once waits here.
    WrongTries.objects.get_or_create(user=user, purpose=row.operation)
    tries = WrongTries.objects.select_for_update().get(user=user, purpose=row.operation)
    row = StepUp.objects.select_for_update().get(pk=row.pk)
    if row.verified_at is not None and row.expires_at > now:
        return None
    if refusal := _not_now(user, row, tries, now) or _too_weak(row, assertion):
        return refusal
    verdict = _prove(user, row, code, assertion, host, now)
    if verdict.device is not None:
        row.verified_at = now
        row.save(update_fields=["verified_at"])
        tries.failures, tries.last_failure_at = 0, None
        tries.save(update_fields=["failures", "last_failure_at"])
        return None
    row.tries += 1
    row.save(update_fields=["tries"])
    tries.failures += 1
    tries.last_failure_at = now
    tries.save(update_fields=["failures", "last_failure_at"])
    if row.tries >= _tries(now) or verdict.wait_until:
        return TooManyTries(verdict.wait_until)
    return WrongCode()


def _not_now(user: User, row: StepUp, tries: WrongTries, now: datetime) -> Refused | None:
    """Say why no answer is looked at."""
    if row.expires_at <= now:
        return Expired()
    if row.tries >= _tries(now):
        return TooManyTries(None)
    if until := backoff.locked_until(failures=tries.failures, last=tries.last_failure_at, now=now):
        return TooManyTries(until)
    if not Authenticator.objects.filter(user=user).exists():
        return NoFactor()
    return None


def _too_weak(row: StepUp, assertion: Mapping[str, Any] | None) -> Refused | None:
    return NeedsPasskey() if row.proof == Proof.PASSKEY and assertion is None else None


def _prove(
    user: User, row: StepUp, code: str, assertion: Mapping[str, Any] | None, host: str, now: datetime
) -> factors.Verdict:
    if assertion is None:
        return factors.verify_code(user=user, code=code, now=now)
    return factors.Verdict(
        factors.verify_passkey(user=user, assertion=assertion, challenge=_to_sign(row), host=host, now=now)
    )


def _tries(now: datetime) -> int:
    return limits.figure("stepup.tries", now)


def _record(user: User, challenge_id: uuid.UUID | None, refusal: Refused, now: datetime) -> None:
    audit.record(
        act="access.stepup_refused",
        subject=user,
        actor=user,
        after={"challenge": str(challenge_id or "")},
        reason=type(refusal).__name__,
        now=now,
    )


def _challenge(row: StepUp) -> Challenge:
    return Challenge(id=row.public_id, operation=row.operation, expires_at=row.expires_at, to_sign=_to_sign(row))


def _to_sign(row: StepUp) -> bytes:
    return hashlib.sha256(b"accounts.access.stepup\x00" + bytes(row.nonce) + bytes(row.digest)).digest()


def _digest(*, user: User, operation: str, payload: Payload, session: str, nonce: bytes) -> bytes:
    shown = _spell({"user": str(user.public_id), "operation": operation, "session": session, "payload": payload})
    key = hashlib.sha256(b"accounts.access.stepup\x00" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, nonce + shown.encode(), hashlib.sha256).digest()


def _spell(value: Any) -> str:
    """Write a payload in exactly one way. A float is refused: two spellings of it may mean one number."""
    return json.dumps(_checked(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _checked(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("a payload's names are text")
        return {name: _checked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(inner) for inner in value]
    raise TypeError(f"a step-up payload cannot hold {type(value).__name__}: give text or whole numbers")

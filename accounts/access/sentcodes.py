"""Codes sent to an e-mail address or a mobile number, typed back in the session that asked for them.

One engine for registering, for a new password and for a new address or number, for mail and for text messages. What is
promised:

- Six digits from a CSPRNG, good for one purpose, one place and one session, once, for as long as the policy says. The
  session keeps a keyed digest, never the code. A new code voids the one before.
- Wrong tries are counted per place and purpose, whoever asks: a new code or another session does not set them back.
- Where nobody is (or somebody is already), everything happens alike: the same page, the same number of mails and
  texts, the same work; only what the mail says differs, and no code is right.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest

from accounts.access import letters
from accounts.access.limits import figure
from accounts.contacts import Contact, Kind
from accounts.models import User

KEY = "sent_code"  # in the session
DIGITS = 6


class Refused(Exception):
    """No code is sent, or the typed one is not taken."""


class AskedTooOften(Refused):
    """A code was sent there a moment ago, or as many as a day allows."""


class TooManyTries(Refused):
    """So many wrong tries that none is looked at for a while."""


class Wrong(Refused):
    """The code is not right."""


class Dead(Refused):
    """The code is not right, and after this try no code of this session is."""


@dataclass(frozen=True)
class Sent:
    """A code on its way. `user_id` is None where it opens nothing."""

    purpose: str
    contact: Contact
    user_id: int | None
    nonce: str
    digest: str
    at: float
    tries: int = 0
    confirmed: bool = False
    next_url: str = ""

    def minutes(self, now: datetime) -> int:
        """How long such a code is good for."""
        return life(self.contact, now)


def life(contact: Contact, now: datetime) -> int:
    """This function will say for how many minutes a code sent to a contact is good."""
    return figure("code.sms_life_minutes" if contact.is_phone else "code.mail_life_minutes", now)


def begin(
    *,
    request: HttpRequest,
    purpose: str,
    contact: Contact,
    user: User | None,
    next_url: str = "",
    now: datetime,
) -> Sent:
    """This function will send a code for a purpose, or what is said instead where there is nobody (`user` None).

    Raises AskedTooOften and accounts.inbox.sms.TooMany.
    """
    if not ratelimit.consume(
        request, app="allauth.account", action="code_sent", key=f"{purpose}:{contact.kind}:{contact.value}"
    ):
        raise AskedTooOften
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    nonce = secrets.token_hex(16)
    sent = Sent(
        purpose=purpose,
        contact=contact,
        user_id=user.pk if user else None,
        nonce=nonce,
        digest=_digest(purpose, contact, nonce, code),
        at=now.timestamp(),
        next_url=next_url,
    )
    letters.send_code(
        request=request,
        purpose=purpose,
        contact=contact,
        user=user,
        code=code,
        minutes=life(contact, now),
        now=now,
    )
    _keep(request, sent)
    return sent


def again(*, request: HttpRequest, sent: Sent, now: datetime) -> Sent:
    """This function will send another code in place of the one before. Raises as `begin` does."""
    user = User.objects.filter(pk=sent.user_id).first() if sent.user_id else None
    fresh = begin(
        request=request, purpose=sent.purpose, contact=sent.contact, user=user, next_url=sent.next_url, now=now
    )
    fresh = replace(fresh, tries=sent.tries)
    _keep(request, fresh)
    return fresh


def pending(*, request: HttpRequest, purpose: str, now: datetime) -> Sent | None:
    """This function will find the code this session waits for, or None when there is none, or it is too old."""
    held = request.session.get(KEY)
    if not isinstance(held, dict) or held.get("purpose") != purpose:
        return None
    sent = _read(held)
    if now - datetime.fromtimestamp(sent.at, tz=now.tzinfo) > timedelta(minutes=sent.minutes(now)):
        forget(request)
        return None
    return sent


def check(*, request: HttpRequest, sent: Sent, code: str, now: datetime) -> None:
    """This function will look at a typed code; when it is right the session may go on.

    Raises TooManyTries, Wrong, Dead. What a right code opens is the caller's: `sent.user_id` says for whom.
    """
    usage = ratelimit.consume(
        request,
        app="allauth.account",
        action="code_tried",
        key=f"{sent.purpose}:{sent.contact.kind}:{sent.contact.value}",
    )
    if not usage:
        raise TooManyTries
    right = hmac.compare_digest(_digest(sent.purpose, sent.contact, sent.nonce, code), sent.digest)
    if right and sent.user_id is not None:
        usage.rollback()
        _keep(request, replace(sent, confirmed=True, at=now.timestamp(), digest="used"))
        return
    sent = replace(sent, tries=sent.tries + 1)
    if sent.tries >= figure("code.tries", now):
        forget(request)
        raise Dead
    _keep(request, sent)
    raise Wrong


def forget(request: HttpRequest) -> None:
    """This function will let the session wait for no code."""
    request.session.pop(KEY, None)


def _keep(request: HttpRequest, sent: Sent) -> None:
    request.session[KEY] = {
        "purpose": sent.purpose,
        "kind": sent.contact.kind.value,
        "value": sent.contact.value,
        "user": sent.user_id,
        "nonce": sent.nonce,
        "digest": sent.digest,
        "at": sent.at,
        "tries": sent.tries,
        "confirmed": sent.confirmed,
        "next": sent.next_url,
    }


def _read(held: dict[str, Any]) -> Sent:
    return Sent(
        purpose=held["purpose"],
        contact=Contact(Kind(held["kind"]), held["value"]),
        user_id=held["user"],
        nonce=held["nonce"],
        digest=held["digest"],
        at=held["at"],
        tries=held["tries"],
        confirmed=held["confirmed"],
        next_url=held["next"],
    )


def _digest(purpose: str, contact: Contact, nonce: str, code: str) -> str:
    message = "\x00".join([purpose, contact.kind.value, contact.value, nonce, code])
    key = hashlib.sha256(b"accounts.access.sentcodes\x00" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()

"""Text messages, and letters to an address outside the inbox: what has to reach one number or one mailbox.

    sms.send(to=contact, text=words, purpose="code.register", source=ip, expires_at=…, now=now)

What is promised:

- A text stands in the database, sealed, with the transaction that asked for it, and leaves through the outbox: nobody
  waits for the gateway, and a gateway that fails is tried again and then parked where staff see it.
- A text that has outlived its use (a code) is not sent any more. What was sent is no longer kept: only that it was.
- Caps count before anything is written: per number and per source a day, for numbers abroad, and for the bank (the
  ceiling of what texts may cost). They count known and unknown people alike. A notice to somebody about their own
  security is counted and never refused.

The gateway is the class that `settings.SMS_GATEWAY` names. It takes a number (E.164), a text and a reference that is
the same when a text is tried again, and raises anything when it did not take the text.
"""

import hashlib
import hmac
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import contacts, vault
from accounts.contacts import Contact, Kind
from accounts.inbox.models import Dispatch
from core import outbox, policy
from core.outbox import Fact, outside_transaction

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "dispatch"  # what bodies are sealed for
FACT = "inbox.dispatch"
MOST_SHOWN = 50  # on the demo bank's page


class TooMany(Exception):
    """No further text may go there, from there, or at all today."""


class NoGateway(Exception):
    """No gateway is set up: settings.SMS_GATEWAY is empty."""


class Gateway(ABC):
    """What hands texts to a mobile network."""

    keeps_texts = False  # True: the words stay readable after they were handed over

    @abstractmethod
    def send(self, *, number: str, text: str, reference: str) -> None:
        """This function will hand a text over; raises whatever went wrong. `reference` marks a repeat as one."""


class DemoGateway(Gateway):
    """Sends nothing: the demo bank shows its texts on a page. `check --deploy` refuses it elsewhere."""

    keeps_texts = True

    def send(self, *, number: str, text: str, reference: str) -> None:  # noqa: ARG002 - it sends nothing
        if not settings.DEMO:
            raise NoGateway("the demo bank's gateway sends nothing")


def gateway() -> Gateway:
    """This function will make the gateway that settings name. Raises NoGateway, ImportError."""
    if not settings.SMS_GATEWAY:
        raise NoGateway("set PORTAL_SMS_GATEWAY to the dotted path of a gateway")
    found: Gateway = import_string(settings.SMS_GATEWAY)()
    return found


def send(
    *,
    to: Contact,
    text: str,
    purpose: str,
    subject: str = "",
    user: "User | None" = None,
    source: str | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> None:
    """This function will send a text to a number, or a letter to a mailbox, after the commit.

    It joins an open transaction or makes its own. `source` is the network address that asked: with it the caps are
    kept, without it (a notice to the person themselves) they are only counted. Raises TooMany.
    """
    with transaction.atomic():
        if to.is_phone:
            _count(to, source, now)
        dispatch = Dispatch.objects.create(
            kind=to.kind.value,
            to_sealed=to.seal(),
            to_index=to.index,
            subject=subject,
            body_sealed=vault.encrypt(text.encode(), PURPOSE),
            purpose=purpose,
            user=user,
            created_at=now,
            expires_at=expires_at,
        )
        outbox.record(kind=FACT, payload={"dispatch": str(dispatch.public_id)}, owner=dispatch, now=now)


@outside_transaction(at_most=timedelta(minutes=1))
def deliver(fact: Fact) -> None:
    """This handler will hand a text to the gateway, or a letter to the mail server, unless that was done before."""
    dispatch = Dispatch.objects.get(public_id=fact.payload["dispatch"])
    if dispatch.state != Dispatch.State.WAITING:
        return
    if dispatch.expires_at is not None and dispatch.expires_at <= fact.now:
        Dispatch.objects.filter(pk=dispatch.pk).update(state=Dispatch.State.EXPIRED, body_sealed=b"")
        return
    kept = _hand_over(dispatch)
    done = {"state": Dispatch.State.SENT, "sent_at": timezone.now()}
    Dispatch.objects.filter(pk=dispatch.pk).update(**(done if kept else {**done, "body_sealed": b""}))


@dataclass(frozen=True)
class Shown:
    """A text as the demo bank's page shows it."""

    to: str
    text: str
    at: datetime
    is_sent: bool


def shown(*, now: datetime) -> list[Shown]:
    """This function will list the latest texts of the demo bank with their words; elsewhere there are none."""
    if not settings.DEMO:
        return []
    rows = Dispatch.objects.filter(kind=Kind.PHONE.value, created_at__gt=now - timedelta(days=1)).order_by("-pk")
    return [
        Shown(
            contacts.opened(bytes(row.to_sealed)).shown,
            vault.decrypt(bytes(row.body_sealed), PURPOSE).decode(),
            row.created_at,
            row.state == Dispatch.State.SENT,
        )
        for row in rows[:MOST_SHOWN]
        if row.body_sealed
    ]


def forget_old(*, now: datetime) -> None:
    """This function will delete what is older than the policy keeps: texts that were sent or ran out, and counts."""
    before = now - timedelta(days=_figure("sms.keep_days", now))
    Dispatch.objects.filter(created_at__lt=before).exclude(state=Dispatch.State.WAITING).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inbox_tally WHERE day < %s", [timezone.localdate(before)])


def _hand_over(dispatch: Dispatch) -> bool:
    """Send, and say whether the words are to be kept."""
    text = vault.decrypt(bytes(dispatch.body_sealed), PURPOSE).decode()
    to = contacts.opened(bytes(dispatch.to_sealed), Kind(dispatch.kind))
    if to.is_phone:
        found = gateway()
        found.send(number=to.value, text=text, reference=str(dispatch.public_id))
        return found.keeps_texts
    EmailMessage(
        subject=" ".join(dispatch.subject.split()),
        body=text,
        to=[to.value],
        headers={"Message-ID": _message_id(dispatch), "Auto-Submitted": "auto-generated"},
    ).send()
    return False


def _message_id(dispatch: Dispatch) -> str:
    """A repeat carries the same id, by which mail programs show one; it tells a stranger nothing."""
    mark = hmac.new(settings.SECRET_KEY.encode(), f"dispatch:{dispatch.public_id}".encode(), hashlib.sha256)
    return f"<{mark.hexdigest()[:32]}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>')}>"


def _count(to: Contact, source: str | None, now: datetime) -> None:
    """Count one more text under each cap; a full one raises TooMany, which undoes the counts before it."""
    day = timezone.localdate(now)
    caps = [(f"number:{to.index[:40]}", "sms.number_daily_most")]
    if source:
        caps.append((f"source:{vault.blind_index(source, 'sms.source')[:40]}", "sms.source_daily_most"))
    if to.is_abroad:
        caps.append(("abroad", "sms.abroad_daily_most"))
    caps.append(("all", "sms.daily_most"))
    for key, figure in caps:
        most = _figure(figure, now) if source is not None else None
        if not _one_more(day, key, most):
            raise TooMany(figure)


def _one_more(day: date, key: str, most: int | None) -> bool:
    """Whoever counts at the same moment waits here, so that a cap is never passed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inbox_tally AS t (day, key, count) VALUES (%(day)s, %(key)s, 1)
            ON CONFLICT (day, key) DO UPDATE SET count = t.count + 1
             WHERE %(most)s::int IS NULL OR t.count < %(most)s::int
            RETURNING count
            """,
            {"day": day, "key": key, "most": most},
        )
        return cursor.fetchone() is not None


def _figure(key: str, now: datetime) -> int:
    return cast("int", policy.value(key, on=timezone.localdate(now)))

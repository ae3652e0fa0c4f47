"""Sending and reading messages. Plain SQL where it is sent, so that the door can be imported before the models are."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import preferences
from accounts.preferences.events import EMAIL, SMS
from core import outbox

if TYPE_CHECKING:
    from accounts.models import User

MAIL_FACT = "inbox.mail"


class LeadsElsewhere(ValueError):
    """A message's link must be a path inside the portal."""


def send(
    *,
    user: "User",
    event: str,
    key: str,
    text: Callable[[], tuple[str, str]],
    link: str = "",
    now: datetime,
) -> bool:
    """This function will leave a message once, however often it is called, and answer whether this call left it.

    It joins an open transaction or makes its own. `text` answers (title, body) in the language that is active when it
    is called. Copies by e-mail and text message leave after the commit, as the person prefers for this event, where
    they can be reached so. Raises LeadsElsewhere.
    """
    if link and not _leads_here(link):
        raise LeadsElsewhere(link)
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            title, body = text()
        texts[language] = {"title": str(title), "body": str(body)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inbox_notice (public_id, user_id, event, key, texts, link, created_at)
            VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s)
            ON CONFLICT (user_id, key) DO NOTHING RETURNING id
            """,
            [uuid.uuid4(), user.pk, event, key, json.dumps(texts, ensure_ascii=False), link, now],
        )
        row = cursor.fetchone()
        if row is None:
            return False
        ways = preferences.channels(user=user, event=event)
        if SMS in ways:
            _text_copy(user, event, texts, now)
        if EMAIL in ways:
            outbox.record(kind=MAIL_FACT, payload={"notice": row[0]}, owner=user, now=now)
    return True


def _leads_here(link: str) -> bool:
    """Say whether a link is a path inside the portal. Browsers drop tabs and line breaks and read \\ as /."""
    inside = link.startswith("/") and not link.startswith(("//", "/\\"))
    return inside and link.isprintable() and " " not in link


def _text_copy(user: "User", event: str, texts: dict[str, dict[str, str]], now: datetime) -> None:
    """Send a copy to the person's confirmed mobile number: once, as it stands in the transaction of the message."""
    from accounts.inbox import sms  # reason: needs the models, and this door is imported before they are

    phone = user.phone if user.phone_verified_at else None
    if phone is None or not settings.SMS_GATEWAY:
        return
    words = texts.get(user.language) or texts[settings.LANGUAGE_CODE]
    bank = settings.BRAND["name"].get(user.language) or settings.BRAND["name"]["en"]
    with translation.override(user.language):
        text = _("[%(bank)s] %(title)s: %(body)s") % {"bank": bank, "title": words["title"], "body": words["body"]}
    sms.send(to=phone, text=text, purpose=f"notice.{event}"[:60], user=user, now=now)


def mark_read(*, user: "User", public_id: uuid.UUID, now: datetime) -> bool:
    """This function will note that a person has read one of their messages; False when they have none of this id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE inbox_notice SET read_at = coalesce(read_at, %s) WHERE user_id = %s AND public_id = %s RETURNING id
            """,
            [now, user.pk, public_id],
        )
        return cursor.fetchone() is not None


def mark_all_read(*, user: "User", until: datetime, now: datetime) -> int:
    """This function will note that a person has read everything sent to them up to `until`, and answer how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_notice SET read_at = %s WHERE user_id = %s AND read_at IS NULL AND created_at <= %s",
            [now, user.pk, until],
        )
        return int(cursor.rowcount)

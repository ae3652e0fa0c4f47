"""Reading messages, always through the person they are for."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.inbox.models import Notice
from accounts.preferences import queries as preferences
from core import prepared
from core.ui.look import Look
from core.ui.reader import Reader

if TYPE_CHECKING:
    from accounts.models import User

PAGE = 20
SHOWN_AT_MOST = 100  # the bell says 99+ from here on


_UNREAD = """
    SELECT count(*)
      FROM (SELECT 1 FROM inbox_notice WHERE user_id = %s AND read_at IS NULL LIMIT %s) AS unread
"""


def unread_count(user: "User") -> int:
    """This function will count a person's unread messages, up to a hundred, in one look at a small index."""
    ((count,),) = prepared.rows(_UNREAD, [user.pk, SHOWN_AT_MOST])
    return int(count)


_READER = f"""
    SELECT {preferences.COLUMNS},
           (SELECT count(*)
              FROM (SELECT 1 FROM inbox_notice WHERE user_id = %s AND read_at IS NULL LIMIT %s) AS unread)
      FROM (VALUES (1)) AS one LEFT JOIN preferences_preferences ON user_id = %s
"""  # noqa: S608 - the columns are the code's own words


def reader(user: "User") -> Reader:
    """This function will answer what the frame of every page needs of a person: look and unread messages, at once."""
    (row,) = prepared.rows(_READER, [user.pk, SHOWN_AT_MOST, user.pk])
    look: Look = preferences.look_of(row)
    if user.is_staff:
        look = look.with_(simple=False)  # the back office has one layout
    return Reader(look=look, unread=int(row[-1]), quick=preferences.quick_of(row), signed_in=True)


def notices_of(user: "User") -> QuerySet[Notice]:
    """This function will answer a person's messages, newest first."""
    return Notice.objects.filter(user=user).order_by("-created_at", "-id")


def page_of(user: "User", *, before: tuple[datetime, int] | None = None) -> tuple[list[Notice], bool]:
    """This function will answer one page of messages older than `before`, and whether there are more."""
    notices = notices_of(user)
    if before is not None:
        at, number = before
        notices = notices.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=number))
    found = list(notices[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def notice_of(user: "User", public_id: uuid.UUID) -> Notice | None:
    """This function will find one of a person's messages, or answer None."""
    return notices_of(user).filter(public_id=public_id).first()

"""Reading messages, always through the person they are for."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.inbox.models import MailWish, Notice
from core import prepared

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


def wants_mail(user: "User") -> bool:
    """This function will say whether a person wants copies by e-mail; they do until they say otherwise."""
    wish = MailWish.objects.filter(user=user).first()
    return wish is None or wish.wanted

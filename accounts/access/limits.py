"""How long sessions and step-ups live, from the policy table."""

from datetime import datetime, timedelta
from typing import cast

from django.utils import timezone

from core import policy


def figure(key: str, now: datetime) -> int:
    """This function will read one whole figure that counts today at the bank. Raises policy.UnknownPolicy."""
    return cast("int", policy.value(key, on=timezone.localdate(now)))


def idle(kind: str, now: datetime) -> timedelta:
    """This function will say how long a session of this kind (customer, staff) lives without a request."""
    return timedelta(minutes=figure(f"session.{kind}.idle_minutes", now))


def absolute(kind: str, now: datetime) -> timedelta:
    """This function will say how long a session of this kind (customer, staff) lives at all."""
    return timedelta(hours=figure(f"session.{kind}.absolute_hours", now))


def warned_after(kind: str, now: datetime) -> timedelta:
    """This function will say after how long without a request a person is warned: a minute before the end at least."""
    if kind == "staff":
        return idle(kind, now) - timedelta(minutes=1)
    return timedelta(minutes=figure("session.customer.warn_minutes", now))

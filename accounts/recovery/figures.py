"""The policy figures of this room, and the arithmetic of the wait."""

from datetime import date, datetime, timedelta
from typing import cast

from django.utils import timezone

from core import policy
from core.reviews.rules import Rule

REVIEWER, APPROVER = "reviewer", "approver"


def whole(name: str, now: datetime) -> int:
    """This function will read one whole figure of this room. Raises policy.UnknownPolicy."""
    return cast("int", policy.value(f"recovery.{name}", on=timezone.localdate(now)))


def waiting(now: datetime) -> timedelta:
    """This function will say how long nobody gets a new second step, however quickly it is decided."""
    return timedelta(hours=whole("waiting_hours", now))


def cooling_most(currency: str, on: date) -> object:
    """This function will read the most that leaves in a day after a new second step, as the table writes it.

    Raises policy.UnknownPolicy for a currency without.
    """
    return policy.value(f"recovery.cooling_daily.{currency.lower()}", on=on)


def rule(*, why: tuple[str, ...], now: datetime) -> Rule:
    """This function will make the rule of a case: two different people where something asks for it."""
    first: tuple[tuple[str, ...], ...] = ((REVIEWER, APPROVER),)
    return Rule(
        steps=(*first, (APPROVER,)) if why else first,
        hours=whole("review_due_hours", now),
        claim_minutes=whole("claim_minutes", now),
        why=why,
    )

"""What an observer of a figure stands on: a moment, people made when they are asked for, and a few ways of looking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from accounts.models import Customer, User
from ledger.calendar import business_date
from tests.factories import access, changes, identity
from tests.factories import payments as money


class Ground:
    """One observation's people; what it writes is undone before the next."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @property
    def today(self) -> date:
        return business_date(self.now)

    @cached_property
    def person(self) -> User:
        return access.person()

    @cached_property
    def customer(self) -> Customer:
        return money.customer(now=self.now)

    @cached_property
    def customer_to_be(self) -> Customer:
        return identity.make_customer(now=self.now)

    @cached_property
    def pair(self) -> money.Pair:
        return money.pair(now=self.now)

    def staff(self, *roles: str) -> User:
        return changes.staff(*roles)


Observe = Callable[[Ground], Any]


@dataclass(frozen=True)
class Watch:
    """Something the bank does that must differ once the figure does; `changed` is the other figure."""

    observe: Observe
    changed: str = ""


def other(kind: str, value: str) -> str:
    """A figure that is clearly another one."""
    if kind == "bool":
        return "false" if value == "true" else "true"
    if kind == "int":
        return str(int(value) * 2 + 1)
    if kind == "decimal":
        return str(float(value) / 2)
    raise AssertionError("a figure of words needs its other words: Watch(…, changed=…)")


def largest(passes: Callable[[int], bool], *, most: int = 10**15) -> int:
    """The largest whole number that passes, where every smaller one does; -1 where none."""
    low, high = -1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if passes(middle) else (low, middle - 1)
    return low


def outcome(act: Callable[[], Any]) -> str:
    """ "done", or the name of the refusal."""
    try:
        act()
    except Exception as refusal:  # noqa: BLE001 - whichever it is, its name is what is looked at
        return type(refusal).__name__
    return "done"

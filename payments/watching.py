"""What a higher room thinks of a payment that its payer has just approved: the door between payments and monitoring.

`settings.MONITOR` names the room's function `judge(moving, *, now) -> Verdict`, `settings.MONITOR_MANY` the one for
payments that go together, `judge_many(movings, *, now) -> list[Verdict]`, `settings.MONITOR_FOUND` the one that tells a
colleague afterwards what was found, `found(payment) -> list[Found]`. The judges are called in the transaction in which
the money would move, under the payer's lock, after limits and step-up and before anything is booked, so that two
payments of one payer are never judged side by side, and what is written stands exactly when the payment does.

A monitor that raises, hangs or answers nonsense has approved nothing: `judge` raises MonitorFailed, the transaction is
undone, and the payment is confirmed once more by what `unjudged` says.
"""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from core import policy
from ledger.calendar import business_date
from payments import figures


class Outcome(IntEnum):
    """What becomes of a payment, mildest first; of several rules the sternest counts."""

    ALLOW = 0  # it goes
    CASE = 1  # it goes, and a colleague looks at it
    STEP_UP = 2  # it goes with a code for exactly this payment, never without one
    DELAY = 3  # held until `until`, then it goes by itself; its payer may stop it until then
    CONFIRM = 4  # held until its payer says once more that it was them; given back at `until`
    REVIEW = 5  # held until a colleague decides; given back at `until`


@dataclass(frozen=True, slots=True)
class Moving:
    """A payment about to go, as the monitor sees it. Amount in minor units of the currency."""

    kind: str  # "own", "customer", "bank", "abroad": where it goes
    public_id: uuid.UUID
    payer_id: int
    source_id: int
    destination_id: int | None  # an account of this bank, where it is one
    payee: str  # what the payee is known by: "number" here, "bank number" elsewhere
    payee_since: datetime | None  # when the payer put them on the list; None: not on it
    amount: int
    currency: str
    by_code: bool  # approved with a code for this very payment
    channel: str = "online"
    own_desk: bool = False  # what is held of it waits on its room's own desk: the monitor opens no case for that


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of it. `alert` is the monitor's own record of why; None where nothing was hit."""

    outcome: Outcome
    until: datetime | None = None  # for DELAY, CONFIRM and REVIEW
    alert: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found of a payment. `sentence` is called in the language of its reader, who is a colleague."""

    code: str
    version: int
    live: bool
    sentence: Callable[[], str]
    measured: Mapping[str, Any]


class MonitorFailed(Exception):
    """The monitor gave no verdict. The transaction may be broken; nothing was approved by that."""


class MonitorLate(MonitorFailed):
    """It took longer than it may, and was called off."""


TOGETHER = 10  # times what one payment may take: what many that go together may take, however many they are


def judge(moving: Moving, *, now: datetime) -> Verdict:
    """This function will ask the monitor about a payment. Raises MonitorFailed when it gives no verdict.

    Its questions to the database are called off when they take longer than the policy allows
    (`transfer.judge_milliseconds`), without a round trip of their own. A connection that is lost meanwhile is no
    failure of the monitor: it is raised as it came, as anywhere else in the payment.
    """
    return _asked(lambda: [import_string(settings.MONITOR)(moving, now=now)], 1, now)[0]


def judge_many(movings: Sequence[Moving], *, now: datetime) -> list[Verdict]:
    """This function will ask the monitor about payments that go together, in their order.

    Each counts for those behind it as if it had gone a moment before. Raises MonitorFailed when it gives no verdict on
    one of them, MonitorLate when it was called off, and as `judge`.
    """
    if not movings:
        return []
    return _asked(lambda: import_string(settings.MONITOR_MANY)(movings, now=now), len(movings), now)


def _asked(ask: Callable[[], Any], number: int, now: datetime) -> list[Verdict]:
    most = milliseconds_for(now) * min(number, TOGETHER)
    called_off = _CalledOff(most)
    try:
        with called_off:
            found = ask()
        sound = isinstance(found, list) and len(found) == number and all(_is_sound(one, now) for one in found)
    except Exception as failure:
        if _is_lost(connection.connection):
            raise
        raise (MonitorLate if called_off.late else MonitorFailed) from failure
    if not sound:
        raise MonitorFailed(f"no verdict: {found!r}"[:200])
    verdicts: list[Verdict] = found
    return verdicts


def found(payment: uuid.UUID) -> list[Found]:
    """This function will tell what the rules found of a payment that was judged, for the colleague who decides it."""
    rules: list[Found] = import_string(settings.MONITOR_FOUND)(payment)
    return rules


def milliseconds_for(now: datetime) -> int:
    """This function will read how long the monitor may take for its verdict."""
    return int(policy.value("transfer.judge_milliseconds", on=business_date(now)))


def unjudged(moving: Moving, *, now: datetime) -> Verdict:
    """This function will say what becomes of a payment on which the monitor gave no verdict.

    A small sum (policy `transfer.unjudged_most.<currency>`) to somebody who is on the payer's list for longer than the
    cooling time goes. Everything else is held; so is every sum in a currency without a figure.
    """
    today = business_date(now)
    known = moving.payee_since is not None and not figures.is_young(moving.payee_since, now=now)
    try:
        most = figures.minor(f"transfer.unjudged_most.{moving.currency.lower()}", moving.currency, today)
    except policy.UnknownPolicy:
        most = 0
    if known and moving.amount <= most:
        return Verdict(Outcome.ALLOW)
    return Verdict(Outcome.REVIEW, now + timedelta(hours=int(policy.value("transfer.unjudged_hours", on=today))))


def everything_goes(moving: Moving, *, now: datetime) -> Verdict:  # noqa: ARG001 - the door's shape
    """This function will let every payment go: what a bank names that watches its payments elsewhere."""
    return Verdict(Outcome.ALLOW)


def all_go(movings: Sequence[Moving], *, now: datetime) -> list[Verdict]:
    """This function will let all that go together go, as `everything_goes`."""
    return [everything_goes(moving, now=now) for moving in movings]


def _is_sound(found: Any, now: datetime) -> bool:
    """Say whether an answer is a verdict, with its end where the payment would be held."""
    if not isinstance(found, Verdict) or not isinstance(found.outcome, Outcome):
        return False
    return found.outcome <= Outcome.STEP_UP or (found.until is not None and found.until > now)


def _is_lost(raw: Any) -> bool:
    """Say whether the connection to the database is gone, which undoes the payment whatever the monitor thinks."""
    return raw is None or bool(raw.closed)


class _CalledOff:
    """Calls off what this connection asks the server when it takes too long; raises TimeoutError when it did.

    A watcher of its own rather than `statement_timeout`: setting that and setting it back are two round trips.
    """

    def __init__(self, milliseconds: int) -> None:
        self.late = self._over = False
        self._raw, self._lock = connection.connection, threading.Lock()
        self._watcher = threading.Timer(milliseconds / 1000, self._call_off)
        self._watcher.daemon = True

    def __enter__(self) -> None:
        self._watcher.start()

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        with self._lock:  # after this no more is called off: what follows is not the monitor's
            self._over = True
        self._watcher.cancel()
        if self.late and kind is None:
            raise TimeoutError("the monitor took too long")

    def _call_off(self) -> None:
        with self._lock:
            if not self._over and isinstance(self._raw, psycopg.Connection):
                self.late = True
                self._raw.cancel_safe(timeout=5)

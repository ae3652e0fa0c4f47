"""The limits a customer sets: lower at once, higher after a wait that can be stopped, never above the bank's own."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.access import stepup
from accounts.models import Customer
from core import audit, policy
from ledger.calendar import business_date
from payments import figures, limits, notices, queries
from payments.limits import Which
from payments.models import OwnLimit

OPERATION = "payments.limit"
ONLINE = OwnLimit.Channel.ONLINE


class LimitRefused(Exception):
    """The limit stays as it was."""


class AboveTheBanks(LimitRefused):
    """Nobody sets this limit above `most` (minor units or transfers), the bank's own."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class UnknownLimit(LimitRefused):
    """There is no such limit, or none in this currency, or none that waits."""


class IsHigher(LimitRefused):
    """The value is higher than what counts now: it takes a step-up and a wait."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A higher limit that does not count yet."""

    public_id: uuid.UUID
    value: int
    counts_from: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One limit as its customer sees it; minor units of `currency`, or transfers."""

    which: Which
    currency: str
    value: int
    used: int
    most: int
    resets_on: date | None
    waiting: Waiting | None

    @property
    def left(self) -> int:
        """Say what is left of it; nothing when it was lowered below what is used."""
        return max(0, self.value - self.used)


def overview(*, customer: Customer, currency: str, now: datetime) -> list[Line]:
    """This function will list the limits of a customer in a currency, in two queries. Raises UnknownLimit."""
    today = business_date(now)
    standing = queries.standing(customer_id=customer.pk, currency=currency, now=now)
    try:
        value = standing.limits(currency=currency, on=today)
        most = figures.most_limits(currency=currency, on=today)
    except policy.UnknownPolicy:
        raise UnknownLimit from None
    rows = customer.own_limits.filter(channel=ONLINE, stopped_at=None, counts_from__gt=now)
    waits = {
        (row.which, row.currency): Waiting(row.public_id, row.value, row.counts_from)
        for row in rows
        if row.counts_from is not None
    }
    return [
        Line(
            which=which,
            currency=currency,
            value=value.of(which),
            used=standing.used.of(which),
            most=most.of(which),
            resets_on=limits.resets_on(which, today=today),
            waiting=waits.get((which.value, _unit(which, currency))),
        )
        for which in Which
    ]


def shown(*, which: Which, currency: str, before: int, value: int) -> Mapping[str, str | int]:
    """This function will spell out what a customer approves who asks for a higher limit: the payload of the step-up."""
    return {"limit": which.value, "currency": _unit(which, currency), "before": before, "value": value}


def lower(*, customer: Customer, which: Which, currency: str, value: int, now: datetime) -> bool:
    """This function will set a limit that is not higher than the one that counts, at once; says whether it changed.

    Whoever moves money is waited for, and everybody after sees the lower limit. A higher one that waits is stopped.
    Raises IsHigher, UnknownLimit.
    """
    with transaction.atomic():
        before = _locked(customer, which, currency, now)
        if value > before:
            raise IsHigher
        stopped = _stop_waiting(customer, which, currency, now)
        if value == before:
            return stopped
        made = _add(customer, which, currency, value, None, now)
        audit.record(
            act="payments.limit_lowered", subject=made, actor=customer.user,
            before={"value": before}, after=_after(made), now=now,
        )  # fmt: skip
        notices.limit_lowered(made, now=now)
    return True


def ask_higher(
    *,
    customer: Customer,
    which: Which,
    currency: str,
    before: int,
    value: int,
    challenge_id: uuid.UUID,
    session: str = "",
    now: datetime,
) -> datetime:
    """This function will note a higher limit that counts after the wait, and answer from when on.

    Starts a transaction and locks the customer; one that waits already is replaced, with a wait of its own. `before` is
    what the customer was shown as counting. Their notice leads to where it is stopped. Raises AboveTheBanks,
    UnknownLimit, and stepup.Refused.
    """
    with transaction.atomic(durable=True):
        if value > _most(which, currency, now):
            raise AboveTheBanks(_most(which, currency, now))
        if value <= _locked(customer, which, currency, now):
            raise UnknownLimit  # what was asked for is no longer higher
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who asks is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(which=which, currency=currency, before=before, value=value),
            session=session,
            now=now,
        )
        _stop_waiting(customer, which, currency, now)
        counts_from = now + timedelta(hours=wait_hours(now))
        made = _add(customer, which, currency, value, counts_from, now)
        audit.record(
            act="payments.limit_raise_asked", subject=made, actor=customer.user,
            before={"value": before}, after=_after(made), now=now,
        )  # fmt: skip
        notices.limit_raise_asked(made, now=now)
    return counts_from


def stop(*, customer: Customer, limit_id: uuid.UUID, now: datetime) -> bool:
    """This function will stop a higher limit that waits; says whether this call did. Raises UnknownLimit."""
    with transaction.atomic():
        queries.lock(customer)
        row = customer.own_limits.select_for_update().filter(public_id=limit_id, counts_from__isnull=False).first()
        if row is None:
            raise UnknownLimit
        if row.stopped_at is not None:
            return False
        if row.counts_from is not None and row.counts_from <= now:
            raise UnknownLimit  # it counts already: setting a lower one takes it back at once
        _stop(row, customer, now)
    return True


def wait_hours(now: datetime) -> int:
    """This function will read after how many hours a higher limit counts."""
    return int(policy.value("transfer.raise_hours", on=business_date(now)))


def _locked(customer: Customer, which: Which, currency: str, now: datetime) -> int:
    """Lock the customer, the queue of everything they move, and give the limit that counts."""
    queries.lock(customer)
    standing = queries.standing(customer_id=customer.pk, currency=currency, now=now)
    try:
        return standing.limits(currency=currency, on=business_date(now)).of(which)
    except policy.UnknownPolicy:
        raise UnknownLimit from None


def _most(which: Which, currency: str, now: datetime) -> int:
    try:
        return figures.most_limits(currency=currency, on=business_date(now)).of(which)
    except policy.UnknownPolicy:
        raise UnknownLimit from None


def _add(
    customer: Customer, which: Which, currency: str, value: int, counts_from: datetime | None, now: datetime
) -> OwnLimit:
    return OwnLimit.objects.create(
        customer=customer, channel=ONLINE, currency=_unit(which, currency), which=which.value, value=value,
        asked_at=now, counts_from=counts_from,
    )  # fmt: skip


def _stop_waiting(customer: Customer, which: Which, currency: str, now: datetime) -> bool:
    rows = customer.own_limits.filter(
        channel=ONLINE, which=which.value, currency=_unit(which, currency), counts_from__gt=now, stopped_at=None
    )
    found = list(rows)  # at most one: every change stops what waited before
    for row in found:
        _stop(row, customer, now)
    return bool(found)


def _stop(row: OwnLimit, customer: Customer, now: datetime) -> None:
    row.stopped_at = now
    row.save(update_fields=["stopped_at"])
    audit.record(act="payments.limit_raise_stopped", subject=row, actor=customer.user, after=_after(row), now=now)


def _after(row: OwnLimit) -> dict[str, str | int]:
    return {
        "limit": row.which,
        "channel": row.channel,
        "currency": row.currency,
        "value": row.value,
        "counts_from": row.counts_from.isoformat() if row.counts_from else "",
    }


def _unit(which: Which, currency: str) -> str:
    return "" if which.is_count else currency

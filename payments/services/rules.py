"""What stands before a transfer: the limits that count for its payer, and what confirming it takes."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from accounts.access.proof import Proof, required
from accounts.access.stepup import bound
from accounts.models import Customer
from accounts.recovery import queries as recovery
from core import policy
from ledger.calendar import business_date
from payments import asking, figures, limits
from payments.models import Transfer
from payments.queries import Standing
from payments.refusals import LimitReached, NotOffered, PayeeYoung, SecondStepYoung

OPERATION = "payments.transfer"
UNHURRIED = float("inf")  # seconds, where the page itself is being drawn and nobody has confirmed yet


class Moves(Protocol):
    """What of a transfer decides what it takes."""

    @property
    def kind(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...


class Shown(Protocol):
    """What of a transfer its payer is shown; a record and a locked draft both have it."""

    @property
    def public_id(self) -> uuid.UUID: ...
    @property
    def source_number(self) -> str: ...
    @property
    def destination_number(self) -> str: ...
    @property
    def shown_name(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def memo(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What confirming takes: a code or a passkey, unless `free` says why not; `total` is to be confirmed in words."""

    proof: Proof = Proof.ANY
    free: str = ""  # one of asking.Free, or POLICY
    total: int | None = None  # the sum of the day, minor units

    def binds(self, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """This method will write what is asked into what the payer approves: a lesser answer is for something else."""
        return bound(shown if self.total is None else {**shown, "sum_of_the_day": self.total}, self.proof)


POLICY = "policy"  # the bank asks nobody for a code here


def shown(transfer: Shown) -> Mapping[str, str | int]:
    """This function will spell out what the payer was shown and approves: the payload of the step-up."""
    return {
        "transfer": str(transfer.public_id),
        "from": transfer.source_number,
        "to": transfer.destination_number,
        "payee": transfer.shown_name,
        "amount": transfer.amount,
        "currency": transfer.currency,
        "memo": transfer.memo,
    }


def within_limits(
    customer: Customer,
    *,
    moves: Moves,
    standing: Standing,
    payee_since: datetime | None,
    gone_to_payee: Callable[[], int],
    now: datetime,
) -> None:
    """This function will refuse what passes a limit: the payer's, the bank's, a new payee's, a young second step's.

    `gone_to_payee` sums what the payer has sent to this payee on the day, minor units; it is asked only where the payer
    has set what one payee may get below what all may.

    Raises LimitReached, PayeeYoung, SecondStepYoung, and NotOffered for a currency without limits.
    """
    today, currency, amount = business_date(now), moves.currency, moves.amount
    if not figures.is_limited(kind=moves.kind, on=today):
        return
    try:
        allowed = standing.limits(currency=currency, on=today)
        to_young = figures.cooling_most(currency=currency, on=today)
        figures.large_sum(currency=currency, on=today)  # needed on the next page, and better missed here
    except policy.UnknownPolicy as missing:
        raise NotOffered(currency) from missing
    used = standing.used
    if allowed.payee_day < allowed.day:
        used = replace(used, payee_day=gone_to_payee())
    if breach := limits.breach(amount=amount, used=used, limits=allowed, today=today):
        raise LimitReached(breach, currency)
    if payee_since is not None and figures.is_young(payee_since, now=now) and standing.to_young + amount > to_young:
        until = payee_since + timedelta(hours=figures.cooling_hours(on=today))
        raise PayeeYoung(max(0, to_young - standing.to_young), to_young, currency, until)
    most = recovery.daily_most(customer=customer, currency=currency, now=now)
    if most is not None and standing.used.day + amount > most:
        raise SecondStepYoung(max(0, most - standing.used.day), currency, customer.careful_until)


def asked(
    moves: Moves, *, standing: Standing, careful_until: datetime | None, seconds: float | None, now: datetime
) -> Asked:
    """This function will say what confirming a transfer takes, after what was moved before on the same day.

    `seconds` is how long ago the check page was served; None where nobody can say: then no transfer is free of a code.
    Raises NotOffered where nobody has laid down what a large sum is in the currency.
    """
    today = business_date(now)
    to_own = moves.kind == Transfer.Kind.OWN
    if to_own and not policy.value("transfer.own.step_up", on=today):
        return Asked(free=POLICY)
    proof, total = Proof.ANY, None
    if not to_own:
        used = standing.used.day
        proof = required(operation=OPERATION, amount=moves.amount, currency=moves.currency, used_today=used, on=today)
        try:
            above = figures.large_sum(currency=moves.currency, on=today)
        except policy.UnknownPolicy as missing:
            raise NotOffered(moves.currency) from missing
        total = asking.large(amount=moves.amount, used_today=used, above=above)
    if not standing.freedoms:
        return Asked(proof=proof, total=total)
    free = asking.freed_by(
        asking.Context(
            amount=moves.amount,
            to_own=to_own,
            payee_trusted=standing.payee_trusted,
            payee_young=figures.is_young(standing.payee_since, now=now),
            careful=careful_until is not None and careful_until > now,
            passkey=proof is Proof.PASSKEY or total is not None,
            seconds=seconds,
            gone=standing.gone(moves.currency),
        ),
        caps=figures.caps(currency=moves.currency, on=today),
        human_seconds=int(policy.value("transfer.human_seconds", on=today)),
    )
    return Asked(proof=proof, free=free or "", total=total)

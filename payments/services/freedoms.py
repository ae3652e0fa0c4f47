"""Transfers without a code: allowed by the customer with a code, counted, taken back at once (trust.md C7)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.access import stepup
from accounts.models import Customer
from core import audit
from ledger.calendar import business_date
from payments import figures, notices, queries
from payments.asking import Caps, Free
from payments.models import Freedom, Payee

OPERATION = "payments.without_code"


class FreedomRefused(Exception):
    """Nothing was allowed or taken back."""


class NotOffered(FreedomRefused):
    """The bank has no caps for this kind in this currency, so every such transfer takes a code."""


class UnknownPayee(FreedomRefused):
    """The customer has no such payee."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of transfers as its customer sees it; minor units of `currency`."""

    kind: Free
    currency: str
    given: bool
    caps: Caps
    amount: int  # gone since the last code
    count: int

    @property
    def left(self) -> int:
        """Say how much more may go before the next code."""
        return max(0, self.caps.total - self.amount) if self.count < self.caps.count else 0


def overview(*, customer: Customer, currency: str, now: datetime) -> list[Line]:
    """This function will list what a customer may allow in a currency and what they did, in one query."""
    caps = figures.caps(currency=currency, on=business_date(now))
    held = {row.kind: row for row in customer.freedoms.filter(currency=currency)}
    found = []
    for kind, most in caps.items():
        row = held.get(kind.value)
        found.append(
            Line(
                kind=kind,
                currency=currency,
                given=row is not None and row.given_at is not None,
                caps=most,
                amount=row.amount if row else 0,
                count=row.count if row else 0,
            )
        )
    return found


def shown(*, kind: Free, currency: str, payee: str = "", now: datetime) -> Mapping[str, str | int]:
    """This function will spell out what a customer approves: the payload of the step-up. Raises NotOffered."""
    most = caps_of(kind, currency, now)
    return {
        "kind": kind.value,
        "currency": currency,
        "payee": payee,
        "payment": most.payment,
        "total": most.total,
        "count": most.count,
    }


def allow(
    *, customer: Customer, kind: Free, currency: str, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> bool:
    """This function will let a customer's transfers of one kind go without a code up to the caps.

    Says whether this call changed it. Starts a transaction and locks the customer; what has gone stays counted. Raises
    NotOffered and stepup.Refused.
    """
    with transaction.atomic(durable=True):
        queries.lock(customer)
        row = _row(customer, kind, currency)
        if row.given_at is not None:
            return False
        _consume(customer, shown(kind=kind, currency=currency, now=now), challenge_id, session, now)
        _give(row, customer, now)
    return True


def forbid(*, customer: Customer, kind: Free, currency: str, now: datetime) -> bool:
    """This function will ask for a code again from now on; says whether this call changed it."""
    with transaction.atomic():
        queries.lock(customer)
        row = customer.freedoms.filter(kind=kind.value, currency=currency, given_at__isnull=False).first()
        if row is None:
            return False
        row.given_at = None
        row.save(update_fields=["given_at"])
        audit.record(
            act="payments.code_wanted_again", subject=row, actor=customer.user, after=_named(row), now=now,
        )  # fmt: skip
    return True


def trust(
    *, customer: Customer, payee_id: uuid.UUID, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> bool:
    """This function will mark a payee as trusted: sums to them need no code, up to the caps.

    Says whether this call changed it. Starts a transaction and locks the customer. For a payee that is still new it
    counts once the cooling time is over. Raises UnknownPayee, NotOffered, stepup.Refused.
    """
    with transaction.atomic(durable=True):
        queries.lock(customer)
        payee = _payee(customer, payee_id)
        if payee.trusted_at is not None:
            return False
        currency = payee.bank_account.currency
        payload = shown(kind=Free.TRUSTED, currency=currency, payee=str(payee.public_id), now=now)
        _consume(customer, payload, challenge_id, session, now)
        row = _row(customer, Free.TRUSTED, currency)
        payee.trusted_at = now
        payee.save(update_fields=["trusted_at"])
        audit.record(act="payments.payee_trusted", subject=payee, actor=customer.user, now=now)
        _give(row, customer, now)
    return True


def distrust(*, customer: Customer, payee_id: uuid.UUID, now: datetime) -> bool:
    """This function will take the mark off a payee at once; says whether this call did. Raises UnknownPayee."""
    with transaction.atomic():
        queries.lock(customer)
        payee = _payee(customer, payee_id)
        if payee.trusted_at is None:
            return False
        payee.trusted_at = None
        payee.save(update_fields=["trusted_at"])
        audit.record(act="payments.payee_no_longer_trusted", subject=payee, actor=customer.user, now=now)
    return True


def _payee(customer: Customer, payee_id: uuid.UUID) -> Payee:
    payee = (
        Payee.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .filter(customer=customer, public_id=payee_id, state=Payee.State.ACTIVE)
        .first()
    )
    if payee is None:
        raise UnknownPayee
    return payee


def _row(customer: Customer, kind: Free, currency: str) -> Freedom:
    row, _made = Freedom.objects.get_or_create(customer=customer, kind=kind.value, currency=currency)
    return row


def _give(row: Freedom, customer: Customer, now: datetime) -> None:
    if row.given_at is None:
        row.given_at = now
        row.save(update_fields=["given_at"])
        audit.record(
            act="payments.without_code_allowed", subject=row, actor=customer.user, after=_named(row), now=now,
        )  # fmt: skip
    notices.freedom_given(row, now=now)


def _consume(
    customer: Customer, payload: Mapping[str, str | int], challenge_id: uuid.UUID, session: str, now: datetime
) -> None:
    stepup.consume(
        user=customer.user,  # type: ignore[arg-type]  # who allows it is signed in
        challenge_id=challenge_id,
        operation=OPERATION,
        payload=payload,
        session=session,
        now=now,
    )


def caps_of(kind: Free, currency: str, now: datetime) -> Caps:
    """This function will read how far one kind goes without a code. Raises NotOffered."""
    found = figures.caps(currency=currency, on=business_date(now)).get(kind)
    if found is None:
        raise NotOffered
    return found


def _named(row: Freedom) -> dict[str, str]:
    return {"kind": row.kind, "currency": row.currency}

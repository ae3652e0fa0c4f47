"""What is issued: reading and certifying. Amounts are minor units of the account's currency."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from accounts import paper_codes
from accounts.models import Customer
from accounts.queries import HeldAccount
from accounts.statements import queries
from accounts.statements.filters import Filter
from accounts.statements.models import BalanceCertificate, MonthlyStatement
from core import audit
from ledger.calendar import business_date


class NotYetOver(Exception):
    """A balance at the end of a business day is certified when the day is over."""


class BeforeOpening(Exception):
    """None of the accounts was open then. `first` is the first day that can be certified."""

    def __init__(self, first: date) -> None:
        super().__init__(first)
        self.first = first


@dataclass(frozen=True, slots=True)
class Certified:
    """The certificate; `repeated` when the same form had made it before."""

    certificate: BalanceCertificate
    repeated: bool


def statements_of(account: HeldAccount) -> list[MonthlyStatement]:
    """This function will list an account's statements, newest first, in one query."""
    return list(MonthlyStatement.objects.filter(bank_account_id=account.id).order_by("-month"))


def statement_of(account: HeldAccount, month: date) -> MonthlyStatement | None:
    """This function will find the statement of a month; None when it was not issued."""
    return MonthlyStatement.objects.filter(bank_account_id=account.id, month=month.replace(day=1)).first()


def lines_of(account: HeldAccount, statement: MonthlyStatement) -> Iterator[queries.Movement]:
    """This function will read the movements of a statement, oldest first, in chunks."""
    after = statement.first_number - 1
    while after < statement.last_number:
        rows = queries.chunk_after(account.ledger_account_id, Filter(), after=after)
        for row in rows:
            if row.number > statement.last_number:
                return
            yield row
        if not rows:
            return
        after = rows[-1].number


def at_end_of(ledger_account_ids: Sequence[int], day: date) -> dict[int, int]:
    """This function will say what was booked on accounts at the end of a business date, in one query.

    The present balance less everything whose business date is later: exact whatever was booked late.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AT_END_OF, {"accounts": list(ledger_account_ids), "day": day})
        return {row[0]: int(row[1]) for row in cursor.fetchall()}


_AT_END_OF = """
    SELECT a.id, a.balance - coalesce((SELECT sum(l.amount) FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
                                        WHERE l.account_id = a.id AND e.business_date > %(day)s), 0)
      FROM ledger_account a WHERE a.id = ANY (%(accounts)s)
"""


def certify(
    *, customer: Customer, accounts: Sequence[HeldAccount], day: date, key: uuid.UUID, now: datetime
) -> Certified:
    """This function will certify what a customer had on some own accounts at the end of a business date, once a form.

    Raises NotYetOver for today and later, BeforeOpening for a day before the first of the accounts was opened. Accounts
    opened after the day are left out. The same form again answers with what it made.
    """
    if not accounts or not all(account.is_owner for account in accounts):
        raise ValueError("only an owner's accounts are certified")
    if (before := BalanceCertificate.objects.filter(customer=customer, key=key).first()) is not None:
        return Certified(before, repeated=True)
    if day >= business_date(now):
        raise NotYetOver
    then = [account for account in accounts if account.opened_on <= day]
    if not then:
        raise BeforeOpening(min(account.opened_on for account in accounts))
    balances = at_end_of([account.ledger_account_id for account in then], day)
    try:
        with transaction.atomic():
            made = BalanceCertificate.objects.create(
                customer=customer,
                key=key,
                code=paper_codes.new_code(),
                holder=customer.legal_name,
                at_end_of=day,
                balances=[
                    {
                        "number": account.number,
                        "currency": account.currency,
                        "balance": balances[account.ledger_account_id],
                    }
                    for account in then
                ],
                issued_at=now,
            )
            audit.record(
                act="statements.balance_certified",
                subject=f"statements.certificate:{made.public_id}",
                actor=customer.user,
                after={"at_end_of": day.isoformat(), "accounts": len(then)},
                now=now,
            )
    except IntegrityError:
        before = BalanceCertificate.objects.filter(customer=customer, key=key).first()
        if before is None:
            raise
        return Certified(before, repeated=True)
    return Certified(made, repeated=False)


def certificates_of(customer: Customer, *, most: int = 20) -> list[BalanceCertificate]:
    """This function will list a customer's latest certificates, newest first."""
    return list(BalanceCertificate.objects.filter(customer=customer).order_by("-issued_at", "-id")[:most])


def certificate_of(customer: Customer, public_id: uuid.UUID) -> BalanceCertificate | None:
    """This function will find one certificate of a customer; another's does not exist."""
    return BalanceCertificate.objects.filter(customer=customer, public_id=public_id).first()


def certificate_by_code(code: str) -> BalanceCertificate | None:
    """This function will find the certificate that carries a code, for whoever holds the paper."""
    return BalanceCertificate.objects.filter(code=code).first()


def yesterday(now: datetime) -> date:
    """This function will give the last business date that is over."""
    return business_date(now) - timedelta(days=1)

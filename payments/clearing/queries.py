"""What this room reads. A customer's payments are reached through the customer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Customer
from ledger import balances
from ledger.models import Account
from ledger.money import Money
from payments import queries as payments
from payments.clearing import causes
from payments.clearing.models import OtherPayee, Payment, RepairItem, Statement, StatementEntry, Step
from payments.clearing.states import IN_FLIGHT, UNCONFIRMED, State
from payments.models import Holding
from payments.queries import OwnEnd


def lock_customer(customer: Customer) -> Customer:
    """This function will lock the payer's row, the queue of everything they move, and read it anew."""
    return Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.pk)


def source_of(customer: Customer, public_id: uuid.UUID) -> OwnEnd | None:
    """This function will find an account the customer may dispose of."""
    return payments.own_ends(customer, [public_id]).get(public_id)


def locked(rows: Any, public_id: uuid.UUID) -> Payment | None:
    """This function will lock one payment among these and read it with its account. Needs an open transaction."""
    found: Payment | None = (
        rows.select_for_update(of=("self",)).select_related("source", "payer__user").filter(public_id=public_id).first()
    )
    return found


def locked_by_reference(references: set[str]) -> dict[str, Payment]:
    """This function will lock the confirmed payments of these references, always in the same order."""
    rows = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("source", "payer__user", "batch")
        .defer("batch__content")
        .filter(reference__in=references, confirmed_at__isnull=False)
        .order_by("pk")
    )
    return {payment.reference: payment for payment in rows}


def payment_of(customer: Customer, public_id: uuid.UUID) -> Payment | None:
    """This function will find one payment of a customer, in whatever state, with its account."""
    found: Payment | None = customer.bank_payments.select_related("source").filter(public_id=public_id).first()
    return found


def under_way(customer: Customer, *, limit: int) -> list[Payment]:
    """This function will list a customer's latest payments to other banks, newest first, in one query.

    Those they have confirmed: what is held or was given back too, at the moment of the confirmation that it had.
    """
    held_at = Holding.objects.filter(payment=OuterRef("public_id")).values("held_at")
    return list(
        customer.bank_payments.exclude(state__in=UNCONFIRMED)
        .annotate(approved_at=Coalesce(Subquery(held_at), "confirmed_at"))
        .order_by("-approved_at", "-pk")[:limit]
    )


def payees_of(customer: Customer) -> list[OtherPayee]:
    """This function will list the payees at other banks that a customer keeps, favourites first, in one query."""
    return list(customer.other_payees.filter(archived_at=None).order_by("-favourite", "name", "pk"))


def payee_of(customer: Customer, public_id: uuid.UUID) -> OtherPayee | None:
    """This function will find one of them."""
    found: OtherPayee | None = customer.other_payees.filter(archived_at=None, public_id=public_id).first()
    return found


def steps_of(payment: Payment) -> list[Step]:
    """This function will list what happened to a payment, oldest first."""
    return list(payment.steps.order_by("pk"))


def in_flight(currency: str) -> int:
    """This function will sum the payments whose money is in clearing, in minor units."""
    rows: QuerySet[Payment] = Payment.objects.filter(state__in=IN_FLIGHT, currency=currency)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def in_clearing(currency: str) -> int:
    """This function will read the balance of the clearing account: always what is in flight."""
    return balance("clearing", currency)


def balance(name: str, currency: str) -> int:
    """This function will read the balance of one of the bank's own accounts, in minor units; 0 where there is none."""
    found = Account.objects.filter(code=f"{name}:{currency}").values_list("pk", flat=True).first()
    return balances.of([found])[found].booked if found else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Books and statements of the nostro, from our side, in minor units: the statement is the sum of the others."""

    statement: int
    books: int
    outstanding: int
    open: int

    @property
    def unexplained(self) -> int:
        return self.statement - self.books - self.outstanding - self.open


def compare(*, currency: str, closing: int) -> Comparison:
    """This function will compare the newest statement with the books as they stand now.

    `outstanding` takes back what we have booked and no statement shows yet; `open` is what statements show and we have
    not booked. An asset reads negative in the books, so its sign is turned.
    """
    settled = Payment.objects.filter(currency=currency, settlement__isnull=False)
    shown = StatementEntry.objects.filter(state=StatementEntry.State.MATCHED)
    out = settled.exclude(pk__in=shown.filter(movement="settlement").values("payment_id"))
    back = settled.filter(state=State.RETURNED).exclude(pk__in=shown.filter(movement="return").values("payment_id"))
    open_ones = StatementEntry.objects.filter(state=StatementEntry.State.OPEN, statement__currency=currency)
    return Comparison(
        statement=closing,
        books=-balance("nostro", currency),
        outstanding=_sum(out) - _sum(back),
        open=_sum(open_ones),
    )


def _sum(rows: Any) -> int:
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def newest_statement(account: str) -> Statement | None:
    """This function will find the last statement of an account, when every one since the first is there; else None."""
    rows = Statement.objects.filter(account=account)
    found = rows.aggregate(first=Min("sequence"), last=Max("sequence"), count=Count("pk"))
    if not found["count"] or found["last"] - found["first"] + 1 != found["count"]:
        return None
    return rows.get(sequence=found["last"])


def beside(statement: Statement) -> tuple[Statement | None, Statement | None]:
    """This function will find the statements right before and right after one."""
    rows = {
        row.sequence: row
        for row in Statement.objects.filter(
            account=statement.account, sequence__in=[statement.sequence - 1, statement.sequence + 1]
        )
    }
    return rows.get(statement.sequence - 1), rows.get(statement.sequence + 1)


def unanswered(*, sent_before: datetime, path: str) -> list[uuid.UUID]:
    """This function will list the payments of a path that were sent before a moment and not answered."""
    return list(
        Payment.objects.filter(state=State.SENT, path=path, sent_at__lte=sent_before).values_list(
            "public_id", flat=True
        )
    )


def to_ask_about(*, asked_before: datetime) -> list[Payment]:
    """This function will list the payments being checked that were not asked about since a moment."""
    return list(
        Payment.objects.filter(state=State.CHECKING)
        .filter(Q(queried_at__isnull=True) | Q(queried_at__lte=asked_before))
        .select_related("batch")
        .defer("batch__content")
        .order_by("pk")
    )


def open_repairs() -> int:
    """This function will count what waits for repair."""
    return RepairItem.objects.filter(state=RepairItem.State.OPEN).count()


def repair_choices(most: int = 200) -> list[tuple[str, str]]:
    """This function will list what waits for repair, oldest first, as choices of a form."""
    rows = RepairItem.objects.filter(state=RepairItem.State.OPEN).order_by("opened_at", "pk")[:most]
    return [
        (
            str(row.public_id),
            " · ".join(
                part
                for part in (
                    str(row.get_kind_display()),
                    row.reference,
                    "" if row.amount is None or not row.currency else str(Money(row.amount, row.currency)),
                    causes.sentence(row.cause),
                )
                if part
            ),
        )
        for row in rows
    ]

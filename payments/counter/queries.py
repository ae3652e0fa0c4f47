"""What the counter's pages and services read. What is another teller's is None, as if it were not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from accounts.models import User
from accounts.statements import kinds
from core import prepared
from ledger import balances
from ledger.money import Money
from payments.counter.models import Branch, Delivery, Operation, Place, Till, TillDay, Visit


def branch_of(user: User) -> Branch | None:
    """This function will find the branch a colleague works at."""
    place = Place.objects.filter(user=user, until__isnull=True).select_related("branch").first()
    return place.branch if place else None


def day_of(teller: User) -> TillDay | None:
    """This function will find the till a colleague has in hand, in whatever state of its day."""
    return (
        TillDay.objects.filter(teller=teller, state__in=TillDay.LIVE)
        .select_related("till__branch", "teller", "change")
        .first()
    )


def days_of(branch: Branch) -> list[TillDay]:
    """This function will list the tills of a branch that are in somebody's hands."""
    return list(
        TillDay.objects.filter(till__branch=branch, state__in=TillDay.LIVE)
        .select_related("till__branch", "teller")
        .order_by("till__number")
    )


def free_tills(branch: Branch) -> list[Till]:
    """This function will list the tills of a branch that nobody has."""
    taken = TillDay.objects.filter(till__branch=branch, state__in=TillDay.LIVE).values("till")
    return list(Till.objects.filter(branch=branch).exclude(pk__in=taken).select_related("branch").order_by("number"))


def cash_in(ledger_account_id: int) -> int:
    """This function will read how much cash the books see in a till or a vault, in minor units."""
    return -balances.of([ledger_account_id])[ledger_account_id].booked


def cash_of(branch: Branch) -> dict[int, int]:
    """This function will read the cash in a branch's vault and its tills, by ledger account."""
    accounts = [branch.vault_id, *Till.objects.filter(branch=branch).values_list("account_id", flat=True)]
    return {account_id: -balance.booked for account_id, balance in balances.of(accounts).items()}


def delivery_waiting(day: TillDay) -> Delivery | None:
    """This function will find the delivery of a till that waits for the vault."""
    return Delivery.objects.filter(day=day, state=Delivery.State.ASKED).first()


def deliveries_for(branch: Branch) -> list[Delivery]:
    """This function will list what waits for the vault of a branch, oldest first."""
    return list(
        Delivery.objects.filter(day__till__branch=branch, state=Delivery.State.ASKED)
        .select_related("day__till__branch", "asked_by")
        .order_by("asked_at", "id")
    )


def delivery_at(branch: Branch, public_id: uuid.UUID) -> Delivery | None:
    """This function will find a delivery of a branch."""
    return (
        Delivery.objects.filter(day__till__branch=branch, public_id=public_id)
        .select_related("day__till__branch", "day__teller", "asked_by")
        .first()
    )


def visit_of(teller: User, public_id: uuid.UUID) -> Visit | None:
    """This function will find a customer who stands, or stood, at a colleague's till of today."""
    return (
        Visit.objects.filter(day__teller=teller, public_id=public_id)
        .select_related("day__till__branch", "customer__user")
        .first()
    )


def visit_now(day: TillDay) -> Visit | None:
    """This function will find the customer who stands at a till."""
    return Visit.objects.filter(day=day, ended_at__isnull=True).select_related("customer").first()


def _operations() -> QuerySet[Operation]:
    return Operation.objects.select_related(
        "day__till__branch", "day__teller", "visit", "customer", "account", "destination", "change"
    )


def operation_of(teller: User, public_id: uuid.UUID) -> Operation | None:
    """This function will find an operation that a colleague has keyed in."""
    return _operations().filter(day__teller=teller, public_id=public_id).first()


def operation_by_key(day: TillDay, key: uuid.UUID) -> Operation | None:
    """This function will find the operation that a form has made and that was not dropped."""
    return _operations().filter(day=day, key=key).exclude(state=Operation.State.DROPPED).first()


def operation_by_id(public_id: uuid.UUID | str) -> Operation | None:
    """This function will find an operation for the bank's own work, whoever keyed it in."""
    return _operations().filter(public_id=public_id).first()


def waiting(day: TillDay) -> int:
    """This function will count the operations of a till that still wait for a second person."""
    return Operation.objects.filter(day=day, state=Operation.State.WAITING, change__state="asked").count()


def cash_today(*, customer_id: int, kind: str, currency: str, on: date) -> int:
    """This function will sum a customer's cash of a business date in one direction, over every branch, minor units."""
    summed = Operation.objects.filter(
        customer_id=customer_id, kind=kind, currency=currency, business_date=on, state=Operation.State.DONE,
        reversal__isnull=True,
    ).aggregate(total=Sum("amount"))["total"]  # fmt: skip
    return int(summed or 0)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of a till as the books have it, with the operation it belongs to. Cash in is above zero."""

    entry_id: int
    kind: str
    booked_at: object
    moved: Money
    left: Money
    operation: uuid.UUID | None
    reference: str
    customer: str

    @property
    def label(self) -> str:
        """What the kind of movement is called, in the reader's language."""
        return kinds.label(self.kind)


_MOVEMENTS = """
    SELECT l.entry_id, e.kind, e.booked_at, -l.amount, -l.balance_after, o.public_id, coalesce(o.reference, ''),
           coalesce(o.customer_name, ''), l.currency
      FROM ledger_line l
      JOIN ledger_entry e ON e.id = l.entry_id
      LEFT JOIN counter_operation o ON l.entry_id IN (o.entry_id, o.reversal_id)
     WHERE l.account_id = %s AND e.booked_at >= %s
     ORDER BY l.number DESC LIMIT %s
"""


def movements(day: TillDay, *, most: int) -> Sequence[Movement]:
    """This function will list the movements of a till since its day began, newest first, in one query."""
    rows = prepared.rows(_MOVEMENTS, [day.till.account_id, day.began_at, most])
    return [
        Movement(entry, kind, at, Money(moved, currency), Money(left, currency), operation, reference, name)
        for entry, kind, at, moved, left, operation, reference, name, currency in rows
    ]


def transfers(day: TillDay, *, most: int) -> list[Operation]:
    """This function will list the transfers keyed in at a till, newest first: they move no cash."""
    return list(
        Operation.objects.filter(day=day, kind=Operation.Kind.TRANSFER, state=Operation.State.DONE).order_by("-id")[
            :most
        ]
    )


def waiting_of(day: TillDay) -> list[Operation]:
    """This function will list the operations of a till that a second person has not carried out, newest first."""
    return list(
        Operation.objects.filter(day=day, state=Operation.State.WAITING).select_related("change").order_by("-id")[:50]
    )

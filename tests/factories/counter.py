"""A branch with tills, the people who work at it, and customers at its counter. Money comes through the books' door."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.identity.models import Verification
from accounts.models import BankAccount, Customer, District, User
from core.outbox import relay
from ledger import chart, posting
from ledger.calendar import business_date
from payments.counter import denominations, queries
from payments.counter.models import Branch, Delivery, Operation, Till, TillDay, Visit
from payments.counter.services import branches, deliveries, operations, tills, visits
from payments.counter.services.operations import Order
from payments.counter.services.visits import Sighted
from tests.factories import changes
from tests.factories import payments as money

VAULT = 2_000_000_00
FLOAT = 100_000_00


@dataclass
class Counter:
    """A branch, somebody who keeps its vault, a teller, and the till they have in hand."""

    branch: Branch
    keeper: User
    teller: User
    day: TillDay

    @property
    def cash(self) -> int:
        """What the books see in the till."""
        return queries.cash_in(self.day.till.account_id)

    @property
    def vault(self) -> int:
        return queries.cash_in(self.branch.vault_id)


def branch(*, code: str = "SH01", vault: int = VAULT, tills: int = 2, now: datetime) -> Branch:
    """A branch whose vault was filled from the bank's own cash."""
    district, _made = District.objects.get_or_create(code="310115", defaults={"name": "浦东新区"})
    made = branches.open_branch(
        code=code, name="陆家嘴支行", name_en="Lujiazui branch", currency="CNY", tills=tills, district=district,
        actor="a test", now=now,
    )  # fmt: skip
    if vault:
        ids = chart.ensure("CNY", now=now)
        posting.post(
            key=f"vault:{uuid.uuid4()}", kind="books.entry", channel="system", business_date=business_date(now),
            lines=[posting.Line(ids["opening"], vault), posting.Line(made.vault_id, -vault)],
        )  # fmt: skip
    return made


def colleague(at: Branch, *roles: str, now: datetime, **fields: Any) -> User:
    """Somebody who works at a branch."""
    user = changes.staff(*roles, **fields)
    branches.place(user=user, branch=at, actor="a test", now=now)
    return user


def opened(at: Branch | None = None, *, till: int = 1, cash: int = FLOAT, now: datetime) -> Counter:
    """A till that is open, with a float the vault has confirmed."""
    house = at or branch(now=now)
    teller, keeper = colleague(house, "teller", now=now), colleague(house, "branch_supervisor", now=now)
    return reopened(Counter(house, keeper, teller, TillDay()), till=till, cash=cash, now=now)


def reopened(counter: Counter, *, till: int = 1, cash: int = FLOAT, now: datetime) -> Counter:
    drawer = Till.objects.get(branch=counter.branch, number=till)
    counted = denominations.fewest("CNY", cash)
    counter.day = tills.take(teller=counter.teller, till_id=drawer.public_id, counted=counted, now=now)
    if cash:
        waiting = queries.delivery_waiting(counter.day)
        assert waiting is not None
        deliveries.confirm(keeper=counter.keeper, delivery_id=waiting.public_id, now=now)
        counter.day.refresh_from_db()
    return counter


def customer(*, balance: int = 1_000_00, name: str = "王小明", now: datetime) -> tuple[Customer, BankAccount]:
    """A verified customer whose document another bank has seen, with an account of class I."""
    someone = money.customer(name, now=now)
    return someone, money.account(someone, balance=balance, now=now)


def verified(someone: Customer, *, risk: str = "low", number: str = "E12341234", now: datetime) -> Verification:
    """The identity by which the bank knows a customer, with a passport."""
    made = Verification(
        customer=someone, state="approved", legal_name=someone.legal_name, born_on=now.date(), submitted_at=now,
        promised_by=now, consented_at=now, decided_at=now, started_at=now, risk=risk, document_kind="passport",
    )  # fmt: skip
    made.seal_number(number)
    made.save()
    return made


def visit(counter: Counter, account: BankAccount, *, now: datetime, reason: str = "") -> Visit:
    """The owner of an account stands at the counter, passport in the teller's hand."""
    return visits.begin(
        teller=counter.teller, number=account.number, sighted=Sighted("passport", "1234"), reason=reason, now=now
    )


def order(kind: str, account: BankAccount, amount: int, **more: Any) -> Order:
    return Order(kind=kind, account=account.public_id, amount=amount, **more)


def drafted(counter: Counter, at: Visit, wanted: Order, *, now: datetime, key: uuid.UUID | None = None) -> Operation:
    made = operations.draft(teller=counter.teller, visit=at, key=key or uuid.uuid4(), order=wanted, now=now)
    return made.operation


def done(counter: Counter, at: Visit, wanted: Order, *, now: datetime) -> Operation:
    """Filled in and confirmed, in whatever state that leaves it."""
    made = drafted(counter, at, wanted, now=now)
    return operations.confirm(teller=counter.teller, operation_id=made.public_id, now=now).operation


def approve(operation: Operation, by: User, *, now: datetime, verdict: str = "approve") -> Operation:
    """A second person decides, and the worker carries it out."""
    operation.refresh_from_db()
    assert operation.change is not None
    changes.decide(operation.change, by, verdict, now=now)
    relay.drain(now=now)
    operation.refresh_from_db()
    return operation


@dataclass
class Records:
    """One of each record the counter's pages show, of people who are nobody's persona."""

    visit: Visit
    operation: Operation
    delivery: Delivery


def records(*, now: datetime) -> Records:
    """A customer at an open till, an operation to be checked, a delivery that waits."""
    found = Visit.objects.select_related("day").first()
    if found is None:
        counter = opened(now=now)
        _someone, account = customer(now=now)
        found = visit(counter, account, now=now)
        drafted(counter, found, order("deposit", account, 10_00), now=now)
        tills.ask_delivery(teller=counter.teller, direction="to_till", counted={"10000": 1}, now=now)
    return Records(found, Operation.objects.get(visit=found), Delivery.objects.get(day=found.day, state="asked"))

"""Customers with money to move. Money comes only through the books' own door."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts import services as account_services
from accounts.access import demo
from accounts.models import BankAccount, Customer, User
from ledger import chart, posting
from ledger.calendar import business_date
from payments import locking
from payments.models import Holding, OwnLimit, Payee
from payments.services import booking, transfers
from payments.watching import Outcome, Verdict

SECRET = "JBSWY3DPEHPK3PXP"


def customer(name: str = "王小明", *, email: str = "", now: datetime) -> Customer:
    """A verified customer who can sign in."""
    user = User.objects.create_user(email or f"{uuid.uuid4().hex}@example.com", "a long pass phrase", language="en")
    return Customer.objects.create(
        user=user, legal_name=name, standing=Customer.Standing.VERIFIED, verified_at=now, created_at=now
    )


def account(owner: Customer, *, balance: int = 0, currency: str = "CNY", now: datetime) -> BankAccount:
    """A demand account holding `balance` minor units, paid in over the counter."""
    made = account_services.open_demand_account(customer=owner, currency=currency, key=uuid.uuid4().hex, now=now)
    if balance:
        pay_in(made, balance, now=now)
    return made


def pay_in(to: BankAccount, amount: int, *, now: datetime) -> None:
    cash = chart.ensure(to.currency, now=now)["cash"]
    posting.post(
        key=f"pay-in:{uuid.uuid4()}",
        kind="counter.cash_in",
        channel="counter",
        business_date=business_date(now),
        lines=[posting.Line(cash, -amount), posting.Line(to.ledger_account_id, amount)],
    )


def payee(
    owner: Customer, to: BankAccount, *, alias: str = "Landlord", shown: str = "*明", days: int = 30, now: datetime
) -> Payee:
    """A payee as it stands some days after the check page."""
    added = now - timedelta(days=days)
    return Payee.objects.create(
        customer=owner, bank_account=to, alias=alias, shown_name=shown, name_check=Payee.NameCheck.AGREES,
        state=Payee.State.ACTIVE, created_at=added, expires_at=added + timedelta(minutes=30), confirmed_at=added,
    )  # fmt: skip


@dataclass
class Pair:
    """Somebody who pays and somebody who is paid."""

    payer: Customer
    source: BankAccount
    payee: Payee
    receiver: Customer
    destination: BankAccount


def pair(*, balance: int = 1_000_00, now: datetime) -> Pair:
    payer, receiver = customer("王小明", now=now), customer("李明", now=now)
    source, destination = account(payer, balance=balance, now=now), account(receiver, now=now)
    return Pair(payer, source, payee(payer, destination, now=now), receiver, destination)


def order(two: Pair, amount: int, *, memo: str = "") -> transfers.Order:
    return transfers.Order(
        source=two.source.public_id, to_account=None, to_payee=two.payee.public_id, amount=amount, memo=memo
    )


def held(two: Pair, amount: int = 10_00, *, waits: Outcome = Outcome.CONFIRM, now: datetime) -> Holding:
    """A transfer that its payer has confirmed and that is held for two hours."""
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order(two, amount), now=now)
    with transaction.atomic():
        found = locking.locked(two.payer, made.transfer_id, now=now)
        assert found is not None
        booking.hold(
            two.payer,
            found.transfer,
            proof=booking.Proof(challenge_id=None),
            verdict=Verdict(waits, now + timedelta(hours=2)),
            payee_since=found.standing.payee_since,
            now=now,
        )
    return Holding.objects.get(payment=made.transfer_id)


def higher_limit(two: Pair, *, now: datetime) -> OwnLimit:
    """A higher daily limit that the payer asked for and that does not count yet."""
    found, _made = OwnLimit.objects.get_or_create(
        customer=two.payer, currency="CNY", which="day", value=60_000_00,
        defaults={"asked_at": now, "counts_from": now + timedelta(hours=24)},
    )  # fmt: skip
    return found


def enrol(who: Customer) -> None:
    """Give somebody an authenticator app whose code a test can work out."""
    assert who.user is not None
    demo.enrol_totp(who.user, SECRET)

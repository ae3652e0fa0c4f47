"""Requests for money and templates, made by the room's own services."""

import uuid
from datetime import datetime, timedelta

from accounts.models import BankAccount, Customer
from ledger.calendar import business_date
from payments.requests.models import MoneyRequest, RefusedAsker, Template
from payments.requests.services import asking
from tests.factories import payments as money


def ask(
    to: BankAccount, *, amount: int | None = 88_00, words: str = "Dinner on Friday", days: int = 7, people: int = 1,
    address: str = "", now: datetime,
) -> asking.Ask:  # fmt: skip
    return asking.Ask(
        destination=to.public_id, amount=amount, words=words, last_day=business_date(now) + timedelta(days=days),
        people=people, address=address,
    )  # fmt: skip


def asked(
    asker: Customer, to: BankAccount, *, amount: int | None = 88_00, words: str = "Dinner on Friday", days: int = 7,
    people: int = 1, address: str = "", now: datetime,
) -> MoneyRequest:  # fmt: skip
    """A request somebody has made."""
    made = asking.make(
        customer=asker,
        key=uuid.uuid4(),
        ask=ask(to, amount=amount, words=words, days=days, people=people, address=address, now=now),
        now=now,
    )
    return MoneyRequest.objects.get(public_id=made)


def received(customer: Customer, *, now: datetime) -> MoneyRequest:
    """A request that somebody else has addressed to a customer, by the number of an account of theirs."""
    there = customer.asked_for_money.first()
    if there is not None:
        return there
    mine = customer.dispositions.select_related("bank_account")[0].bank_account
    asker = money.customer("赵六", now=now)
    return asked(asker, money.account(asker, now=now), address=mine.number, now=now)


def refused(customer: Customer, *, now: datetime) -> RefusedAsker:
    """Somebody who may not ask a customer."""
    there = customer.refused_askers.first()
    return there or RefusedAsker.objects.create(customer=customer, asker=money.customer("孙七", now=now), since=now)


def template(pair: money.Pair, *, name: str = "Rent", now: datetime) -> Template:
    """A template of a transfer to the pair's payee."""
    there = pair.payer.transfer_templates.filter(name=name).first()
    return there or Template.objects.create(
        customer=pair.payer, name=name, kind=Template.Kind.CUSTOMER, source=pair.source,
        destination=pair.destination, shown_name=pair.payee.shown_name, amount=10_00, currency="CNY", memo="rent",
        created_at=now,
    )  # fmt: skip

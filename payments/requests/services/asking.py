"""Asking for money: made once for each form, within caps, and silent about who banks here."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.models import Customer
from core import audit, outbox, policy
from ledger.calendar import business_date
from payments import queries, references
from payments.requests import addresses
from payments.requests.models import MoneyRequest, RefusedAsker
from payments.requests.refusals import (
    FormUsed,
    LastDayWrong,
    LeadsAway,
    OwnAddress,
    TooManyOpen,
    TooManyPeople,
    TooManyToday,
    UnknownDestination,
)

ASKED = "requests.asked"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a customer asks for; amount in minor units of the account's currency, None leaves it to the payer."""

    destination: uuid.UUID
    amount: int | None
    words: str
    last_day: date
    people: int = 1
    address: str = ""  # an account number or a mobile number; empty: whoever has the link


def make(*, customer: Customer, key: uuid.UUID, ask: Ask, now: datetime) -> uuid.UUID:
    """This function will keep a request for money, once for each form, and answer its public id.

    Whom it is addressed to learns of it; whether there is anybody, whether they want to be asked, and whether they were
    asked too often today is neither answered nor seen later. Raises UnknownDestination, LastDayWrong, LeadsAway,
    TooManyPeople, TooManyOpen, TooManyToday, OwnAddress, NotAnAddress, FormUsed.
    """
    today = business_date(now)
    address = addresses.read(ask.address) if ask.address else None
    people = 1 if address else ask.people
    with transaction.atomic():
        queries.lock(customer)
        before = customer.money_requests.filter(key=key).select_related("destination").first()
        if before is not None:
            if _same(before, ask, address, people):
                return before.public_id
            raise FormUsed
        _allowed(customer, ask, people, address, today)
        end = queries.own_ends(customer, [ask.destination]).get(ask.destination)
        if end is None or not (end.open and end.owned):
            raise UnknownDestination
        made = MoneyRequest.objects.create(
            token=references.new_verification_code(),
            key=key,
            asker=customer,
            destination_id=end.bank_account_id,
            amount=ask.amount,
            currency=end.currency,
            words=ask.words,
            last_day=ask.last_day,
            people=people,
            addressed_to=address.shown if address else "",
            address_index=address.index if address else "",
            addressee=_addressee(customer, address, today) if address else None,
            created_at=now,
        )
        outbox.record(
            kind=ASKED,
            payload={"request": str(made.public_id), "on": today.isoformat()},
            owner=customer,
            act=audit.Act(
                act=ASKED,
                subject=f"requests.request:{made.public_id}",
                actor=customer.user,
                after={"amount": ask.amount, "currency": end.currency, "people": people, "addressed": bool(address)},
            ),
            now=now,
        )
    return made.public_id


def _same(before: MoneyRequest, ask: Ask, address: addresses.Address | None, people: int) -> bool:
    return (
        before.destination.public_id, before.amount, before.words, before.last_day, before.people, before.address_index,
    ) == (ask.destination, ask.amount, ask.words, ask.last_day, people, address.index if address else "")  # fmt: skip


def _allowed(customer: Customer, ask: Ask, people: int, address: addresses.Address | None, today: date) -> None:
    latest = today + timedelta(days=int(policy.value("request.days_most", on=today)))
    if not today <= ask.last_day <= latest:
        raise LastDayWrong(latest)
    if addresses.leads_away(ask.words):
        raise LeadsAway
    most = int(policy.value("request.people_most", on=today))
    if people > most:
        raise TooManyPeople(most)
    most = int(policy.value("request.open_most", on=today))
    if customer.money_requests.filter(state=MoneyRequest.State.OPEN, last_day__gte=today).count() >= most:
        raise TooManyOpen(most)
    of_today = customer.money_requests.filter(created_at__gte=_start(today))
    most = int(policy.value("request.per_day", on=today))
    if of_today.count() >= most:
        raise TooManyToday(most, one=False)
    most = int(policy.value("request.per_address_per_day", on=today))
    if address is not None and of_today.filter(address_index=address.index).count() >= most:
        raise TooManyToday(most, one=True)


def _addressee(customer: Customer, address: addresses.Address, today: date) -> Customer | None:
    """Who will see the request: nobody where there is nobody, or nobody who wants to be asked, or not so often."""
    found = addresses.customer_at(address)
    if found is not None and found.pk == customer.pk:
        raise OwnAddress
    if found is None or RefusedAsker.objects.filter(customer=found, asker=customer).exists():
        return None
    asked = found.asked_for_money.filter(asker=customer, created_at__gte=_start(today)).count()
    return None if asked >= int(policy.value("request.per_address_per_day", on=today)) else found


def _start(day: date) -> datetime:
    """When a business date begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))

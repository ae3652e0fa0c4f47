"""Reference rates and customers with accounts in several currencies."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import BankAccount, Customer
from ledger.calendar import business_date
from payments.exchange import queries
from payments.exchange.models import Exchange, Rate
from payments.exchange.services import exchanges
from tests.factories import payments as money

# Invented, round, and easy to check by hand: 1 USD = 7.20 CNY, 1 EUR = 8.10 CNY, 100 JPY = 4.80 CNY, 1 HKD = 0.90 CNY.
PER_EURO = {"USD": "1.125", "CNY": "8.1", "JPY": "168.75", "HKD": "9", "GBP": "0.9"}
DAY = date(2026, 11, 20)  # the Friday before `now`


def rates(*, day: date = DAY, now: datetime, **per_euro: str) -> None:
    """The rates of one day; what is not given is as in PER_EURO, "" leaves a currency out."""
    Rate.objects.bulk_create(
        Rate(base="EUR", quote=quote, day=day, rate=Decimal(rate), source="ecb", loaded_at=now)
        for quote, rate in {**PER_EURO, **per_euro}.items()
        if rate
    )


@dataclass
class Traveller:
    """Somebody with yuan and another currency."""

    customer: Customer
    yuan: BankAccount
    foreign: BankAccount


def traveller(
    *, balance: int = 100_000_00, currency: str = "USD", foreign: int = 10_000_00, now: datetime
) -> Traveller:
    customer = money.customer("王小明", now=now)
    yuan = money.account(customer, balance=balance, now=now)
    return Traveller(customer, yuan, money.account(customer, balance=foreign, currency=currency, now=now))


def waiting(two: money.Pair, now: datetime) -> Exchange:
    """An exchange of the payer that waits on its check page."""
    if not Rate.objects.filter(day=business_date(now)).exists():
        rates(day=business_date(now), now=now)
    foreign = BankAccount.objects.filter(customers=two.payer, currency="USD").first()
    if foreign is None:
        foreign = money.account(two.payer, balance=100_00, currency="USD", now=now)
    return drafted(Traveller(two.payer, two.source, foreign), now)


def drafted(two: Traveller, now: datetime, amount: int = 1_00) -> Exchange:
    """Foreign money that is to become yuan, priced."""
    order = exchanges.Order(two.foreign.public_id, two.yuan.public_id, amount, "sell")
    made = exchanges.draft(customer=two.customer, key=uuid.uuid4(), order=order, now=now)
    return Exchange.objects.select_related("quote", "customer__user").get(public_id=made)


def approved(row: Exchange, now: datetime) -> uuid.UUID:
    """The answered question that opens an exchange as it stands."""
    user = row.customer.user
    assert user is not None
    one = queries.exchange_of(row.customer, row.public_id)
    assert one is not None
    challenge = stepup.start(
        user=user,
        operation=exchanges.OPERATION,
        payload=exchanges.asked(row.customer, one, seconds=None, now=now).binds(exchanges.shown(one)),
        now=now,
    )
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    return challenge.id


def confirm(row: Exchange, now: datetime) -> None:
    """Answer the question of an exchange and make it."""
    exchanges.confirm(
        customer=row.customer, exchange_id=row.public_id, quote_id=row.quote.public_id,
        challenge_id=approved(row, now), now=now,
    )  # fmt: skip


def confirmed(two: money.Pair, now: datetime) -> Exchange:
    """One that was made."""
    row = waiting(two, now)
    confirm(row, now)
    row.refresh_from_db()
    return row

"""What the pages and services of exchange read. Another customer's record is None, as if it were not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from accounts.classes import CLASS_I
from accounts.models import BankAccount, Customer
from accounts.queries import HeldAccount, accounts_of
from ledger.money import Money
from payments.exchange import figures, quotes
from payments.exchange.models import HOME, WORTH, Exchange
from payments.exchange.models import Quote as QuoteRow


@dataclass(frozen=True, slots=True)
class Shown:
    """An exchange as its customer sees it."""

    id: int
    public_id: uuid.UUID
    reference: str
    state: str
    source: BankAccount
    destination: BankAccount
    memo: str
    quote: quotes.Quote
    key: uuid.UUID
    entry_id: int | None
    business_date: date | None
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None

    @property
    def sell(self) -> Money:
        return self.quote.sell

    @property
    def buy(self) -> Money:
        return self.quote.buy

    @property
    def confirmed(self) -> bool:
        return self.state == Exchange.State.CONFIRMED

    @property
    def currency(self) -> str:
        """What leaves, as the rules of transfers ask for it."""
        return self.quote.sell.currency

    @property
    def amount(self) -> int:
        return self.quote.sell.minor

    @property
    def kind(self) -> str:
        return "own"


def exchange_of(customer: Customer, public_id: uuid.UUID) -> Shown | None:
    """This function will find one exchange of a customer with both accounts and its quote, in one query."""
    row = _all(customer).filter(public_id=public_id).first()
    return read(row) if row else None


def latest(customer: Customer, *, most: int) -> list[Shown]:
    """This function will list a customer's newest exchanges, in one query."""
    return [read(row) for row in _all(customer).filter(state=Exchange.State.CONFIRMED).order_by("-id")[:most]]


def _all(customer: Customer):  # type: ignore[no-untyped-def]  # a query set
    return Exchange.objects.filter(customer=customer).select_related("source", "destination", "quote")


def read(row: Exchange) -> Shown:
    """This function will give an exchange, loaded with its accounts and quote, as a plain value."""
    return Shown(
        id=row.pk, public_id=row.public_id, reference=row.reference, state=row.state, source=row.source,
        destination=row.destination, memo=row.memo, quote=quotes.read(row.quote), key=row.key, entry_id=row.entry_id,
        business_date=row.business_date, created_at=row.created_at, expires_at=row.expires_at,
        confirmed_at=row.confirmed_at,
    )  # fmt: skip


def exchangeable(customer: Customer) -> list[HeldAccount]:
    """This function will list the accounts between which a customer exchanges: open, of class I, their own."""
    return [
        held
        for held in accounts_of(customer)
        if held.is_owner and held.status == BankAccount.Status.OPEN and held.account_class == CLASS_I
    ]


def line_numbers(entry_id: int, ledger_account_ids: Sequence[int]) -> dict[int, int]:
    """This function will give, by account in the books, the number of its line in an entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, number FROM ledger_line WHERE entry_id = %s AND account_id = ANY (%s)",
            [entry_id, list(ledger_account_ids)],
        )
        return dict(cursor.fetchall())


def sold(customer: Customer, *, on: date) -> int:
    """This function will sum the foreign exchange a customer has sold for yuan in a calendar year, in US cents.

    Under the customer's lock it is what counts.
    """
    rows = QuoteRow.objects.filter(
        customer=customer,
        purpose=QuoteRow.Purpose.OWN,
        buy_currency=HOME,
        taken_on__range=(date(on.year, 1, 1), date(on.year, 12, 31)),
    )
    return int(rows.aggregate(used=Coalesce(Sum("usd"), 0))["used"])


@dataclass(frozen=True, slots=True)
class Quota:
    """How much foreign exchange may be bought or sold in a year, and what is left of it."""

    most: Money
    left: Money


def quota(customer: Customer, *, buys: bool, on: date) -> Quota:
    """This function will say what is left of the yearly quota, with what payments abroad have used of it.

    The room of payments abroad keeps the quota for buying (`settings.PURCHASE_QUOTA`). Raises policy.UnknownPolicy.
    """
    if buys:
        year = import_string(settings.PURCHASE_QUOTA)(customer, on=on)
        return Quota(Money(year.most, WORTH), Money(max(0, year.most - year.used), WORTH))
    most = figures.sold_year(on=on)
    return Quota(Money(most, WORTH), Money(max(0, most - sold(customer, on=on)), WORTH))

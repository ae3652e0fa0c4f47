"""The movements of customers that large values are looked for among, read from the books."""

from datetime import date, timedelta

from django.db import connection

from accounts.models import Disposition
from ledger.money import Money
from payments.exchange import arithmetic, rates
from payments.exchange.refusals import NoRate
from payments.monitoring.large_values import FOREIGN, HOME, Item

# kind of movement -> category of the report. What is not named is not a payment of a person: interest, valuations,
# exchange between own accounts, and money that goes back the way it came.
CATEGORY_OF = {
    "counter.deposit": "cash",
    "counter.withdrawal": "cash",
    "cash.deposit": "cash",
    "cash.withdrawal": "cash",
    "counter.transfer": "domestic",
    "payments.transfer": "domestic",
    "clearing.payment": "domestic",
    "recalls.back": "domestic",
    "crossborder.payment": "abroad",
}
DAYS = 7  # before the date: how far back a pattern may begin


def of(day: date, *, least: int = 0) -> list[Item]:
    """This function will read the items of a business date and the seven before, in one query.

    Only of people who moved at least so much in yuan on the date (minor units), or anything in another currency. Each
    movement is its owner's, whichever account and channel it took. Left out: movements between accounts of the
    same owner, and what was undone on its own date. Other currencies are valued at the rate of the movement's date.
    """
    first = day - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {
            "kinds": list(CATEGORY_OF), "first": first, "day": day, "owner": Disposition.Role.OWNER, "least": least,
            "home": HOME,
        })  # fmt: skip
        rows = cursor.fetchall()
    known: dict[tuple[str, date], rates.Fixing | None] = {}
    found = []
    for person, account, kind, channel, on, at, entry, amount, currency in rows:
        found.append(
            Item(
                person=str(person),
                account=account,
                category=CATEGORY_OF[kind],
                paid_in=amount > 0,
                channel=channel,
                day=on,
                at=at,
                entry=entry,
                amount=abs(amount),
                currency=currency,
                worth=_worth(Money(abs(amount), currency), on, known),
            )
        )
    return found


def _worth(money: Money, on: date, known: dict[tuple[str, date], rates.Fixing | None]) -> int | None:
    if money.currency in {HOME, FOREIGN}:
        return money.minor
    key = money.currency, on
    if key not in known:
        try:
            known[key] = rates.fixing(money.currency, FOREIGN, on=on)
        except NoRate:
            known[key] = None
    fixing = known[key]
    return None if fixing is None else arithmetic.worth(money, FOREIGN, fixing.per_euro).minor


_ITEMS = """
    WITH people AS MATERIALIZED (
        SELECT d.customer_id
          FROM ledger_entry e
          JOIN ledger_line l ON l.entry_id = e.id
          JOIN accounts_bankaccount b ON b.ledger_account_id = l.account_id
          JOIN accounts_disposition d ON d.bank_account_id = b.id AND d.role = %(owner)s
         WHERE e.kind = ANY (%(kinds)s) AND e.business_date = %(day)s
         GROUP BY d.customer_id
        HAVING sum(abs(l.amount)) FILTER (WHERE l.currency = %(home)s) >= %(least)s OR bool_or(l.currency <> %(home)s)
    )
    SELECT c.public_id, b.number, e.kind, e.channel, e.business_date, e.booked_at, e.id, l.amount, l.currency
      FROM ledger_entry e
      JOIN ledger_line l ON l.entry_id = e.id
      JOIN accounts_bankaccount b ON b.ledger_account_id = l.account_id
      JOIN accounts_disposition d ON d.bank_account_id = b.id
      JOIN accounts_customer c ON c.id = d.customer_id
     WHERE e.kind = ANY (%(kinds)s) AND e.business_date BETWEEN %(first)s AND %(day)s AND d.role = %(owner)s
       AND d.customer_id IN (SELECT customer_id FROM people)
       AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id AND r.business_date = e.business_date)
       AND NOT EXISTS (
           SELECT 1 FROM ledger_line o JOIN accounts_bankaccount ob ON ob.ledger_account_id = o.account_id
             JOIN accounts_disposition od ON od.bank_account_id = ob.id AND od.role = d.role
            WHERE o.entry_id = e.id AND o.account_id <> l.account_id AND od.customer_id = d.customer_id)
     ORDER BY e.id, l.position
"""

"""The bank's accounts of its currency position, and what an exchange does to them.

`fx-position:USD` holds dollars: above zero the bank has them, below zero it owes them. `fx-counter:USD:CNY` holds what
they cost in yuan, with the opposite sign. Together, at the reference rate, they are the result not yet booked.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from ledger import accounts, balances, chart, posting
from ledger.models import Account
from ledger.money import Money
from payments.exchange.models import HOME

POSITION, COUNTER, SPREAD, RESULT = "fx-position", "fx-counter", "fx-spread", "fx-result"

own = chart.own


def counter(currency: str, *, now: datetime) -> int:
    """This function will give the account of a currency's counter-value in yuan, opening it when it is new."""
    name = f"{COUNTER}:{currency}"
    try:
        return chart.find(name, HOME)
    except Account.DoesNotExist:
        title, kind = chart.PREFIXES[COUNTER]
        new = accounts.NewAccount(chart.code(name, HOME), f"{title} {currency}", kind, HOME, running=False)
        return accounts.open_accounts([new], now=now)[new.code]


def lines(
    *, sell: Money, buy: Money, sell_worth: Money, buy_worth: Money, narrative: str = "", now: datetime
) -> list[posting.Line]:
    """This function will write what the customer sells into the position and what the customer buys out of it.

    The worths are both amounts in yuan at the reference rate; their difference is the spread, never below zero.
    """
    written: list[posting.Line] = []
    for money, worth, sign in ((sell, sell_worth, 1), (buy, buy_worth, -1)):
        if money.currency != HOME:
            written += [
                posting.Line(own(POSITION, money.currency, now=now), sign * money.minor, narrative, money.currency),
                posting.Line(counter(money.currency, now=now), -sign * worth.minor, narrative, HOME),
            ]
    spread = (sell_worth - buy_worth).minor
    if spread:
        written.append(posting.Line(own(SPREAD, HOME, now=now), spread, narrative, HOME))
    return [line for line in written if line.amount]


@dataclass(frozen=True, slots=True)
class Held:
    """A position and its counter-value, in minor units; below zero the bank owes the currency."""

    currency: str
    position: int
    counter: int  # fen, with the opposite sign


def at_end_of(day: date, *, currency: str) -> Held:
    """This function will sum what was booked on a currency's position up to a business date."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_END_OF, [[f"{POSITION}:{currency}", f"{COUNTER}:{currency}:{HOME}"], day])
        found = dict(cursor.fetchall())
    return Held(
        currency, int(found.get(f"{POSITION}:{currency}", 0)), int(found.get(f"{COUNTER}:{currency}:{HOME}", 0))
    )


_AT_END_OF = """
    SELECT a.code, sum(l.amount)
      FROM ledger_account a
      JOIN ledger_line l ON l.account_id = a.id
      JOIN ledger_entry e ON e.id = l.entry_id
     WHERE a.code = ANY (%s) AND e.business_date <= %s
     GROUP BY a.code
"""


def currencies() -> list[str]:
    """This function will list the currencies in which there is a position account with its counter-value, in order."""
    codes = Account.objects.filter(code__startswith=f"{COUNTER}:").values_list("code", flat=True)
    return sorted(code.split(":")[1] for code in codes)


def now_held() -> list[Held]:
    """This function will read every position as it stands, in two queries."""
    accounts_by_code = dict(
        Account.objects.filter(Q(code__startswith=f"{COUNTER}:") | Q(code__startswith=f"{POSITION}:")).values_list(
            "code", "pk"
        )
    )
    booked = balances.of(accounts_by_code.values())
    return [
        Held(
            currency,
            _booked(booked, accounts_by_code.get(f"{POSITION}:{currency}")),
            _booked(booked, accounts_by_code.get(f"{COUNTER}:{currency}:{HOME}")),
        )
        for currency in sorted(code.split(":")[1] for code in accounts_by_code if code.startswith(f"{COUNTER}:"))
    ]


def _booked(booked: dict[int, balances.Balance], account: int | None) -> int:
    return booked[account].booked if account in booked else 0

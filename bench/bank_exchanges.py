"""The judge of exchanges: what each came to is worked out anew, from the reference rates and the spread alone.

The portal's own arithmetic is not used here. A rate is yuan for one unit of the other currency, in six digits; the bank
rounds its own way, by less than one minor unit; the position takes both sides at the reference rate, and the rest is
the spread.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

import psycopg

from bench.bank_clients import Payment

HOME = "CNY"
RATE = "1 {currency} = {rate} CNY"
QUOTED = """
    SELECT e.customer_id, e.key::text, e.entry_id, q.public_id::text, q.sell_currency, q.sell, q.buy_currency, q.buy,
           q.rate, e.confirmed_at < q.expires_at AND e.confirmed_at >= q.created_at, q.taken_at = e.confirmed_at
      FROM exchange_exchange e JOIN exchange_quote q ON q.id = e.quote_id
     WHERE e.state = 'confirmed'
"""
LINES = """
    SELECT l.entry_id, l.account_id, CASE WHEN a.code LIKE 'fx-%' THEN a.code ELSE '' END, l.currency, l.amount
      FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id
     WHERE e.kind = 'exchange.own'
"""
POSITIONS = """
    SELECT a.code, balance.booked
      FROM ledger_account a JOIN ledger_balance balance ON balance.account_id = a.id
     WHERE a.code LIKE 'fx-%' AND a.code NOT LIKE 'fx-result%'
"""
TAKEN_ELSEWHERE = """
    SELECT count(*) FROM exchange_quote q
     WHERE q.taken_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM exchange_exchange e WHERE e.quote_id = q.id AND e.state = 'confirmed')
"""


@dataclass(frozen=True)
class Terms:
    """What the bank exchanges at: units for one euro, and the spread of each foreign currency in per cent."""

    per_euro: Mapping[str, str]
    spread: Mapping[str, str]

    def rate(self, foreign: str, *, sold: bool) -> Decimal:
        """This function will work out the customer's rate; who sells the foreign currency gets less for it."""
        share = Fraction(self.spread[foreign]) / 100
        exact = self._middle(foreign) * (1 - share if sold else 1 + share)
        context = Context(prec=6, rounding=ROUND_FLOOR if sold else ROUND_CEILING)
        return context.divide(Decimal(exact.numerator), Decimal(exact.denominator))

    def bought(self, sell: int, sell_currency: str, buy_currency: str) -> int:
        """This function will work out what comes of an amount, in minor units, rounded down."""
        sold = sell_currency != HOME
        rate = Fraction(self.rate(sell_currency if sold else buy_currency, sold=sold))
        exact = sell * rate if sold else sell / rate
        return exact.numerator // exact.denominator

    def worth(self, amount: int, currency: str) -> int:
        """This function will value an amount in fen at the reference rate, half up."""
        exact = amount * (Fraction(1) if currency == HOME else self._middle(currency))
        return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)

    def _middle(self, foreign: str) -> Fraction:
        return Fraction(self.per_euro[HOME]) / Fraction(self.per_euro[foreign])


TERMS = Terms(per_euro={"USD": "1.1000", "CNY": "7.8100"}, spread={"USD": "0.30"})  # those of the bank test


def house_lines(terms: Terms, sell: tuple[int, str], buy: tuple[int, str]) -> Counter[tuple[str, str, int]]:
    """This function will list the bank's own lines of an exchange: account, currency, amount."""
    lines: Counter[tuple[str, str, int]] = Counter()
    worths = []
    for (amount, currency), sign in ((sell, 1), (buy, -1)):
        worths.append(terms.worth(amount, currency))
        if currency != HOME:
            lines[(f"fx-position:{currency}", currency, sign * amount)] += 1
            lines[(f"fx-counter:{currency}:{HOME}", HOME, -sign * worths[-1])] += 1
    lines[(f"fx-spread:{HOME}", HOME, worths[0] - worths[1])] += 1
    return Counter({line: count for line, count in lines.items() if line[2]})


def judge_exchanges(
    told: Mapping[tuple[int, str], Payment], connection: psycopg.Connection[Any], terms: Terms
) -> list[str]:
    """This function will list every exchange that is not as quoted, not in time, or not booked on both sides."""
    wrong: list[str] = []
    booked: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for entry, *line in connection.execute(LINES).fetchall():
        booked[entry].append(tuple(line))  # type: ignore[arg-type]
    expected: Counter[str] = Counter()
    for row in connection.execute(QUOTED).fetchall():
        payment = told.get((row[0], row[1]))
        if payment is None:
            continue  # named as never told by the judge of all payments
        wrong.extend(_as_quoted(payment, row, terms))
        bought = terms.bought(payment.amount, payment.currency, row[6])
        house = house_lines(terms, (payment.amount, payment.currency), (bought, row[6]))
        for code, _currency, amount in house.elements():
            expected[code] += amount
        wrong.extend(_as_booked(payment, booked[row[2]], house, (bought, row[6])))
    actual = Counter(dict(connection.execute(POSITIONS).fetchall()))
    wrong.extend(
        f"the position: {code} stands at {actual[code]}, the exchanges come to {expected[code]}"
        for code in sorted(expected.keys() | actual.keys())
        if actual[code] != expected[code]
    )
    if loose := connection.execute(TAKEN_ELSEWHERE).fetchall()[0][0]:
        wrong.append(f"{loose} quotes were taken for no exchange")
    return wrong


def _as_quoted(payment: Payment, row: tuple[Any, ...], terms: Terms) -> list[str]:
    _customer, _key, _entry, quote, sell_currency, sell, buy_currency, buy, rate, in_time, once = row
    foreign = buy_currency if sell_currency == HOME else sell_currency
    right = terms.rate(foreign, sold=sell_currency != HOME)
    wrong = []
    if rate != right:
        wrong.append(f"wrong rate: {payment.receipt} was priced at {rate.normalize():f}, the rates come to {right}")
    if buy != terms.bought(sell, sell_currency, buy_currency):
        wrong.append(f"wrong amount: {payment.receipt} gives {buy} {buy_currency} for {sell} {sell_currency}")
    shown = payment.shown.get(quote)
    if shown is None:
        wrong.append(f"not as quoted: {payment.receipt} was made at a price that its customer never confirmed")
    elif shown[0] != buy or Decimal(shown[1]) != rate:
        wrong.append(f"not as quoted: {payment.receipt} gave {buy} at {rate.normalize():f}, shown were {shown}")
    if not in_time:
        wrong.append(f"expired: {payment.receipt} was made at a price that had run out")
    if not once:
        wrong.append(f"{payment.receipt} did not use its price up")
    return wrong


def _as_booked(
    payment: Payment,
    lines: list[tuple[int, str, str, int]],
    house: Counter[tuple[str, str, int]],
    bought: tuple[int, str],
) -> list[str]:
    wrong = []
    own = Counter((account, currency, amount) for account, code, currency, amount in lines if not code)
    both = Counter(
        {
            (payment.from_books, payment.currency, -payment.amount): 1,
            (payment.to_books, bought[1], bought[0]): 1,
        }
    )
    if own != both:
        wrong.append(f"not both legs: {payment.receipt} is {sorted(own)} in the books, not {sorted(both)}")
    bank = Counter((code, currency, amount) for _account, code, currency, amount in lines if code)
    if bank != house:
        wrong.append(f"the bank's side: {payment.receipt} is {sorted(bank)}, not {sorted(house)}")
    sums: Counter[str] = Counter()
    for _account, _code, currency, amount in lines:
        sums[currency] += amount
    if any(sums.values()):
        wrong.append(f"{payment.receipt} does not balance: {dict(sums)}")
    return wrong

"""The judge of the bank test: what the clients were told, against what the books say.

Nothing here trusts the portal's own checks; those are asked too, last.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, LiteralString

import psycopg

from bench.bank_clients import DONE, REFUSED, UNKNOWN, Journal, Payment
from bench.bank_exchanges import Terms, judge_exchanges

ENTRIES = """
    SELECT t.public_id::text, t.payer_id, t.key::text, t.currency, t.amount, out.account_id, inn.account_id, out.number,
           t.amount
      FROM payments_transfer t
      JOIN ledger_line out ON out.entry_id = t.entry_id AND out.amount = -t.amount
      JOIN ledger_line inn ON inn.entry_id = t.entry_id AND inn.amount = t.amount
     WHERE t.state = 'confirmed'
    UNION ALL
    SELECT e.public_id::text, e.customer_id, e.key::text, q.sell_currency, q.sell, out.account_id, inn.account_id,
           out.number, q.buy
      FROM exchange_exchange e
      JOIN exchange_quote q ON q.id = e.quote_id
      JOIN accounts_bankaccount source ON source.id = e.source_id
      JOIN accounts_bankaccount destination ON destination.id = e.destination_id
      JOIN ledger_line out ON out.entry_id = e.entry_id AND out.account_id = source.ledger_account_id
       AND out.amount = -q.sell
      JOIN ledger_line inn ON inn.entry_id = e.entry_id AND inn.account_id = destination.ledger_account_id
       AND inn.amount = q.buy
     WHERE e.state = 'confirmed'
"""
# What was confirmed and waits, with the money still on its payer's account, held for exactly that sum.
HELD = """
    SELECT t.public_id::text, t.payer_id, t.key::text, t.currency, h.amount, source.ledger_account_id,
           destination.ledger_account_id
      FROM payments_transfer t
      JOIN payments_holding w ON w.payment = t.public_id AND w.state = 'held'
      JOIN ledger_hold h ON h.id = w.hold_id AND h.state = 'live'
      JOIN accounts_bankaccount source ON source.id = t.source_id AND source.ledger_account_id = h.account_id
      JOIN accounts_bankaccount destination ON destination.id = t.destination_id
     WHERE t.state = 'held'
"""
COUNTS: dict[str, LiteralString] = {
    "confirmed transfers": "SELECT count(*) FROM payments_transfer WHERE state = 'confirmed'",
    "entries of transfers": "SELECT count(*) FROM ledger_entry WHERE kind = 'payments.transfer'",
    "rows of the trail": "SELECT count(*) FROM audit_row WHERE act = 'payments.transfer_confirmed'",
    "facts in the outbox": "SELECT count(*) FROM outbox_fact WHERE kind = 'payments.transfer_confirmed'",
    "payers told": "SELECT count(*) FROM inbox_notice WHERE event = 'payments.sent'",
    "payees told": "SELECT count(*) FROM inbox_notice WHERE event = 'payments.received'",
}
EXCHANGED: dict[str, LiteralString] = {
    "confirmed exchanges": "SELECT count(*) FROM exchange_exchange WHERE state = 'confirmed'",
    "entries of exchanges": "SELECT count(*) FROM ledger_entry WHERE kind = 'exchange.own'",
    "rows of the trail about exchanges": "SELECT count(*) FROM audit_row WHERE act = 'exchange.done'",
    "facts about exchanges": "SELECT count(*) FROM outbox_fact WHERE kind = 'exchange.done'",
}


def judge(
    journal: Journal, connection: psycopg.Connection[Any], each: int, books: Iterable[int], terms: Terms
) -> list[str]:
    """This function will list whatever is not as the clients were told; empty when nothing was lost or doubled."""
    wrong = list(journal.wrong)
    outcomes = Counter(payment.outcome for payment in journal.payments)
    if outcomes[UNKNOWN]:
        wrong.append(f"{outcomes[UNKNOWN]} payments could not be settled by their keys")
    told = {(one.customer, one.key): one for one in journal.payments if one.outcome == DONE}
    refused = {(one.customer, one.key) for one in journal.payments if one.outcome == REFUSED}
    found: dict[tuple[int, str], tuple[Any, ...]] = {}
    for row in connection.execute(ENTRIES).fetchall():
        place = (row[1], row[2])
        if place in found:
            wrong.append(f"doubled: key {row[2]} of customer {row[1]} has two entries")
        found[place] = row
        if place in refused:
            wrong.append(f"doubled: {row[0]} was refused and has moved")
        elif place not in told:
            wrong.append(f"never told: {row[0]} has moved and nobody was answered")
    held = {(row[1], row[2]): row for row in connection.execute(HELD).fetchall()}
    for place in held.keys() & found.keys():
        wrong.append(f"doubled: {held[place][0]} has moved and is held as well")
    for place, payment in told.items():
        wrong.extend(_as_told(payment, found.get(place) or held.get(place)))
    if held:
        journal.counts["held: the monitor was away or slow"] = len(held)
    wrong.extend(
        f"never told: {row[0]} is held and nobody was answered" for place, row in held.items() if place not in told
    )
    wrong.extend(_order(told.values(), found))
    arrived = {place: row[8] for place, row in found.items()}
    wrong.extend(_balances(told, arrived, held, connection, each, books))
    exchanged = sum(payment.exchange for payment in told.values())
    wrong.extend(_once(connection, COUNTS, len(told) - exchanged - len(held)))
    wrong.extend(_once(connection, EXCHANGED, exchanged))
    wrong.extend(judge_exchanges(told, connection, terms))
    return wrong


def _as_told(payment: Payment, row: tuple[Any, ...] | None) -> list[str]:
    if row is None:
        return [f"lost: {payment.receipt} was shown and is not in the books"]
    shown = payment.receipt.strip("/").rpartition("/")[2]
    expected = (shown, payment.currency, payment.amount, payment.from_books, payment.to_books)
    actual = (row[0], row[3], row[4], row[5], row[6])
    return [] if expected == actual else [f"not as told: {expected} is {actual} in the books"]


def _order(told: Iterable[Payment], found: dict[tuple[int, str], tuple[Any, ...]]) -> list[str]:
    """What was answered before another was asked for stands before it on the account that both left."""
    wrong = []
    by_account: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for payment in told:
        if row := found.get((payment.customer, payment.key)):
            by_account[payment.from_books].append((payment.begun, payment.ended, row[7]))
    for account, acts in by_account.items():
        ended = sorted((end, number) for _begun, end, number in acts)
        highest, position = 0, 0
        for begun, _end, number in sorted(acts):
            while position < len(ended) and ended[position][0] < begun:
                highest = max(highest, ended[position][1])
                position += 1
            if number <= highest:
                wrong.append(f"out of order: line {number} of account {account} was asked for after line {highest}")
    return wrong


def _balances(
    told: dict[tuple[int, str], Payment],
    arrived: dict[tuple[int, str], int],
    held: dict[tuple[int, str], tuple[Any, ...]],
    connection: psycopg.Connection[Any],
    each: int,
    books: Iterable[int],
) -> list[str]:
    """What is on each account is what was there, less what its owner was told has left, plus what came; what is held
    is there, and cannot be spent."""
    expected = dict.fromkeys(books, each)
    back: Counter[int] = Counter()
    for place, payment in told.items():
        if place in held:
            back[payment.from_books] += payment.amount
            continue
        expected[payment.from_books] -= payment.amount
        expected[payment.to_books] += arrived.get(place, payment.amount) if payment.exchange else payment.amount
    rows = connection.execute(
        "SELECT account_id, booked, held FROM ledger_balance WHERE account_id = ANY (%s)", [list(expected)]
    ).fetchall()
    actual = {row[0]: row[1] for row in rows}
    wrong = [
        f"account {account} holds {actual.get(account)}, the answers come to {sum_}"
        for account, sum_ in expected.items()
        if actual.get(account) != sum_
    ]
    return wrong + [
        f"account {row[0]} holds back {row[2]}, the answers come to {back[row[0]]}"
        for row in rows
        if row[2] != back[row[0]]
    ]


def _once(connection: psycopg.Connection[Any], questions: dict[str, LiteralString], done: int) -> list[str]:
    """Whatever belongs to a payment is there once for each."""
    counts = {name: connection.execute(sql).fetchall()[0][0] for name, sql in questions.items()}
    return [f"{name}: {count}, and {done} were answered" for name, count in counts.items() if count != done]

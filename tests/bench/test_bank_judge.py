"""The judge of the bank test finds what was lost, doubled, moved unseen, misreported, mispriced or out of order."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from bench.bank_clients import DONE, REFUSED, Journal, Payment, numbers, quoted
from bench.bank_exchanges import Terms
from bench.bank_judge import judge
from core.ui.templatetags.ui import amount_html
from payments.exchange.models import Exchange
from payments.exchange.services import exchanges
from payments.models import Transfer
from tests.factories import exchange
from tests.factories import payments as make
from tests.payments.conftest import paid

EACH = 1_000_00
TERMS = Terms(per_euro=exchange.PER_EURO, spread={"USD": "0.30"})


class Case:
    """Three payments of one customer, asked for one after the other, and what the client wrote down of them."""

    def __init__(self, two: make.Pair, folder: Path, now: datetime) -> None:
        self.two, self.journal = two, Journal(folder / "journal.jsonl")
        for number in range(3):
            made = Transfer.objects.get(public_id=paid(two, 1_00 + number, now))
            assert made.entry_id is not None
            self.journal.paid(
                Payment(
                    client=0, customer=made.payer_id, key=str(made.key), currency="CNY", source="", to="",
                    from_books=two.source.ledger_account_id, to_books=two.destination.ledger_account_id,
                    amount=made.amount, begun=float(number), ended=number + 0.5, outcome=DONE, tries=1,
                    receipt=f"/receipts/{made.public_id}/",
                )
            )  # fmt: skip

    def change(self, number: int, **values: object) -> None:
        self.journal.payments[number] = replace(self.journal.payments[number], **values)  # type: ignore[arg-type]

    def judged(self) -> list[str]:
        connection.ensure_connection()
        books = [self.two.source.ledger_account_id, self.two.destination.ledger_account_id]
        said = judge(self.journal, connection.connection, EACH, books, TERMS)
        return [line for line in said if not line.startswith(("payers told", "payees told"))]  # no worker runs here


def lose(case: Case) -> None:
    case.journal.paid(replace(case.journal.payments[0], key=str(uuid.uuid4())))


def forget(case: Case) -> None:
    del case.journal.payments[0]


def say_no(case: Case) -> None:
    case.change(0, outcome=REFUSED)


def say_less(case: Case) -> None:
    case.change(0, amount=99)


def swap(case: Case) -> None:
    case.change(0, begun=2.6, ended=3.0)


def leave_open(case: Case) -> None:
    case.change(0, outcome="unknown")


def accuse(case: Case) -> None:
    case.journal.accuse("the balances come to nothing")


@pytest.fixture
def case(db: None, tmp_path: Path, now: datetime) -> Case:
    two = make.pair(balance=EACH, now=now)
    make.pay_in(two.destination, EACH, now=now)
    return Case(two, tmp_path, now)


def test_an_honest_run_is_found_honest(case: Case) -> None:
    assert case.judged() == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lose, "lost: /receipts/"), (forget, "never told: "), (say_no, "was refused and has moved"),
        (say_less, "not as told: "), (say_less, "the answers come to"), (swap, "out of order: "),
        (leave_open, "could not be settled"), (accuse, "the balances come to nothing"),
    ],
)  # fmt: skip
def test_each_kind_of_wrong_is_found(case: Case, harm: Callable[[Case], None], words: str) -> None:
    harm(case)
    assert any(words in line for line in case.judged())


def test_a_statement_is_read_as_numbers() -> None:
    page = (
        '<th class="numbers">Amount</th><td data-label="Amount" class="numbers"><span>−¥1,234.50</span></td>'
        '<td data-label="Balance" class="numbers">¥10.00</td>'
    )
    assert numbers(page) == [(-1_234_50, 10_00)]


class Changed(Case):
    """Two exchanges of one customer, one each way: dollars into yuan, and yuan into dollars."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.journal, self.terms = Journal(folder / "journal.jsonl"), TERMS
        exchange.rates(now=now)
        self.who = who = exchange.traveller(balance=EACH, foreign=EACH, now=now)
        ways = [(who.foreign, who.yuan, (717, "7.1784"), "USD"), (who.yuan, who.foreign, (13, "7.2216"), "CNY")]
        for number, (source, into, shown, currency) in enumerate(ways):
            order = exchanges.Order(source.public_id, into.public_id, 100, "sell")
            made = exchanges.draft(customer=who.customer, key=uuid.uuid4(), order=order, now=now)
            row = Exchange.objects.select_related("quote", "customer__user").get(public_id=made)
            exchange.confirm(row, now)
            self.journal.paid(
                Payment(
                    client=0, customer=who.customer.pk, key=str(row.key), currency=currency, source="", to="",
                    from_books=source.ledger_account_id, to_books=into.ledger_account_id, amount=100,
                    begun=float(number), ended=number + 0.5, outcome=DONE, tries=1, exchange=True,
                    receipt=f"/exchange/{row.public_id}/", shown={str(row.quote.public_id): shown},
                )
            )  # fmt: skip

    def judged(self) -> list[str]:
        connection.ensure_connection()
        books = [self.who.yuan.ledger_account_id, self.who.foreign.ledger_account_id]
        return judge(self.journal, connection.connection, EACH, books, self.terms)

    def price(self, received: int, rate: str) -> None:
        """Write down that the first was confirmed at another price."""
        self.change(0, shown=dict.fromkeys(self.journal.payments[0].shown, (received, rate)))

    def damage(self, sql: str) -> None:
        """Change what stands, past the guards."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("exchange_quote", "ledger_line", "ledger_entry", "exchange_exchange"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql)
            assert cursor.rowcount == 1, "the damage must be done"


FIRST = "(SELECT quote_id FROM exchange_exchange ORDER BY id LIMIT 1)"
LINE = "entry_id = (SELECT entry_id FROM exchange_exchange ORDER BY id LIMIT 1)"


@pytest.fixture
def changed(db: None, tmp_path: Path, now: datetime) -> Changed:
    return Changed(tmp_path, now)


def test_honest_exchanges_are_found_honest(changed: Changed) -> None:
    assert changed.judged() == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lose, "lost: /exchange/"), (forget, "never told: "), (say_no, "was refused and has moved"),
        (say_less, "not as told: "), (say_less, "the position: fx-position:USD stands at"),
        (lambda case: case.price(718, "7.1784"), "not as quoted: "),
        (lambda case: case.price(716, "7.1784"), "not as quoted: "),
        (lambda case: case.price(717, "7.2"), "not as quoted: "),
        (lambda case: case.change(0, shown={}), "a price that its customer never confirmed"),
        (lambda case: setattr(case, "terms", Terms(exchange.PER_EURO, {"USD": "0.2"})), "wrong rate: "),
        (lambda case: setattr(case, "terms", Terms({"USD": "1.2", "CNY": "8.1"}, {"USD": "0.3"})), "the bank's side: "),
    ],
)  # fmt: skip
def test_each_kind_of_wrong_exchange_is_found(changed: Changed, harm: Callable[[Case], None], words: str) -> None:
    harm(changed)
    assert any(words in line for line in changed.judged())


@pytest.mark.as_owner
@pytest.mark.damages_the_books
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (f"UPDATE exchange_quote SET rate = rate + 0.0001 WHERE id = {FIRST}", "wrong rate: "),
        (f"UPDATE exchange_quote SET expires_at = created_at WHERE id = {FIRST}", "expired: "),
        (f"UPDATE exchange_quote SET taken_at = NULL, taken_on = NULL WHERE id = {FIRST}", "did not use its price up"),
        (f"UPDATE ledger_line SET amount = amount + 1 WHERE {LINE} AND position = 2", "not both legs: "),
        (f"UPDATE ledger_line SET amount = amount + 1 WHERE {LINE} AND position = 3", "the bank's side: "),
        (f"DELETE FROM ledger_line WHERE {LINE} AND position = 2", "does not balance: "),
        (f"UPDATE ledger_entry SET kind = 'other' WHERE id = {FIRST.replace('quote_id', 'entry_id')}",
         "entries of exchanges: 1, and 2 were answered"),
    ],
)  # fmt: skip
def test_damage_to_an_exchange_is_found(changed: Changed, sql: str, words: str) -> None:
    changed.damage(sql)
    assert any(words in line for line in changed.judged())


def test_a_price_is_read_off_its_check_page() -> None:
    page = (
        f"<main><h1>核对兑换</h1>{amount_html(Decimal('1.00'), 'USD', size='medium')}"
        f"{amount_html(Decimal('7.07'), 'CNY', size='large')}<dd>1 USD = 7.0787 CNY</dd><dd>1 USD = 7.1000 CNY</dd>"
    )
    assert quoted(page) == (707, "7.0787")

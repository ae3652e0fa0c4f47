"""Examples from the accountant's textbook, booked and read back. After each, the trial balance is drawn up.

Credit is positive and debit negative: an asset the bank has reads as a negative number, a customer's deposit (the bank
owes it) as a positive one, fee income as a positive one, interest paid as a negative one.
"""

from datetime import date

import pytest
from django.db import transaction

from ledger import balances, chart, posting
from ledger.models import Account
from ledger.money import Money
from ledger.posting import Line
from tests.factories import ledger as make

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


class Bank:
    """A bank with its chart in yuan and dollars."""

    def __init__(self) -> None:
        self.own = {currency: chart.ensure(currency, now=make.OPENED) for currency in ("CNY", "USD")}

    def customer(self, currency: str = "CNY") -> Account:
        return make.running(currency=currency)

    def book(self, kind: str, *lines: tuple[int, str, str], on: date = MONDAY, channel: str = "counter") -> int:
        """Book (account, amount in major units, currency) lines."""
        return posting.post(
            key=make.key("example"), kind=kind, channel=channel, business_date=on,
            lines=[Line.of(account_id, Money.of(amount, currency)) for account_id, amount, currency in lines],
        ).entry_id  # fmt: skip

    def __getitem__(self, name: str) -> int:
        return self.own["CNY"][name]


@pytest.fixture
def bank() -> Bank:
    return Bank()


def on(account: Account | int) -> str:
    """The booked balance in major units, as text."""
    pk = account if isinstance(account, int) else account.pk
    balance = balances.of([pk])[pk]
    return f"{Money(balance.booked, balance.currency).decimal:f}"


def trial_is_square() -> bool:
    sides: dict[str, int] = {}
    for row in balances.trial():
        sides[row.currency] = sides.get(row.currency, 0) + row.debit - row.credit
    return not any(sides.values())


def test_a_bank_opens_with_its_owners_money(bank: Bank) -> None:
    bank.book("bank.capital", (bank["cash"], "-1000000.00", "CNY"), (bank["equity"], "1000000.00", "CNY"))
    assert (on(bank["cash"]), on(bank["equity"])) == ("-1000000.00", "1000000.00")
    assert trial_is_square()


def test_a_deposit_is_cash_in_and_a_debt_to_the_customer(bank: Bank) -> None:
    wang = bank.customer()
    bank.book("counter.deposit", (wang.pk, "5000.00", "CNY"), (bank["cash"], "-5000.00", "CNY"))
    assert (on(wang), on(bank["cash"])) == ("5000.00", "-5000.00")
    assert trial_is_square()


def test_a_withdrawal_is_the_deposit_the_other_way_and_never_more_than_is_there(bank: Bank) -> None:
    wang = bank.customer()
    bank.book("counter.deposit", (wang.pk, "5000.00", "CNY"), (bank["cash"], "-5000.00", "CNY"))
    bank.book("counter.withdrawal", (wang.pk, "-1200.50", "CNY"), (bank["cash"], "1200.50", "CNY"))
    assert on(wang) == "3799.50"
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        bank.book("counter.withdrawal", (wang.pk, "-3799.51", "CNY"), (bank["cash"], "3799.51", "CNY"))
    assert on(wang) == "3799.50"
    assert trial_is_square()


def test_a_transfer_with_a_fee_is_one_entry_of_three_lines(bank: Bank) -> None:
    wang, li = bank.customer(), bank.customer()
    bank.book("counter.deposit", (wang.pk, "1000.00", "CNY"), (bank["cash"], "-1000.00", "CNY"))
    bank.book(
        "payments.transfer",
        (wang.pk, "-300.00", "CNY"), (li.pk, "300.00", "CNY"),
        (wang.pk, "-2.00", "CNY"), (bank["fee-income"], "2.00", "CNY"),
        channel="online",
    )  # fmt: skip
    assert (on(wang), on(li), on(bank["fee-income"])) == ("698.00", "300.00", "2.00")
    assert [(line.amount, line.balance_after) for line in balances.lines(wang.pk)] == [
        (-200, 69_800), (-30_000, 70_000), (100_000, 100_000),
    ]  # fmt: skip
    assert trial_is_square()


def test_a_transfer_whose_fee_is_not_covered_moves_nothing_at_all(bank: Bank) -> None:
    wang, li = bank.customer(), bank.customer()
    bank.book("counter.deposit", (wang.pk, "300.00", "CNY"), (bank["cash"], "-300.00", "CNY"))
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        bank.book(
            "payments.transfer",
            (wang.pk, "-300.00", "CNY"), (li.pk, "300.00", "CNY"),
            (wang.pk, "-2.00", "CNY"), (bank["fee-income"], "2.00", "CNY"),
        )  # fmt: skip
    assert (on(wang), on(li), on(bank["fee-income"])) == ("300.00", "0.00", "0.00")


def test_interest_is_an_expense_to_the_bank_and_split_to_the_fen(bank: Bank) -> None:
    savers = [bank.customer() for _ in range(3)]
    for saver in savers:
        bank.book("counter.deposit", (saver.pk, "1000.00", "CNY"), (bank["cash"], "-1000.00", "CNY"))
    pot = Money.of("1.00", "CNY")
    shares = pot.split([1, 1, 1])
    posting.post_many(
        posting.Draft(
            make.key("interest"), "interest.credit", "system", TUESDAY,
            [Line.of(saver.pk, share, "Interest"), Line.of(bank["interest-paid"], -share, "Interest")],
        )
        for saver, share in zip(savers, shares, strict=True)
    )  # fmt: skip
    assert [on(saver) for saver in savers] == ["1000.34", "1000.33", "1000.33"]
    assert on(bank["interest-paid"]) == "-1.00"
    assert trial_is_square()


def test_a_mistake_is_reversed_and_both_stay_on_the_statement(bank: Bank) -> None:
    wang, li = bank.customer(), bank.customer()
    bank.book("counter.deposit", (wang.pk, "500.00", "CNY"), (bank["cash"], "-500.00", "CNY"))
    wrong = bank.book("payments.transfer", (wang.pk, "-50.00", "CNY"), (li.pk, "50.00", "CNY"))
    posting.reverse(
        entry_id=wrong, key="correction", kind="payments.correction", channel="system", business_date=TUESDAY
    )  # fmt: skip
    assert (on(wang), on(li)) == ("500.00", "0.00")
    assert [line.amount for line in balances.lines(wang.pk)] == [5_000, -5_000, 50_000]
    assert balances.lines(wang.pk)[0].reverses_id == wrong
    assert trial_is_square()


def test_money_on_its_way_to_another_bank_stands_in_clearing(bank: Bank) -> None:
    wang = bank.customer()
    bank.book("counter.deposit", (wang.pk, "800.00", "CNY"), (bank["cash"], "-800.00", "CNY"))
    bank.book("payments.sent", (wang.pk, "-800.00", "CNY"), (bank["clearing"], "800.00", "CNY"), channel="interbank")
    assert on(bank["clearing"]) == "800.00"
    bank.book("payments.settled", (bank["clearing"], "-800.00", "CNY"), (bank["nostro"], "800.00", "CNY"), on=TUESDAY)
    assert (on(bank["clearing"]), on(bank["nostro"])) == ("0.00", "800.00")
    assert trial_is_square()


def test_a_loan_makes_a_deposit_and_its_repayment_unmakes_it(bank: Bank) -> None:
    wang = bank.customer()
    bank.book("loans.paid_out", (bank["loans"], "-10000.00", "CNY"), (wang.pk, "10000.00", "CNY"))
    bank.book(
        "loans.instalment",
        (wang.pk, "-1050.00", "CNY"), (bank["loans"], "1000.00", "CNY"), (bank["interest-received"], "50.00", "CNY"),
        on=TUESDAY,
    )  # fmt: skip
    assert (on(wang), on(bank["loans"]), on(bank["interest-received"])) == ("8950.00", "-9000.00", "50.00")
    assert trial_is_square()


def test_buying_dollars_opens_a_position_that_selling_them_closes_with_a_result(bank: Bank) -> None:
    """Two linked legs in one entry, each currency in balance; what the bank earned shows in its own currency."""
    wang, wang_usd = bank.customer(), bank.customer("USD")
    position, position_usd = bank["fx-position"], bank.own["USD"]["fx-position"]
    bank.book("counter.deposit", (wang.pk, "10000.00", "CNY"), (bank["cash"], "-10000.00", "CNY"))
    # The customer buys 100 dollars at 7.20.
    bank.book(
        "fx.sell",
        (wang.pk, "-720.00", "CNY"), (position, "720.00", "CNY"),
        (position_usd, "-100.00", "USD"), (wang_usd.pk, "100.00", "USD"),
    )  # fmt: skip
    assert (on(wang), on(wang_usd)) == ("9280.00", "100.00")
    assert (on(position), on(position_usd)) == ("720.00", "-100.00")
    # The customer sells them back at 7.10, and the position is flat in dollars: ten yuan are the bank's.
    bank.book(
        "fx.buy",
        (wang_usd.pk, "-100.00", "USD"), (position_usd, "100.00", "USD"),
        (position, "-710.00", "CNY"), (wang.pk, "710.00", "CNY"),
    )  # fmt: skip
    assert (on(position), on(position_usd)) == ("10.00", "0.00")
    bank.book("fx.result", (position, "-10.00", "CNY"), (bank["fx-result"], "10.00", "CNY"), on=TUESDAY)
    assert (on(position), on(bank["fx-result"])) == ("0.00", "10.00")
    assert trial_is_square()


def test_a_card_payment_is_held_first_and_taken_later_for_less(bank: Bank) -> None:
    wang = bank.customer()
    bank.book("counter.deposit", (wang.pk, "500.00", "CNY"), (bank["cash"], "-500.00", "CNY"))
    hold = posting.place_hold(key="authorisation", account_id=wang.pk, amount=20_000, reason="Fuel pump")
    assert balances.available(wang.pk) == Money.of("300.00", "CNY")
    posting.capture_hold(
        hold_id=hold.hold_id, key="presentment", kind="card.purchase", channel="card", business_date=TUESDAY,
        lines=[
            Line.of(wang.pk, Money.of("-187.65", "CNY")),
            Line.of(bank["card-clearing"], Money.of("187.65", "CNY")),
        ],
    )  # fmt: skip
    assert balances.available(wang.pk) == Money.of("312.35", "CNY")
    assert on(bank["card-clearing"]) == "187.65"
    assert trial_is_square()


def test_amounts_in_a_currency_without_decimals_are_whole(bank: Bank) -> None:
    own = chart.ensure("JPY", now=make.OPENED)
    sato = bank.customer("JPY")
    bank.book("counter.deposit", (sato.pk, "1500", "JPY"), (own["cash"], "-1500", "JPY"))
    assert on(sato) == "1500"
    assert trial_is_square()

"""Interest is credited once, at the rate of its settlement day, and the books know each evening what is owed."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from accounts.models import BankAccount, Customer
from accounts.statements import queries as statements
from accounts.statements.filters import Filter
from core.audit.models import Row
from ledger import balances, chart
from products.deposits import accruing, books, days, settling
from products.deposits.models import Accrual, AccruedDay, Settlement
from tests.factories import deposits as make
from tests.factories import payments as money
from tests.factories.policy import add_figure
from tests.payments.conftest import together

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 9, 21), date(2026, 12, 20)


@pytest.fixture
def holder(now: datetime) -> Customer:
    make.begins(FIRST - timedelta(days=1))
    return money.customer(now=now)


@pytest.fixture
def account(holder: Customer, now: datetime) -> BankAccount:
    return opened(holder, 100_000_00, now=now)


def opened(holder: Customer, amount: int, *, currency: str = "CNY", now: datetime) -> BankAccount:
    made = money.account(holder, currency=currency, now=now)
    BankAccount.objects.filter(pk=made.pk).update(opened_on=FIRST)
    made.refresh_from_db()
    make.book(made, amount, FIRST, now=now)
    return made


def own(name: str, currency: str = "CNY") -> int:
    found = chart.find(name, currency)
    return balances.of([found])[found].booked


def a_rate(percent: str, *, since: date) -> None:
    add_figure("interest.demand.rate.cny", percent, type="decimal", since=since, now=make.moment(since))


def on(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def test_a_quarter_is_credited_on_the_day_after_its_settlement_day(account: BankAccount) -> None:
    assert make.end(LAST - timedelta(days=1), account) == 0
    assert not Settlement.objects.exists()
    assert make.end(LAST, account) == 1
    row = Settlement.objects.get(bank_account=account)
    # 100,000.00 for 91 days at 0.05 % by 360: 12.6389
    assert (row.first_day, row.last_day, row.rate_day) == (FIRST, LAST, LAST)
    assert (row.daily_balances, row.percent, row.day_basis) == (100_000_00 * 91, Decimal("0.05"), 360)
    assert (row.interest, row.reason) == (12_64, "quarter")
    newest = statements.page(account.ledger_account_id, Filter()).movements[0]
    assert (newest.kind, newest.amount, newest.business_date) == ("deposits.interest", 12_64, date(2026, 12, 21))
    assert newest.narrative == "2026-09-21 – 2026-12-20"
    assert statements.page(account.ledger_account_id, Filter(category="interest")).movements == [newest]
    after = Accrual.objects.get(bank_account=account)
    assert (after.since, after.until, after.through) == (date(2026, 12, 21), date(2027, 3, 20), LAST)
    assert after.daily_balances == 0


def test_a_settlement_day_that_is_carried_out_again_credits_nothing(account: BankAccount) -> None:
    make.end(LAST, account)
    before = on(account)
    assert make.end(LAST, account) == 0
    assert (on(account), Settlement.objects.count()) == (before, 1)


def test_interest_earns_interest_from_the_day_it_is_credited(account: BankAccount) -> None:
    make.end(LAST, account)
    make.end(LAST + timedelta(days=1), account)
    assert Accrual.objects.get(bank_account=account).daily_balances == 100_012_64


def test_a_period_takes_the_rate_of_its_settlement_day(account: BankAccount) -> None:
    a_rate("0.25", since=LAST - timedelta(days=3))
    make.end(LAST, account)
    assert Settlement.objects.get().interest == make.rounded(100_000_00 * 91, "0.25") == 63_19


def test_a_settlement_day_that_was_missed_is_made_up_for_at_its_own_rate(account: BankAccount) -> None:
    late = LAST + timedelta(days=5)
    a_rate("0.25", since=LAST + timedelta(days=1))
    assert make.end(late, account) == 1
    row = Settlement.objects.get()
    assert (row.last_day, row.interest) == (LAST, 12_64)
    newest = statements.page(account.ledger_account_id, Filter()).movements[0]
    assert newest.business_date == late + timedelta(days=1)  # no day before it is rewritten
    assert Accrual.objects.get(bank_account=account).daily_balances == 5 * 100_000_00


def test_interest_below_half_a_fen_is_settled_without_a_movement(holder: Customer, now: datetime) -> None:
    account = opened(holder, 10_00, now=now)
    assert make.end(LAST, account) == 1
    row = Settlement.objects.get()
    assert (row.interest, row.entry_id, on(account)) == (0, None, 10_00)
    assert Accrual.objects.get(bank_account=account).since == date(2026, 12, 21)


def test_pounds_are_divided_by_365_days_and_dollars_by_360(holder: Customer, now: datetime) -> None:
    make.begins(FIRST - timedelta(days=1), "USD")
    make.begins(FIRST - timedelta(days=1), "GBP")
    dollars, pounds = (opened(holder, 1_000_000_00, currency=each, now=now) for each in ("USD", "GBP"))
    make.end(LAST, dollars, pounds)
    found = dict(Settlement.objects.values_list("bank_account__currency", "interest"))
    assert found == {
        "USD": make.rounded(1_000_000_00 * 91, "0.05", 360), "GBP": make.rounded(1_000_000_00 * 91, "0.01", 365)
    }  # fmt: skip


# ── What the bank owes ───────────────────────────────────────────────────────


def test_the_books_owe_each_evening_what_all_periods_come_to(
    account: BankAccount, holder: Customer, now: datetime
) -> None:
    other = opened(holder, 33_333_33, now=now)
    day = FIRST
    while day < LAST:
        make.end(day, account, other)
        days = (day - FIRST).days + 1
        assert own("interest-payable") == make.rounded((100_000_00 + 33_333_33) * days)
        day += timedelta(days=7)
    make.end(LAST, account, other)
    credited = sum(Settlement.objects.values_list("interest", flat=True))
    assert own("interest-payable") == 0  # what rounding left over is in the last day's expense
    assert own("interest-paid") == -credited == -(12_64 + make.rounded(33_333_33 * 91))


def test_a_day_is_owed_once_and_a_quiet_one_books_nothing(account: BankAccount) -> None:
    make.end(FIRST, account)
    assert books.accrue(currency="CNY", day=FIRST, now=make.moment(FIRST)) == books.BOOKED
    row = AccruedDay.objects.get(day=FIRST)
    assert (row.owed, row.change) == (14, 14)  # 13.89 fen
    assert books.accrue(currency="CZK", day=FIRST, now=make.moment(FIRST)) == books.NO_RATE
    assert books.accrue(currency="JPY", day=FIRST, now=make.moment(FIRST)) == books.UNCHANGED


def test_a_lower_rate_takes_back_what_was_owed_too_much(account: BankAccount) -> None:
    make.end(FIRST + timedelta(days=9), account)
    assert own("interest-payable") == 1_39
    a_rate("0.01", since=FIRST + timedelta(days=10))
    make.end(FIRST + timedelta(days=10), account)
    assert own("interest-payable") == make.rounded(100_000_00 * 11, "0.01") == 31
    assert AccruedDay.objects.get(day=FIRST + timedelta(days=10)).change == 31 - 1_39


# ── Before an account is closed ──────────────────────────────────────────────


@pytest.fixture
def emptied(holder: Customer, now: datetime) -> BankAccount:
    made = money.account(holder, now=now)
    BankAccount.objects.filter(pk=made.pk).update(opened_on=FIRST)
    make.book(made, 100_000_00, FIRST, now=now)
    make.book(made, -100_000_00, FIRST + timedelta(days=30), now=now)
    made.refresh_from_db()
    return made


@pytest.mark.django_db(transaction=True)
def test_what_has_grown_on_an_empty_account_is_credited_at_once_and_once(
    holder: Customer, emptied: BankAccount, now: datetime
) -> None:
    paid = settling.pay_out(customer=holder, account_id=emptied.public_id, now=now)
    assert paid == on(emptied) == make.rounded(100_000_00 * 30) == 4_17
    row = Settlement.objects.get()
    assert (row.reason, row.first_day, row.last_day, row.rate_day) == (
        "closing", FIRST, now.date() - timedelta(days=1), now.date()
    )  # fmt: skip
    assert Row.objects.filter(act="deposits.interest_paid_out").count() == 1
    with pytest.raises(settling.NothingToPayOut):
        settling.pay_out(customer=holder, account_id=emptied.public_id, now=now)
    assert Settlement.objects.count() == 1
    make.end(now.date(), emptied)
    assert Accrual.objects.get(bank_account=emptied).daily_balances == 4_17


@pytest.mark.django_db(transaction=True)
def test_interest_is_not_credited_early_while_there_is_money_or_to_somebody_else(
    holder: Customer, account: BankAccount, emptied: BankAccount, now: datetime
) -> None:
    with pytest.raises(settling.NotEmpty):
        settling.pay_out(customer=holder, account_id=account.public_id, now=now)
    with pytest.raises(BankAccount.DoesNotExist):
        settling.pay_out(customer=money.customer("李明", now=now), account_id=emptied.public_id, now=now)
    with pytest.raises(BankAccount.DoesNotExist):
        settling.pay_out(customer=holder, account_id=uuid.uuid4(), now=now)
    assert not Settlement.objects.exists()


# ── At the same moment, and damaged ──────────────────────────────────────────


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_who_settle_at_once_credit_once(holder: Customer, emptied: BankAccount, now: datetime) -> None:
    def at_closing() -> object:
        return settling.pay_out(customer=holder, account_id=emptied.public_id, now=now)

    def at_night() -> object:
        with transaction.atomic():
            return days.carry_out(bucket=emptied.pk // accruing.BUCKET, day=LAST, now=now)

    together([at_closing, at_night, at_closing, at_night, at_closing])
    rows = list(Settlement.objects.filter(bank_account=emptied).order_by("first_day"))
    assert sum(row.interest for row in rows) == on(emptied) == 4_17
    assert rows[-1].last_day == LAST or Accrual.objects.get(bank_account=emptied).through == LAST
    assert sum((row.last_day - row.first_day).days + 1 for row in rows) <= 91


@pytest.mark.parametrize(
    "change",
    [
        {"interest": 12_65}, {"daily_balances": 1}, {"percent": Decimal("0.5")}, {"entry_id": None},
        {"first_day": LAST + timedelta(days=1)},
    ],
)  # fmt: skip
def test_the_database_keeps_what_does_not_add_up(account: BankAccount, change: dict[str, object]) -> None:
    make.end(LAST, account)
    row = Settlement.objects.get()
    values = {
        field.attname: getattr(row, field.attname) for field in Settlement._meta.fields if field.attname != "id"
    } | {"first_day": LAST + timedelta(days=1), "last_day": LAST + timedelta(days=2), "entry_id": None, "interest": 0,
         "daily_balances": 0}  # fmt: skip
    wrong = {**{name: getattr(row, name) for name in ("interest", "daily_balances", "percent", "entry_id")}, **change}
    with pytest.raises(Error), transaction.atomic():
        Settlement.objects.create(**{**values, **wrong, "first_day": FIRST, "last_day": LAST - timedelta(days=1)})
    with pytest.raises(Error), transaction.atomic():
        Settlement.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM deposits_settlement")
    Settlement.objects.create(**values)  # what does add up is let in

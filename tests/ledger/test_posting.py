"""One entry: balanced, under its floors, once for each key."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import accounts, balances, posting
from ledger.models import Account, Entry
from ledger.models import Line as Written
from ledger.posting import Line
from tests.factories import ledger as make
from tests.ledger.support import booked, written

pytestmark = pytest.mark.django_db


def test_a_transfer_moves_the_money_and_says_so_on_both_accounts() -> None:
    payer, payee = make.running(amount=10_000), make.running()
    posted = make.book((payer, -2_500), (payee, 2_500), narrative="Rent, November")
    assert not posted.repeated
    assert (booked(payer), booked(payee)) == (7_500, 2_500)
    line = balances.lines(payer.pk)[0]
    assert (line.number, line.amount, line.balance_after, line.narrative) == (2, -2_500, 7_500, "Rent, November")
    assert (line.kind, line.channel, line.business_date) == ("test.transfer", "online", make.DAY)
    assert balances.lines(payee.pk)[0].balance_after == 2_500


def test_a_booking_is_one_round_trip() -> None:
    payer, payee = make.running(amount=100), make.running()
    with CaptureQueriesContext(connection) as captured:
        make.book((payer, -1), (payee, 1))
    assert len(captured) == 1


def test_the_server_keeps_the_plan_of_a_booking() -> None:
    payer, payee = make.running(amount=100), make.running()
    for amount in (1, 2, 3):
        make.book((payer, -amount), (payee, amount))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%ledger_post(%%'")
        assert cursor.fetchone() == (1,)


def test_an_unbalanced_entry_is_refused_and_leaves_no_trace() -> None:
    payer, payee = make.running(amount=100), make.running()
    before = written()
    with pytest.raises(posting.Unbalanced), transaction.atomic():
        make.book((payer, -100), (payee, 99))
    assert written() == before
    assert booked(payer) == 100


def test_an_entry_balances_in_each_currency_by_itself() -> None:
    yuan, dollars = make.running(amount=1_000), make.running(currency="USD", floor=None)
    with pytest.raises(posting.Unbalanced), transaction.atomic():
        make.book((yuan, -700), (dollars, 700))
    cny, usd = make.internal("fx-position"), make.internal("fx-position", currency="USD")
    make.book((yuan, -700), (cny, 700), (usd, -100), (dollars, 100))
    assert (booked(yuan), booked(dollars), booked(cny), booked(usd)) == (300, 100, 700, -100)


def test_a_balance_never_falls_below_its_floor() -> None:
    payer, payee = make.running(amount=100), make.running()
    make.book((payer, -100), (payee, 100))
    before = written()
    with pytest.raises(posting.BelowFloor) as refused, transaction.atomic():
        make.book((payer, -1), (payee, 1))
    assert refused.value.account_id == payer.pk
    assert written() == before


def test_an_agreed_overdraft_is_a_lower_floor() -> None:
    payer, payee = make.running(floor=-500), make.running()
    make.book((payer, -500), (payee, 500))
    assert booked(payer) == -500
    assert balances.of([payer.pk])[payer.pk].spendable == 0
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        make.book((payer, -1), (payee, 1))


def test_every_line_of_an_entry_keeps_the_floor_not_only_the_last() -> None:
    account, cash = make.running(amount=100), make.internal()
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        make.book((account, -150), (account, 60), (cash, 90))
    make.book((account, 60), (account, -150), (cash, 90))
    assert booked(account) == 10


def test_an_account_may_stand_in_an_entry_twice() -> None:
    account, cash = make.running(amount=100), make.internal()
    make.book((account, -30), (cash, 30), (account, -5), (cash, 5))
    assert [(line.number, line.balance_after) for line in balances.lines(account.pk)] == [(3, 65), (2, 70), (1, 100)]


def test_the_same_key_with_the_same_content_answers_the_first_booking() -> None:
    payer, payee = make.running(amount=100), make.running()
    first = make.book((payer, -100), (payee, 100), key="order-1")
    again = make.book((payer, -100), (payee, 100), key="order-1")
    assert again == posting.Posted(first.entry_id, repeated=True)
    assert booked(payee) == 100


def test_a_retry_after_midnight_is_the_same_booking() -> None:
    payer, payee = make.running(amount=100), make.running()
    lines = [Line(payer.pk, -1), Line(payee.pk, 1)]
    same = {"key": "k", "kind": "test.transfer", "channel": "online", "lines": lines}
    first = posting.post(business_date=make.DAY, **same)  # type: ignore[arg-type]
    again = posting.post(business_date=make.DAY + timedelta(days=1), **same)  # type: ignore[arg-type]
    assert (again.entry_id, again.repeated) == (first.entry_id, True)
    assert Entry.objects.get(pk=first.entry_id).business_date == make.DAY


def test_a_repeat_is_answered_even_when_it_could_not_be_booked_today() -> None:
    payer, payee = make.running(amount=100), make.running()
    first = make.book((payer, -100), (payee, 100), key="order-1")
    accounts.close_account(account_id=payer.pk)
    assert make.book((payer, -100), (payee, 100), key="order-1") == posting.Posted(first.entry_id, repeated=True)


@pytest.mark.parametrize("change", ["amount", "payee", "kind", "channel", "narrative", "order"])
def test_the_same_key_with_other_content_is_refused(change: str) -> None:
    payer, payee, other = make.running(amount=100), make.running(), make.running()
    make.book((payer, -10), (payee, 10), key="order-1")
    before = written()
    attempts = {
        "amount": lambda: make.book((payer, -11), (payee, 11), key="order-1"),
        "payee": lambda: make.book((payer, -10), (other, 10), key="order-1"),
        "kind": lambda: make.book((payer, -10), (payee, 10), key="order-1", kind="test.other"),
        "channel": lambda: make.book((payer, -10), (payee, 10), key="order-1", channel="counter"),
        "narrative": lambda: make.book((payer, -10), (payee, 10), key="order-1", narrative="x"),
        "order": lambda: make.book((payee, 10), (payer, -10), key="order-1"),
    }
    with pytest.raises(posting.KeyReused), transaction.atomic():
        attempts[change]()
    assert written() == before


def test_content_cannot_be_disguised_by_separators() -> None:
    payer, payee = make.running(amount=100), make.running()
    one = [Line(payer.pk, -1, 'a","b'), Line(payee.pk, 1, "c")]
    two = [Line(payer.pk, -1, "a"), Line(payee.pk, 1, 'b","c')]
    call = {"key": "k", "kind": "test.transfer", "channel": "online", "business_date": make.DAY}
    posting.post(lines=one, **call)  # type: ignore[arg-type]
    with pytest.raises(posting.KeyReused), transaction.atomic():
        posting.post(lines=two, **call)  # type: ignore[arg-type]


def test_a_line_in_another_currency_than_its_account_is_refused() -> None:
    payer, payee = make.running(amount=100), make.running()
    before = written()
    with pytest.raises(posting.WrongCurrency) as refused, transaction.atomic():
        posting.post(
            key="k", kind="test.transfer", channel="online", business_date=make.DAY,
            lines=[Line(payer.pk, -1, currency="CNY"), Line(payee.pk, 1, currency="USD")],
        )  # fmt: skip
    assert refused.value.account_id == payee.pk
    assert written() == before


def test_an_unknown_account_is_refused() -> None:
    payer = make.running(amount=100)
    ghost = Account(pk=payer.pk + 1_000_000)
    with pytest.raises(posting.UnknownAccount) as refused, transaction.atomic():
        make.book((payer, -1), (ghost, 1))
    assert refused.value.account_id == ghost.pk


@pytest.mark.parametrize("is_running", [True, False])
def test_nothing_is_booked_on_a_closed_account(is_running: bool) -> None:
    payer, closed = make.running(amount=100), make.running() if is_running else make.internal("fees")
    accounts.close_account(account_id=closed.pk)
    with pytest.raises(posting.AccountClosed) as refused, transaction.atomic():
        make.book((payer, -1), (closed, 1))
    assert refused.value.account_id == closed.pk
    assert booked(payer) == 100


@pytest.mark.parametrize(
    ("sides", "extra"),
    [
        ([], {}), ([-1], {}), ([0, 0], {}), ([-(10**18), 10**18], {}), ([-(2**63 - 1), 2**63 - 1], {}),
        ([-1, 1], {"channel": "pigeon"}), ([-1, 1], {"kind": "Transfer"}), ([-1, 1], {"kind": "transfer"}),
        ([-1, 1], {"key": "k" * 129}), ([-1, 1], {"narrative": "n" * 201}),
    ],
)  # fmt: skip
def test_what_is_no_booking_is_refused(sides: list[int], extra: dict[str, str]) -> None:
    payer, payee = make.running(amount=100, floor=None), make.running(floor=None)
    before = written()
    with pytest.raises(posting.Malformed), transaction.atomic():
        make.book(*zip((payer, payee), sides, strict=False), **extra)  # type: ignore[arg-type]
    assert written() == before


@pytest.mark.parametrize("amount", [2**63, 10**30, 1.5, "1", None, True])
def test_an_amount_that_is_no_whole_number_of_units_never_reaches_the_database(amount: object) -> None:
    with pytest.raises(posting.Malformed):
        posting.post(
            key="k", kind="test.transfer", channel="online", business_date=make.DAY,
            lines=[Line(1, amount), Line(2, -1)],  # type: ignore[arg-type]
        )  # fmt: skip
    with pytest.raises(posting.Malformed):
        posting.place_hold(key="k", account_id=1, amount=amount)  # type: ignore[arg-type]


def test_a_refusal_ends_the_callers_transaction_and_says_so() -> None:
    payer, payee = make.running(amount=100), make.running()

    def goes_on_after_a_refusal() -> None:
        with transaction.atomic():
            with pytest.raises(posting.BelowFloor):
                make.book((payer, -200), (payee, 200))
            Account.objects.count()

    with pytest.raises(transaction.TransactionManagementError):
        goes_on_after_a_refusal()
    with transaction.atomic():  # with a block of its own around the booking the caller goes on
        with pytest.raises(posting.BelowFloor), transaction.atomic():
            make.book((payer, -200), (payee, 200))
        make.book((payer, -50), (payee, 50))
    assert booked(payer) == 50


def test_a_booking_belongs_to_the_callers_transaction() -> None:
    payer, payee = make.running(amount=100), make.running()

    def books_and_fails() -> None:
        with transaction.atomic():
            make.book((payer, -50), (payee, 50))
            raise RuntimeError("the caller's own work failed")

    with pytest.raises(RuntimeError):
        books_and_fails()
    assert booked(payer) == 100


def test_amounts_of_any_size_share_one_prepared_statement() -> None:
    rich, other = make.running(amount=10**16), make.running()
    for amount in (1, 40_000, 3 * 10**9, 10**15):
        make.book((rich, -amount), (other, amount))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%ledger_post(%%'")
        assert cursor.fetchone() == (1,)


def test_an_entry_of_a_thousand_lines_is_booked_in_one() -> None:
    employer = make.running(amount=1_000_000)
    staff = [make.running() for _ in range(3)]
    lines = [Line(employer.pk, -999)] + [Line(staff[i % 3].pk, 1) for i in range(999)]
    posting.post(key="payroll", kind="test.payroll", channel="online", business_date=make.DAY, lines=lines)
    assert [booked(account) for account in staff] == [333, 333, 333]
    assert Written.objects.filter(account=staff[0]).order_by("-number").first().number == 333  # type: ignore[union-attr]

"""A transfer is filled in, checked, confirmed once. What is refused leaves no trace."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import BankAccount, Customer
from core.audit.models import Row
from core.outbox.models import FactRecord
from ledger import accounts as chart
from ledger import balances
from ledger.models import Entry
from payments import queries
from payments.limits import Which
from payments.models import Payee, Transfer
from payments.services import transfers
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import approved, drafted, paid

pytestmark = pytest.mark.django_db


def booked(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def traces() -> tuple[int, int, int]:
    """Entries, facts and audit rows of transfers."""
    return (
        Entry.objects.filter(kind=transfers.KIND).count(),
        FactRecord.objects.filter(kind=transfers.CONFIRMED).count(),
        Row.objects.filter(act=transfers.CONFIRMED).count(),
    )


def confirm(two: make.Pair, transfer_id: uuid.UUID, now: datetime, **changes: Any) -> transfers.Confirmed:
    arguments = {"customer": two.payer, "transfer_id": transfer_id, "challenge_id": None, "now": now, **changes}
    return transfers.confirm(**arguments)


def stands_as_it_was(two: make.Pair, transfer_id: uuid.UUID, balance: int = 1_000_00) -> None:
    assert booked(two.source) == balance
    assert Transfer.objects.get(public_id=transfer_id).state == Transfer.State.DRAFT
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_a_confirmation_asks_the_database_six_times(
    two: make.Pair, now: datetime, django_assert_num_queries: Any
) -> None:
    """Open, lock with limits and step-up used up, what the rules measure, entry, draft confirmed with trail and fact,
    close."""
    transfer_id = drafted(two, 250_00, now)
    challenge_id = approved(two.payer, transfer_id, now)
    with django_assert_num_queries(6):
        confirm(two, transfer_id, now, challenge_id=challenge_id)
    assert traces() == (1, 1, 1)


def test_confirming_moves_the_money_and_tells_trail_and_outbox_in_the_same_breath(
    two: make.Pair, now: datetime
) -> None:
    transfer_id = paid(two, 250_00, now, memo="Rent November")
    assert (booked(two.source), booked(two.destination)) == (750_00, 250_00)
    assert traces() == (1, 1, 1)
    transfer = Transfer.objects.get(public_id=transfer_id)
    assert transfer.state == Transfer.State.CONFIRMED
    assert transfer.business_date is not None
    assert transfer.business_date.isoformat() == "2026-11-23"
    assert transfer.verification_code is not None
    assert len(transfer.verification_code) == 32
    lines = balances.lines(two.destination.ledger_account_id)
    assert (lines[0].amount, lines[0].narrative, lines[0].channel) == (250_00, "王小明 · Rent November", "online")
    assert balances.lines(two.source.ledger_account_id)[0].narrative == "*明 · Rent November"


def test_confirming_again_is_answered_with_the_first_result(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 250_00, now)
    challenge = approved(two.payer, transfer_id, now)
    first = confirm(two, transfer_id, now, challenge_id=challenge)
    for later in (now, now + timedelta(days=400)):
        again = confirm(two, transfer_id, later, challenge_id=challenge)
        assert (again.transfer_id, again.repeated, first.repeated) == (transfer_id, True, False)
    assert booked(two.source) == 750_00
    assert traces() == (1, 1, 1)


def test_an_answer_to_a_transfer_that_is_made_already_is_not_used_up(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 250_00, now)
    first, second = approved(two.payer, transfer_id, now), approved(two.payer, transfer_id, now)
    confirm(two, transfer_id, now, challenge_id=first)
    assert confirm(two, transfer_id, now, challenge_id=second).repeated
    assert StepUp.objects.get(public_id=second).used_at is None
    assert traces() == (1, 1, 1)


def test_the_same_form_sent_twice_is_one_draft(two: make.Pair, now: datetime) -> None:
    key = uuid.uuid4()
    first = drafted(two, 100_00, now, key=key)
    again = transfers.draft(customer=two.payer, key=key, order=make.order(two, 100_00), now=now)
    assert again == transfers.Drafted(first, repeated=True, confirmed=False)
    assert two.payer.transfers.count() == 1


def test_going_back_to_change_the_amount_voids_the_first_draft(two: make.Pair, now: datetime) -> None:
    key = uuid.uuid4()
    first = drafted(two, 100_00, now, key=key)
    challenge = approved(two.payer, first, now)
    second = drafted(two, 900_00, now, key=key)
    assert first != second
    with pytest.raises(transfers.DraftVoid):
        confirm(two, first, now, challenge_id=challenge)
    with pytest.raises(stepup.Changed):  # the code was for the first amount
        confirm(two, second, now, challenge_id=challenge)
    assert traces() == (0, 0, 0)
    stands_as_it_was(two, second)


def test_a_form_that_has_paid_does_not_pay_another_amount(two: make.Pair, now: datetime) -> None:
    key = uuid.uuid4()
    first = drafted(two, 100_00, now, key=key)
    confirm(two, first, now, challenge_id=approved(two.payer, first, now))
    with pytest.raises(transfers.KeyTaken) as refused:
        drafted(two, 200_00, now, key=key)
    assert refused.value.transfer_id == first
    same = transfers.draft(customer=two.payer, key=key, order=make.order(two, 100_00), now=now)
    assert same == transfers.Drafted(first, repeated=True, confirmed=True)
    assert two.payer.transfers.count() == 1


def test_another_customer_may_use_the_same_key(two: make.Pair, now: datetime) -> None:
    other, key = make.pair(now=now), uuid.uuid4()
    assert drafted(two, 1_00, now, key=key) != drafted(other, 1_00, now, key=key)


def test_without_an_answered_question_nothing_moves(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 250_00, now)
    record = queries.transfer_of(two.payer, transfer_id)
    assert record is not None
    assert two.payer.user is not None
    unanswered = stepup.start(
        user=two.payer.user, operation=transfers.OPERATION, payload=transfers.shown(record), now=now
    ).id
    for challenge in (None, uuid.uuid4(), unanswered):
        with pytest.raises(stepup.Refused):
            confirm(two, transfer_id, now, challenge_id=challenge)
    assert traces() == (0, 0, 0)
    stands_as_it_was(two, transfer_id)


@pytest.mark.parametrize("field", ["amount", "currency", "payee", "to", "from", "memo", "transfer"])
def test_a_question_about_anything_else_opens_nothing(two: make.Pair, now: datetime, field: str) -> None:
    transfer_id = drafted(two, 250_00, now, memo="Rent")
    record = queries.transfer_of(two.payer, transfer_id)
    assert record is not None
    assert two.payer.user is not None
    shown = dict(transfers.shown(record))
    shown[field] = 1 if field == "amount" else "other"
    challenge = stepup.start(user=two.payer.user, operation=transfers.OPERATION, payload=shown, now=now)
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    with pytest.raises(stepup.Changed):
        confirm(two, transfer_id, now, challenge_id=challenge.id)
    assert traces() == (0, 0, 0)
    stands_as_it_was(two, transfer_id)


def test_an_answer_given_in_another_session_opens_nothing(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 250_00, now)
    challenge = approved(two.payer, transfer_id, now, session="mine")
    with pytest.raises(stepup.Changed):
        confirm(two, transfer_id, now, challenge_id=challenge, session="another")
    assert traces() == (0, 0, 0)
    confirm(two, transfer_id, now, challenge_id=challenge, session="mine")
    assert traces() == (1, 1, 1)


def test_more_than_the_balance_is_refused_early_with_what_is_left(two: make.Pair, now: datetime) -> None:
    with pytest.raises(transfers.InsufficientFunds) as refused:
        drafted(two, 1_000_01, now)
    assert (refused.value.available, refused.value.currency) == (1_000_00, "CNY")
    assert not two.payer.transfers.exists()


def test_money_spent_since_the_check_page_refuses_the_transfer_and_leaves_no_trace(
    two: make.Pair, now: datetime
) -> None:
    transfer_id = drafted(two, 800_00, now)
    paid(two, 300_00, now)
    before = traces()
    challenge = approved(two.payer, transfer_id, now)
    with pytest.raises(transfers.InsufficientFunds) as refused:
        confirm(two, transfer_id, now, challenge_id=challenge)
    assert refused.value.available == 700_00
    assert traces() == before
    assert booked(two.source) == 700_00
    assert StepUp.objects.get(public_id=challenge).used_at is None
    assert Transfer.objects.get(public_id=transfer_id).state == Transfer.State.DRAFT


def test_a_draft_grows_too_old_to_be_confirmed(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 1_00, now)
    late = now + timedelta(minutes=30)
    with pytest.raises(transfers.DraftVoid):
        confirm(two, transfer_id, late, challenge_id=approved(two.payer, transfer_id, late))
    assert transfers.expire_drafts(now=late - timedelta(seconds=1)) == 0
    assert transfers.expire_drafts(now=late) == 1
    assert Transfer.objects.get(public_id=transfer_id).state == Transfer.State.EXPIRED
    assert traces() == (0, 0, 0)


@pytest.mark.parametrize("what", ["payee removed", "account closed", "no longer verified", "may no longer dispose"])
def test_what_changed_since_the_check_page_is_seen_when_confirming(two: make.Pair, now: datetime, what: str) -> None:
    transfer_id = drafted(two, 1_00, now)
    challenge = approved(two.payer, transfer_id, now)
    expected: type[Exception] = transfers.UnknownSource
    if what == "payee removed":
        Payee.objects.update(state=Payee.State.ARCHIVED, archived_at=now)
        expected = transfers.UnknownDestination
    elif what == "account closed":
        two.destination.status = BankAccount.Status.CLOSED
        two.destination.save()
        expected = transfers.AccountClosed
    elif what == "no longer verified":
        Customer.objects.filter(pk=two.payer.pk).update(standing=Customer.Standing.CLOSED)
    else:
        two.payer.dispositions.all().delete()
    with pytest.raises(expected):
        confirm(two, transfer_id, now, challenge_id=challenge)
    assert traces() == (0, 0, 0)
    stands_as_it_was(two, transfer_id)


def test_an_account_closed_in_the_books_alone_is_refused_too(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 1_00, now)
    chart.close_account(account_id=two.destination.ledger_account_id)
    with pytest.raises(transfers.AccountClosed):
        confirm(two, transfer_id, now, challenge_id=approved(two.payer, transfer_id, now))
    assert traces() == (0, 0, 0)


def test_another_customers_accounts_payees_and_transfers_do_not_exist(two: make.Pair, now: datetime) -> None:
    other = make.pair(now=now)
    mine, theirs = make.order(two, 1_00), make.order(other, 1_00)
    wrong = [
        (transfers.Order(theirs.source, None, mine.to_payee, 1_00), transfers.UnknownSource),
        (transfers.Order(mine.source, None, theirs.to_payee, 1_00), transfers.UnknownDestination),
        (transfers.Order(mine.source, other.source.public_id, None, 1_00), transfers.UnknownDestination),
        (transfers.Order(mine.source, None, None, 1_00), transfers.UnknownDestination),
        (transfers.Order(mine.source, mine.source, None, 1_00), transfers.SameAccount),
    ]
    for order, refusal in wrong:
        with pytest.raises(refusal):
            transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order, now=now)
    foreign = drafted(other, 1_00, now)
    with pytest.raises(transfers.UnknownTransfer):
        confirm(two, foreign, now, challenge_id=approved(other.payer, foreign, now))
    assert queries.transfer_of(two.payer, foreign) is None
    assert traces() == (0, 0, 0)


def test_accounts_in_two_currencies_are_refused(two: make.Pair, now: datetime) -> None:
    dollars = make.account(two.payer, currency="USD", now=now)
    with pytest.raises(transfers.CurrencyDiffers):
        transfers.draft(
            customer=two.payer, key=uuid.uuid4(), now=now,
            order=transfers.Order(two.source.public_id, dollars.public_id, None, 1_00),
        )  # fmt: skip


def test_a_currency_without_limits_cannot_leave(now: datetime) -> None:
    payer, receiver = make.customer(now=now), make.customer("李明", now=now)
    source = make.account(payer, balance=100_00, currency="USD", now=now)
    payee = make.payee(payer, make.account(receiver, currency="USD", now=now), now=now)
    with pytest.raises(transfers.NotOffered):
        transfers.draft(
            customer=payer, key=uuid.uuid4(), now=now,
            order=transfers.Order(source.public_id, None, payee.public_id, 1_00),
        )  # fmt: skip


def test_own_accounts_take_a_code_too_unless_the_policy_says_otherwise(two: make.Pair, now: datetime) -> None:
    savings = make.account(two.payer, now=now)

    def fill_in() -> uuid.UUID:
        order = transfers.Order(two.source.public_id, savings.public_id, None, 100_00)
        return transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order, now=now).transfer_id

    transfer_id = fill_in()
    with pytest.raises(stepup.Unanswered):
        confirm(two, transfer_id, now)
    confirm(two, transfer_id, now, challenge_id=approved(two.payer, transfer_id, now))
    add_figure("transfer.own.step_up", "false", type="bool", now=now)
    confirm(two, fill_in(), now)
    assert booked(savings) == 200_00


def test_own_accounts_use_up_no_limit_unless_the_policy_says_so(now: datetime) -> None:
    payer = make.customer(now=now)
    source, savings = make.account(payer, balance=90_000_00, now=now), make.account(payer, now=now)
    order = transfers.Order(source.public_id, savings.public_id, None, 90_000_00)
    transfers.draft(customer=payer, key=uuid.uuid4(), order=order, now=now)
    add_figure("transfer.own.counts_towards_limits", "true", type="bool", now=now)
    with pytest.raises(transfers.LimitReached):
        transfers.draft(customer=payer, key=uuid.uuid4(), order=order, now=now)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_daily_limit_holds_to_the_minor_unit(over: int, now: datetime) -> None:
    two = make.pair(balance=100_000_00, now=now)
    for _ in range(2):
        paid(two, 20_000_00, now)
    if over > 0:
        with pytest.raises(transfers.LimitReached) as refused:
            drafted(two, 10_000_00 + over, now)
        assert refused.value.breach.which is Which.DAY
        assert refused.value.breach.left == 10_000_00
        assert str(refused.value.breach.resets_on) == "2026-11-24"
    else:
        paid(two, 10_000_00 + over, now)
    assert booked(two.source) == 100_000_00 - 40_000_00 - (0 if over > 0 else 10_000_00 + over)


def test_a_limit_used_up_since_the_check_page_refuses_when_confirming(now: datetime) -> None:
    two = make.pair(balance=100_000_00, now=now)
    waiting = drafted(two, 20_000_00, now)
    for _ in range(2):
        paid(two, 20_000_00, now)
    challenge = approved(two.payer, waiting, now)
    with pytest.raises(transfers.LimitReached):
        confirm(two, waiting, now, challenge_id=challenge)
    assert traces() == (2, 2, 2)
    assert StepUp.objects.get(public_id=challenge).used_at is None


def test_the_day_ends_at_midnight_in_shanghai_and_the_year_with_it() -> None:
    last = datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=ZoneInfo("Asia/Shanghai"))
    two = make.pair(balance=200_000_00, now=last)
    for amount in (20_000_00, 20_000_00, 10_000_00):
        paid(two, amount, last)
    with pytest.raises(transfers.LimitReached) as refused:
        drafted(two, 1, last)
    assert str(refused.value.breach.resets_on) == "2027-01-01"
    midnight = last + timedelta(milliseconds=100)
    assert midnight.astimezone(ZoneInfo("UTC")).date().isoformat() == "2026-12-31"  # elsewhere it is still that day
    transfer_id = paid(two, 20_000_00, midnight)
    assert str(Transfer.objects.get(public_id=transfer_id).business_date) == "2027-01-01"


def test_the_yearly_amount_and_both_counts_come_from_the_policy(two: make.Pair, now: datetime) -> None:
    add_figure("transfer.daily_count", "2", now=now)
    paid(two, 1_00, now)
    paid(two, 1_00, now)
    with pytest.raises(transfers.LimitReached) as refused:
        drafted(two, 1_00, now)
    assert refused.value.breach.which is Which.DAY_COUNT
    add_figure("transfer.yearly_count", "3", now=now)
    tomorrow = now + timedelta(days=1)
    paid(two, 1_00, tomorrow)
    with pytest.raises(transfers.LimitReached) as refused:
        drafted(two, 1_00, tomorrow)
    assert refused.value.breach.which is Which.YEAR_COUNT
    add_figure("transfer.yearly_count", "9", since=tomorrow.date(), now=now)
    add_figure("transfer.yearly_limit.cny", "5.00", type="decimal", now=now)
    with pytest.raises(transfers.LimitReached) as refused:
        drafted(two, 2_01, tomorrow)
    assert (refused.value.breach.which, refused.value.breach.left) == (Which.YEAR, 2_00)
    paid(two, 2_00, tomorrow)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "confirmed"},
        {"state": "done"},
        {"amount": 0},
        {"amount": -1},
        {"amount": 10**17 + 1},
        {"destination": "source"},
        {"kind": "gift"},
    ],
)
def test_the_database_refuses_what_no_service_would_write(
    two: make.Pair, now: datetime, change: dict[str, Any]
) -> None:
    transfer_id = drafted(two, 1_00, now)
    if "destination" in change:
        change = {"destination": two.source}
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(public_id=transfer_id).update(**change)


def test_confirming_takes_few_round_trips(two: make.Pair, now: datetime, django_assert_max_num_queries: Any) -> None:
    transfer_id = drafted(two, 1_00, now)
    challenge = approved(two.payer, transfer_id, now)
    assert two.payer.user is not None
    assert connection.in_atomic_block
    with django_assert_max_num_queries(11):  # savepoint and release of the test's own transaction included
        confirm(two, transfer_id, now, challenge_id=challenge)

"""Paying what somebody asks for: once, like an ordinary transfer to somebody new."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.access import stepup
from accounts.inbox.models import Notice
from core.outbox import relay
from ledger import balances
from payments.models import Payee, Transfer
from payments.refusals import FilledInAnew, InsufficientFunds, PayeeYoung, RequestOver, UnknownDestination
from payments.requests.models import MoneyRequest
from payments.requests.refusals import AlreadyPaid, AmountNeeded, NotSure, UnknownRequest
from payments.requests.services import keeping, paying
from payments.services import transfers
from tests.factories import payments as make
from tests.factories import requests as asking
from tests.factories.policy import add_figure
from tests.requests.conftest import People, confirm, filled_in, paid

pytestmark = pytest.mark.django_db


def holds(account: object) -> int:
    ledger_id = account.ledger_account_id  # type: ignore[attr-defined]
    return balances.of([ledger_id])[ledger_id].booked


def test_a_stranger_pays_by_link_and_both_are_told(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, now=now)
    transfer_id = paid(request, people.payer, people.source, now)
    relay.drain(now=now)
    request.refresh_from_db()
    assert (request.state, request.paid_count, request.paid_total) == ("paid", 1, 88_00)
    assert (holds(people.source), holds(people.to)) == (1_000_00 - 88_00, 88_00)
    transfer = Transfer.objects.get(public_id=transfer_id)
    assert (transfer.memo, transfer.shown_name) == ("Dinner on Friday", "*明")
    told = {notice.event for notice in Notice.objects.filter(user=people.asker.user)}
    assert told == {"payments.received", "requests.paid"}
    assert not people.payer.payees.filter(state=Payee.State.ACTIVE).exists(), "the asker is on nobody's list"


def test_the_same_draft_twice_moves_money_once(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, now=now)
    transfer_id = filled_in(request, people.payer, people.source, now)
    confirm(people.payer, transfer_id, now)
    assert confirm(people.payer, transfer_id, now).repeated
    with pytest.raises(AlreadyPaid):
        filled_in(request, people.payer, people.source, now)
    assert holds(people.to) == 88_00


def test_what_somebody_else_paid_first_is_over_for_the_second(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, now=now)
    other = make.customer("张三", now=now)
    source = make.account(other, balance=500_00, now=now)
    mine = filled_in(request, people.payer, people.source, now)
    paid(request, other, source, now)
    with pytest.raises(RequestOver):
        confirm(people.payer, mine, now)
    assert (holds(people.source), holds(people.to)) == (1_000_00, 88_00)
    assert Transfer.objects.get(public_id=mine).state == Transfer.State.DRAFT
    with pytest.raises(UnknownRequest):
        filled_in(request, people.payer, people.source, now)


@pytest.mark.parametrize("over", ["cancelled", "late", "asker gone"])
def test_a_request_that_ended_after_the_check_page_is_not_paid(people: People, now: datetime, over: str) -> None:
    request = asking.asked(people.asker, people.to, days=0, now=now)
    mine = filled_in(request, people.payer, people.source, now)
    at = now
    if over == "cancelled":
        keeping.cancel(customer=people.asker, request_id=request.public_id, now=now)
    elif over == "late":
        late = datetime(2026, 11, 23, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
        mine = filled_in(request, people.payer, people.source, late)
        at = late + timedelta(seconds=1)
    else:
        people.to.dispositions.all().delete()
    with pytest.raises((RequestOver, UnknownDestination)):
        confirm(people.payer, mine, at)
    assert (holds(people.source), holds(people.to)) == (1_000_00, 0)
    assert MoneyRequest.objects.get().paid_count == 0


def test_the_last_second_of_the_last_day_counts(people: People, now: datetime) -> None:
    """The bank's midnight, whatever the server's clock is set to."""
    request = asking.asked(people.asker, people.to, days=0, now=now)
    last = datetime(2026, 11, 23, 15, 59, 59, 900_000, tzinfo=ZoneInfo("UTC"))
    paid(request, people.payer, people.source, last)
    assert holds(people.to) == 88_00


def test_a_bill_is_shared_by_as_many_as_were_asked_and_each_pays_once(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, people=2, now=now)
    paid(request, people.payer, people.source, now)
    with pytest.raises(AlreadyPaid):
        filled_in(request, people.payer, people.source, now)
    request.refresh_from_db()
    assert (request.state, request.paid_count) == ("open", 1)
    other = make.customer("张三", now=now)
    paid(request, other, make.account(other, balance=500_00, now=now), now)
    request.refresh_from_db()
    assert (request.state, request.paid_count, request.paid_total) == ("paid", 2, 176_00)


def test_an_open_amount_is_the_payers_and_a_fixed_one_is_not(people: People, now: datetime) -> None:
    open_one = asking.asked(people.asker, people.to, amount=None, now=now)
    with pytest.raises(AmountNeeded):
        filled_in(open_one, people.payer, people.source, now)
    paid(open_one, people.payer, people.source, now, amount=12_34)
    fixed = asking.asked(people.asker, people.to, now=now)
    transfer_id = filled_in(fixed, people.payer, people.source, now, amount=1)
    assert Transfer.objects.get(public_id=transfer_id).amount == 88_00


def test_whoever_asks_is_as_new_as_any_payee_and_takes_a_code(people: People, now: datetime) -> None:
    """Neither the cooling sum nor the code is avoided by a link, or by a draft that lay for a day."""
    add_figure("payee.cooling_most.cny", "100.00", type="decimal", unit="CNY", now=now)
    request = asking.asked(people.asker, people.to, amount=100_01, now=now)
    with pytest.raises(PayeeYoung):
        filled_in(request, people.payer, people.source, now)
    later = now + timedelta(days=3)
    with pytest.raises(PayeeYoung):
        filled_in(request, people.payer, people.source, later)
    small = asking.asked(people.asker, people.to, amount=60_00, now=later)
    paid(small, people.payer, people.source, later)
    second = asking.asked(people.asker, people.to, amount=60_00, now=later)
    with pytest.raises(PayeeYoung):
        filled_in(second, people.payer, people.source, later)
    third = filled_in(
        asking.asked(people.asker, people.to, amount=30_00, now=later), people.payer, people.source, later
    )
    with pytest.raises(stepup.Refused):
        transfers.confirm(
            customer=people.payer, transfer_id=third, challenge_id=None, served_at=later - timedelta(minutes=1),
            now=later,
        )  # fmt: skip
    assert holds(people.to) == 60_00


def test_whoever_is_on_the_list_is_as_old_as_they_are_there(people: People, now: datetime) -> None:
    add_figure("payee.cooling_most.cny", "100.00", type="decimal", unit="CNY", now=now)
    make.payee(people.payer, people.to, now=now)
    request = asking.asked(people.asker, people.to, amount=500_00, now=now)
    pay = paying.Pay(source=people.source.public_id)  # nobody asks whether they are sure
    made = paying.draft(customer=people.payer, token=request.token, key=uuid.uuid4(), pay=pay, now=now)
    confirm(people.payer, made.transfer_id, now)
    assert holds(people.to) == 500_00


def test_a_stranger_is_not_paid_without_saying_so(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, now=now)
    pay = paying.Pay(source=people.source.public_id)
    with pytest.raises(NotSure):
        paying.draft(customer=people.payer, token=request.token, key=uuid.uuid4(), pay=pay, now=now)
    assert not Transfer.objects.exists()


def test_only_this_room_lets_a_payee_off_the_list_be_paid(people: People, now: datetime) -> None:
    """The row behind a request is no way to pay somebody past the list: not by a draft of one's own, nor an old one."""
    request = asking.asked(people.asker, people.to, now=now)
    first = filled_in(request, people.payer, people.source, now)
    payee = people.payer.payees.get()
    order = transfers.Order(
        source=people.source.public_id, to_account=None, to_payee=payee.public_id, amount=5_00, memo=""
    )
    with pytest.raises(UnknownDestination):
        transfers.draft(customer=people.payer, key=uuid.uuid4(), order=order, now=now)
    newer = filled_in(request, people.payer, people.source, now)  # filled in anew: the first is out of date
    with pytest.raises(FilledInAnew):
        confirm(people.payer, first, now)
    assert holds(people.to) == 0
    confirm(people.payer, newer, now)
    with pytest.raises(RequestOver):
        confirm(people.payer, first, now)
    assert holds(people.to) == 88_00


def test_nobody_pays_their_own_request_or_one_meant_for_another(people: People, now: datetime) -> None:
    mine = asking.asked(people.asker, people.to, now=now)
    own = make.account(people.asker, balance=500_00, now=now)
    with pytest.raises(UnknownRequest):
        filled_in(mine, people.asker, own, now)
    other = make.customer("张三", now=now)
    meant = asking.asked(people.asker, people.to, address=make.account(other, now=now).number, now=now)
    with pytest.raises(UnknownRequest):
        filled_in(meant, people.payer, people.source, now)
    assert not Transfer.objects.exists()


def test_too_little_money_says_so_and_the_request_stays_open(people: People, now: datetime) -> None:
    request = asking.asked(people.asker, people.to, amount=900_00, now=now)
    other = make.pair(now=now)
    mine = filled_in(request, people.payer, people.source, now)
    make.payee(people.payer, other.destination, now=now)
    spent = transfers.Order(
        source=people.source.public_id, to_account=None,
        to_payee=people.payer.payees.get(state=Payee.State.ACTIVE).public_id, amount=500_00, memo="",
    )  # fmt: skip
    drained = transfers.draft(customer=people.payer, key=uuid.uuid4(), order=spent, now=now)
    confirm(people.payer, drained.transfer_id, now)
    with pytest.raises(InsufficientFunds):
        confirm(people.payer, mine, now)
    request.refresh_from_db()
    assert (request.state, request.paid_count) == ("open", 0)
    assert request.shares.get().paid_at is None

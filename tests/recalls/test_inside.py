"""Money asked back of somebody at this bank: only the payee's own word moves it, once, and both have a receipt."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.access import stepup
from accounts.inbox.models import Notice
from core.audit.models import Row
from core.outbox import relay
from ledger import balances
from ledger.models import Entry
from payments import movements
from payments import queries as payments
from payments.models import Transfer
from payments.recalls import steps
from payments.recalls.models import Recall
from payments.recalls.refusals import CannotGive, IsAReturn, OwnAccounts, Settled, TooOld, Unknown
from payments.recalls.services import asking, ending, giving
from payments.recalls.states import State
from tests.factories import payments as money
from tests.factories import recalls as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


def booked(account: object) -> int:
    ledger_id = account.ledger_account_id  # type: ignore[attr-defined]
    return balances.of([ledger_id])[ledger_id].booked


def nothing_moved(two: money.Pair, transfer: Transfer) -> None:
    """Payer and payee hold what they held after the transfer, and no transfer went back."""
    assert (booked(two.source), booked(two.destination)) == (1_000_00 - transfer.amount, transfer.amount)
    assert not Entry.objects.filter(kind=giving.KIND).exists()
    assert Transfer.objects.filter(state="confirmed").count() == 1


def test_a_payee_who_says_yes_gives_the_money_back_as_a_transfer_with_a_receipt_of_its_own(
    two: money.Pair, now: datetime
) -> None:
    first = make.paid(two, 100_00, now=now)
    recall = make.asked(two, first, words="Wrong Li, sorry", now=now)
    back = make.given(two, recall, now=now + timedelta(hours=1))
    recall.refresh_from_db()
    assert (recall.state, recall.back, recall.ended_at) == (State.RETURNED, back, now + timedelta(hours=1))
    assert (booked(two.source), booked(two.destination)) == (1_000_00, 0)
    assert (back.payer, back.source, back.destination, back.memo) == (
        two.receiver, two.destination, two.source, first.reference,
    )  # fmt: skip
    assert back.verification_code
    assert back.reference in movements.notes(first.entry_id)[0]  # type: ignore[arg-type]
    assert first.reference in movements.notes(back.entry_id)[0]  # type: ignore[arg-type]
    assert Row.objects.filter(act="recalls.returned", subject=f"recalls.recall:{recall.public_id}").count() == 1


def test_what_is_given_back_uses_up_none_of_the_limits_and_what_was_paid_still_does(
    two: money.Pair, now: datetime
) -> None:
    first = make.paid(two, 100_00, now=now)
    make.given(two, make.asked(two, first, now=now), now=now)
    gave, paid = (payments.standing(customer_id=who.pk, currency="CNY", now=now) for who in (two.receiver, two.payer))
    assert (gave.used.day, gave.used.month, gave.used.year) == (0, 0, 0)
    assert (gave.used.day_count, gave.used.month_count, gave.used.year_count) == (0, 0, 0)
    assert (paid.used.day, paid.used.day_count) == (100_00, 1)


def test_both_are_told_at_each_step_and_once_however_often_the_fact_comes(two: money.Pair, now: datetime) -> None:
    recall = make.asked(two, make.paid(two, now=now), now=now)
    relay.drain(now=now)
    relay.drain(now=now)
    asks = Notice.objects.filter(event="recalls.request")
    assert [notice.user_id for notice in asks] == [two.receiver.user_id]
    assert Notice.objects.filter(event="recalls.answer", user=two.payer.user).count() == 1
    make.given(two, recall, now=now)
    relay.drain(now=now)
    assert Notice.objects.filter(event="recalls.answer", user=two.payer.user).count() == 2


def test_saying_no_ends_it_with_words_and_moves_nothing(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    for _time in range(2):
        giving.refuse(customer=two.receiver, recall_id=recall.public_id, now=now)
    recall.refresh_from_db()
    assert (recall.state, recall.answer_code) == (State.REFUSED, "CUST")
    with pytest.raises(Settled):
        make.given(two, recall, now=now)
    nothing_moved(two, first)


def test_without_the_payee_s_answered_question_nothing_leaves_their_account(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    with pytest.raises(stepup.Refused):
        giving.accept(customer=two.receiver, recall_id=recall.public_id, challenge_id=uuid.uuid4(), now=now)
    other = make.asked(two, make.paid(two, 5_00, now=now), now=now)
    with pytest.raises(stepup.Refused):  # an answer for another request opens nothing
        giving.accept(
            customer=two.receiver, recall_id=recall.public_id, challenge_id=make.question(two.receiver, other, now),
            now=now,
        )  # fmt: skip
    assert not Entry.objects.filter(kind=giving.KIND).exists()
    assert Recall.objects.filter(state=State.ASKED).count() == 2


def test_the_payee_is_not_emptied_below_what_is_there(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, 100_00, now=now)
    recall = make.asked(two, first, now=now)
    turned = money.Pair(
        two.receiver, two.destination, money.payee(two.receiver, two.source, now=now), two.payer, two.source
    )
    make.paid(turned, 60_00, now=now)
    with pytest.raises(CannotGive, match=r"40\.00"):
        make.given(two, recall, now=now)
    recall.refresh_from_db()
    assert recall.state == State.ASKED
    assert booked(two.destination) == 40_00


def test_an_expired_identity_document_lets_nothing_leave_here_either(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    two.receiver.document_expires_on = now.date() - timedelta(days=400)
    two.receiver.save(update_fields=["document_expires_on"])
    with pytest.raises(CannotGive):
        make.given(two, recall, now=now)
    nothing_moved(two, first)


def test_a_repeat_of_either_side_is_answered_with_what_was_made(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    assert make.asked(two, first, why="fraud", now=now) == recall
    back = make.given(two, recall, now=now)
    assert make.given(two, recall, now=now) == back
    assert Entry.objects.filter(kind=giving.KIND).count() == 1


def test_what_is_not_the_payer_s_own_payment_to_somebody_else_is_not_asked_back(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)

    def ask(who: object, transfer: Transfer, moment: datetime = now) -> None:
        asking.ask_payee(customer=who, transfer_id=transfer.public_id, why="account", words="", now=moment)  # type: ignore[arg-type]

    with pytest.raises(Unknown):  # received, not sent
        ask(two.receiver, first)
    with pytest.raises(Unknown):  # a stranger's
        ask(money.customer("张三", now=now), first)
    with pytest.raises(TooOld):
        ask(two.payer, first, now + timedelta(days=400))
    back = make.given(two, make.asked(two, first, now=now), now=now)
    with pytest.raises(IsAReturn):
        ask(two.receiver, back)
    own = Transfer.objects.get(pk=back.pk)
    own.pk, own.public_id, own.reference, own.key = None, uuid.uuid4(), "T261123-OWNOWN22", uuid.uuid4()
    own.kind, own.verification_code = Transfer.Kind.OWN, "A" * 32
    own.entry_id = Entry.objects.exclude(pk__in=[first.entry_id, back.entry_id]).values_list("pk", flat=True)[0]
    own.save(force_insert=True)
    with pytest.raises(OwnAccounts):
        ask(two.receiver, own)
    assert Recall.objects.count() == 1


def test_somebody_who_was_not_asked_neither_gives_nor_refuses(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    for who in (two.payer, money.customer("张三", now=now)):
        with pytest.raises(Unknown):
            giving.refuse(customer=who, recall_id=recall.public_id, now=now)
        with pytest.raises(Unknown):
            giving.accept(customer=who, recall_id=recall.public_id, challenge_id=uuid.uuid4(), now=now)
    nothing_moved(two, first)


def test_nobody_s_answer_in_time_ends_it_and_a_late_one_moves_nothing(two: money.Pair, now: datetime) -> None:
    first = make.paid(two, now=now)
    recall = make.asked(two, first, now=now)
    last = recall.answer_by.date()
    assert not steps.overdue(last - timedelta(days=1), "", 10)
    assert list(steps.overdue(last, "", 10)) == [recall.reference]
    after = recall.answer_by + timedelta(minutes=30)
    with pytest.raises(Settled):  # late, before the step has run
        make.given(two, recall, now=after)
    for outcome in (ending.ENDED, ending.ANSWERED):
        assert steps.end(recall.reference, last, after) == outcome
    recall.refresh_from_db()
    assert recall.state == State.UNANSWERED
    assert ending.time_is_over(recall_id=recall.public_id, now=after) == ending.ANSWERED
    nothing_moved(two, first)


def test_how_long_is_waited_is_a_figure_in_working_days(two: money.Pair, now: datetime) -> None:
    first = make.asked(two, make.paid(two, now=now), now=now)
    assert first.answer_by.date().isoformat() == "2026-12-02"  # Monday, and seven working days after it
    add_figure("recall.answer_days.payee", "2", since=now.date(), now=now)
    second = make.asked(two, make.paid(two, 1_00, now=now), now=now)
    assert second.answer_by < first.answer_by


@pytest.mark.parametrize("change", [{"state": "sent"}, {"amount": 1}, {"state": "returned", "ended_at": None}])
def test_the_database_refuses_what_the_room_never_does(
    two: money.Pair, now: datetime, change: dict[str, object]
) -> None:
    recall = make.asked(two, make.paid(two, now=now), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recall.objects.filter(pk=recall.pk).update(**change)

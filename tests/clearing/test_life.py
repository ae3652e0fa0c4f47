"""A payment to another bank: confirmed once, sent, settled or given back; its money is in clearing at every moment."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from core.outbox import relay
from ledger import accounts as ledger_accounts
from ledger import balances, chart
from ledger.models import Entry
from payments.clearing import queries, states
from payments.clearing.models import Payment, RepairItem, Step
from payments.clearing.paths import Mode
from payments.clearing.refusals import NoWay, PromiseChanged, TooLate, UnknownBank
from payments.clearing.services import payments as service
from payments.clearing.states import State
from payments.refusals import DraftVoid, InsufficientFunds, KeyTaken, UnknownTransfer
from tests.factories import clearing as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


def booked(name: str) -> int:
    account = chart.find(name, "CNY")
    return balances.of([account])[account].booked


def spendable(by: make.Payer) -> int:
    return balances.of([by.source.ledger_account_id])[by.source.ledger_account_id].booked


def stands(by: make.Payer, *, payer: int, clearing: int, sent_away: int) -> None:
    """Where the money is: with the payer, in clearing, gone from the nostro."""
    assert (spendable(by), booked("clearing"), booked("nostro") + make.FUNDS) == (payer, clearing, sent_away)


def test_confirmed_sent_settled_and_the_money_is_in_clearing_until_the_other_bank_has_it(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 250_00, now=now, memo="Rent")
    stands(wang, payer=9_750_00, clearing=250_00, sent_away=0)
    assert payment.promised_by == now + timedelta(seconds=60)
    assert other.round(now).sent == 1
    payment.refresh_from_db()
    assert payment.state == State.SENT
    (told,) = other.received()
    assert (told.reference, told.amount, told.currency) == (payment.reference, 250_00, "CNY")
    assert (told.payer_name, told.payee_name, told.payee_account, told.payee_bank, told.memo) == (
        "王小明", "李明", "6225880112345678", make.CMB, "Rent",
    )  # fmt: skip
    stands(wang, payer=9_750_00, clearing=250_00, sent_away=0)
    other.put(other.status(payment, now=now))
    other.round(now + timedelta(seconds=20))
    payment.refresh_from_db()
    assert (payment.state, payment.settled_at) == (State.SETTLED, now + timedelta(seconds=20))
    stands(wang, payer=9_750_00, clearing=0, sent_away=250_00)
    assert list(Step.objects.order_by("pk").values_list("state", flat=True)) == ["accepted", "sent", "settled"]


def test_a_rejected_payment_comes_back_and_the_payer_reads_why_in_both_languages(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 250_00, now=now)
    other.round(now)
    other.put(other.status(payment, "RJCT", now=now, code="AC04"))
    other.round(now)
    payment.refresh_from_db()
    assert (payment.state, payment.reason_code) == (State.REJECTED, "AC04")
    stands(wang, payer=10_000_00, clearing=0, sent_away=0)
    assert payment.reversal is not None
    assert payment.reversal.reverses_id == payment.entry_id
    relay.drain(now=now)
    told = Notice.objects.get(user=wang.customer.user, event="clearing.back")
    assert "The payee's account is closed." in str(told.texts["en"])
    relay.drain(now=now)
    assert Notice.objects.filter(user=wang.customer.user, event="clearing.back").count() == 1


@pytest.mark.parametrize("settled_first", [True, False])
def test_a_returned_payment_comes_back_over_the_nostro_whether_or_not_its_settlement_was_heard_of(
    wang: make.Payer, other: make.OtherSide, now: datetime, settled_first: bool
) -> None:
    payment = make.accepted(wang, 250_00, now=now)
    other.round(now)
    if settled_first:
        other.put(other.status(payment, now=now))
        other.round(now)
    other.put(other.returned(payment, now=now))
    other.round(now)
    payment.refresh_from_db()
    assert payment.state == State.RETURNED
    stands(wang, payer=10_000_00, clearing=0, sent_away=0)
    kinds = Entry.objects.filter(kind__startswith="clearing.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["clearing.payment", "clearing.settlement", "clearing.reversal", "clearing.reversal"]


def test_no_answer_in_time_means_checking_and_asking_and_nothing_else(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 250_00, now=now)
    other.round(now)
    assert other.round(now + timedelta(minutes=4)).asked == 0
    late = now + timedelta(minutes=5)
    assert other.round(late).asked == 1
    assert other.round(late + timedelta(minutes=1)).asked == 0
    assert other.round(late + timedelta(minutes=15)).asked == 1
    payment.refresh_from_db()
    assert payment.state == State.CHECKING
    stands(wang, payer=9_750_00, clearing=250_00, sent_away=0)
    assert len(list((other.folder / "out").glob("pacs028-*.xml"))) == 2
    other.put(other.status(payment, "RJCT", now=late, code="AC01"))
    other.round(late + timedelta(days=3))
    stands(wang, payer=10_000_00, clearing=0, sent_away=0)


def test_an_ordinary_payment_waits_two_hours_and_can_be_taken_back_until_it_leaves(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    kept, taken = (make.accepted(wang, amount, mode=Mode.ORDINARY, now=now) for amount in (100_00, 200_00))
    assert kept.execute_at == now + timedelta(hours=2)
    assert other.round(now + timedelta(minutes=119)).sent == 0
    assert service.take_back(customer=wang.customer, payment_id=taken.public_id, now=now + timedelta(minutes=119))
    assert not service.take_back(customer=wang.customer, payment_id=taken.public_id, now=now + timedelta(minutes=119))
    stands(wang, payer=9_900_00, clearing=100_00, sent_away=0)
    for moment in (now + timedelta(hours=2), now + timedelta(hours=3)):
        with pytest.raises(TooLate):
            service.take_back(customer=wang.customer, payment_id=kept.public_id, now=moment)
    assert other.round(now + timedelta(hours=2)).sent == 1
    assert [told.reference for told in other.received()] == [kept.reference]


def test_what_leaves_at_once_cannot_be_taken_back_and_anothers_payment_does_not_exist(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 100_00, now=now)
    with pytest.raises(TooLate):
        service.take_back(customer=wang.customer, payment_id=payment.public_id, now=now)
    stranger = make.payer(now=now)
    with pytest.raises(UnknownTransfer):
        service.take_back(customer=stranger.customer, payment_id=payment.public_id, now=now)
    assert queries.payment_of(stranger.customer, payment.public_id) is None
    stands(wang, payer=9_900_00, clearing=100_00, sent_away=0)


def test_confirming_again_is_answered_with_the_first_result_and_books_nothing(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    draft = make.drafted(wang, 100_00, now=now)
    challenge = make.approved(wang, draft, now)
    arguments: dict[str, Any] = {"customer": wang.customer, "payment_id": draft.public_id, "challenge_id": challenge}
    for moment in (now, now + timedelta(days=9)):
        assert service.confirm(**arguments, now=moment).state == State.ACCEPTED
    stands(wang, payer=9_900_00, clearing=100_00, sent_away=0)


def test_the_same_form_is_one_payment_and_does_not_pay_another_amount(wang: make.Payer, now: datetime) -> None:
    key = uuid.uuid4()

    def sent(amount: int) -> service.Drafted:
        return service.draft(customer=wang.customer, key=key, order=make.order(wang, amount), now=now)

    first, again, changed = sent(100_00), sent(100_00), sent(300_00)
    assert (first.payment_id, again.repeated) == (again.payment_id, True)
    assert changed.payment_id != first.payment_id
    old = Payment.objects.get(public_id=first.payment_id)
    assert old.state == State.VOID
    payment = Payment.objects.select_related("source").get(public_id=changed.payment_id)
    question = make.approved(wang, payment, now)
    with pytest.raises(DraftVoid):
        service.confirm(customer=wang.customer, payment_id=old.public_id, challenge_id=question, now=now)
    service.confirm(customer=wang.customer, payment_id=payment.public_id, challenge_id=question, now=now)
    with pytest.raises(KeyTaken):
        sent(400_00)
    assert sent(300_00).confirmed


def test_a_code_for_one_payment_does_not_open_another_and_leaves_no_trace(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    one, two = make.drafted(wang, 100_00, now=now), make.drafted(wang, 900_00, now=now)
    with pytest.raises(stepup.Refused):
        service.confirm(
            customer=wang.customer, payment_id=two.public_id, challenge_id=make.approved(wang, one, now), now=now
        )
    assert not StepUp.objects.filter(used_at__isnull=False).exists()
    stands(wang, payer=10_000_00, clearing=0, sent_away=0)


def test_a_promise_that_no_longer_holds_is_not_confirmed_but_shown_again(wang: make.Payer, now: datetime) -> None:
    evening = now.replace(hour=23, minute=50)
    draft = make.drafted(wang, 100_00, mode=Mode.NEXT_DAY, now=evening)
    question = make.approved(wang, draft, evening)
    after_midnight = evening + timedelta(minutes=15)
    with pytest.raises(PromiseChanged):
        service.confirm(customer=wang.customer, payment_id=draft.public_id, challenge_id=question, now=after_midnight)
    service.renew(customer=wang.customer, payment_id=draft.public_id, now=after_midnight)
    renewed = Payment.objects.get(pk=draft.pk)
    assert renewed.promised_by == draft.promised_by + timedelta(days=1)
    with pytest.raises(stepup.Refused):  # the code was for the first promise
        service.confirm(customer=wang.customer, payment_id=draft.public_id, challenge_id=question, now=after_midnight)


def test_the_promise_shown_on_the_check_page_is_the_one_that_is_kept(wang: make.Payer, now: datetime) -> None:
    draft = make.drafted(wang, 100_00, mode=Mode.ORDINARY, now=now)
    later = now + timedelta(minutes=29)
    service.confirm(
        customer=wang.customer, payment_id=draft.public_id, challenge_id=make.approved(wang, draft, later), now=later
    )
    payment = Payment.objects.get(pk=draft.pk)
    assert payment.promised_by == draft.promised_by == now + timedelta(minutes=30 + 120 + 60)
    assert payment.execute_at == later + timedelta(hours=2)


def test_more_than_there_is_an_unknown_bank_and_a_sum_without_a_path_are_said_on_the_form(
    wang: make.Payer, now: datetime
) -> None:
    def draft(**changes: Any) -> None:
        order = make.order(wang, changes.pop("amount", 100_00))
        service.draft(
            customer=wang.customer, key=uuid.uuid4(), now=now,
            order=service.Order(**{**{name: getattr(order, name) for name in order.__slots__}, **changes}),
        )  # fmt: skip

    with pytest.raises(InsufficientFunds):
        draft(amount=10_000_01)
    with pytest.raises(UnknownBank):
        draft(bank="308584000014")
    with pytest.raises(UnknownTransfer):
        service.confirm(customer=wang.customer, payment_id=uuid.uuid4(), challenge_id=uuid.uuid4(), now=now)
    assert not Payment.objects.exists()
    assert issubclass(NoWay, Exception)


def test_payments_to_other_banks_use_up_the_same_limits_as_transfers(wang: make.Payer, now: datetime) -> None:
    from payments.queries import standing

    make.accepted(wang, 600_00, now=now)
    used = standing(customer_id=wang.customer.pk, currency="CNY", now=now)
    assert (used.used.day, used.used.day_count, used.used.year) == (600_00, 1, 600_00)
    assert used.to_young == 600_00
    make.accepted(wang, 100_00, mode=Mode.ORDINARY, now=now)
    last = Payment.objects.latest("pk")
    service.take_back(customer=wang.customer, payment_id=last.public_id, now=now)
    used = standing(customer_id=wang.customer.pk, currency="CNY", now=now)
    assert used.used.day == 600_00  # what was taken back uses nothing up


def test_a_payment_held_up_until_the_large_value_system_closed_waits_for_it_to_open(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    add_figure("clearing.ibps_most.cny", "10.00", type="decimal", now=now)
    payment = make.accepted(wang, 200_00, now=now)
    assert payment.path == "hvps"
    assert other.round(now.replace(hour=18)).sent == 0
    assert (payment.state, queries.in_clearing("CNY")) == (State.ACCEPTED, 200_00)
    assert other.round(now.replace(hour=20, minute=30)).sent == 1


def test_the_end_of_a_relationship_waits_for_what_is_under_way(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    from payments.clearing.closing import under_way

    payment = make.accepted(wang, 100_00, now=now)
    (obstacle,) = under_way(customer=wang.customer, now=now)
    assert "1 payment to another bank is under way" in obstacle.text
    other.round(now)
    other.put(other.status(payment, now=now))
    other.round(now)
    assert under_way(customer=wang.customer, now=now) == []


def test_money_for_a_closed_account_waits_in_suspense_for_people(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 10_000_00, now=now)
    other.round(now)
    ledger_accounts.close_account(account_id=wang.source.ledger_account_id)
    other.put(other.status(payment, "RJCT", now=now, code="AC01"))
    other.round(now)
    payment.refresh_from_db()
    assert payment.state == State.REJECTED
    assert (booked("clearing"), booked("suspense")) == (0, 10_000_00)
    assert RepairItem.objects.get().cause == "account_closed"


def test_the_database_allows_exactly_the_steps_of_the_table(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = make.accepted(wang, 100_00, now=now)
    other.round(now)
    other.put(other.status(payment, now=now))
    other.round(now)
    for target in State:
        if target in states.LEGAL[State.SETTLED] | {State.SETTLED}:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(state=target.value)
    draft = make.drafted(wang, 100_00, now=now)
    for target in set(State) - {State.DRAFT, State.VOID, State.HELD}:
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=draft.pk).update(state=target.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(amount=1)


def test_the_databases_table_of_successors_is_the_one_of_the_code() -> None:
    import importlib
    import re

    text = importlib.import_module("payments.clearing.migrations.0005_held").WITH_HELD  # the newest of the judge
    block = text[text.index("(OLD.state, NEW.state) IN (") : text.index("RAISE EXCEPTION 'payment % cannot move")]
    inside = set(re.findall(r"\('(\w+)', '(\w+)'\)", block))
    assert inside == {(before.value, after.value) for before, afters in states.LEGAL.items() for after in afters}

"""A payment to another bank that is held: judged as every transfer, its money waits and leaves once, or not at all."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from core.outbox import Fact, relay
from ledger import balances
from ledger.models import Entry
from payments import queries as payments
from payments import watching
from payments.clearing import queries
from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode
from payments.clearing.refusals import TooLate
from payments.clearing.services import payments as service
from payments.clearing.states import State
from payments.models import Holding
from payments.refusals import KeyTaken, LimitReached, PayeeYoung, UnknownTransfer
from payments.services import holding
from payments.watching import Outcome, Verdict
from tests.factories import clearing as make
from tests.factories.payments import enrol
from tests.payments.conftest import code_now
from tests.payments.test_pages import signed_in

pytestmark = pytest.mark.django_db
HOURS_2 = timedelta(hours=2)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, Any]:
    """The monitor of these tests: it answers what stands under "answer" and keeps what it was asked."""
    told: dict[str, Any] = {"answer": Verdict(Outcome.ALLOW), "moving": []}

    def says(moving: watching.Moving, *, now: datetime) -> Any:
        told["moving"].append(moving)
        if isinstance(told["answer"], Exception):
            raise told["answer"]
        return told["answer"]

    monkeypatch.setattr(f"{__name__}.SAYS", says)
    settings.MONITOR = f"{__name__}.SAYS"
    return told


SAYS: Any = None


def held(
    by: make.Payer, asked: dict[str, Any], now: datetime, *, outcome: Outcome = Outcome.CONFIRM,
    amount: int = 250_00, mode: Mode = Mode.REAL_TIME,
) -> Payment:  # fmt: skip
    asked["answer"] = Verdict(outcome, now + HOURS_2, uuid.uuid4())
    payment = make.accepted(by, amount, mode=mode, now=now)
    assert payment.state == State.HELD
    return payment


def money(by: make.Payer) -> tuple[int, int, int]:
    """What is booked on the payer's account, what of it is held, and what is in clearing."""
    found = balances.of([by.source.ledger_account_id])[by.source.ledger_account_id]
    return found.booked, found.held, queries.in_clearing("CNY")


def entries() -> int:
    return Entry.objects.filter(kind=service.KIND).count()


def said_again(by: make.Payer, payment: Payment, now: datetime) -> uuid.UUID:
    """The code that its payer is asked for once more, answered rightly."""
    one = Holding.objects.get(payment=payment.public_id)
    assert by.customer.user is not None
    question = stepup.start(
        user=by.customer.user, operation=holding.OPERATION, payload=holding.approves(one), session="", now=now
    )
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    return question.id


def test_what_the_monitor_lets_go_goes_as_ever_and_it_is_asked_about_the_account_elsewhere(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    first = make.accepted(wang, 100_00, now=now)
    make.accepted(wang, 50_00, now=now + timedelta(minutes=1))
    new, known = asked["moving"]
    assert (new.kind, new.public_id, new.destination_id, new.by_code) == ("bank", first.public_id, None, True)
    assert (new.payee, new.payee_since, known.payee_since) == (f"{make.CMB} 6225880112345678", None, now)
    assert first.state == State.ACCEPTED
    assert money(wang) == (9_850_00, 0, 150_00)


@pytest.mark.parametrize("outcome", [Outcome.DELAY, Outcome.CONFIRM, Outcome.REVIEW])
def test_what_is_held_stays_on_its_account_and_nothing_is_sent(
    wang: make.Payer, other: make.OtherSide, asked: dict[str, Any], now: datetime, outcome: Outcome
) -> None:
    payment = held(wang, asked, now, outcome=outcome)
    other.round(now + timedelta(minutes=1))
    assert (money(wang), entries(), other.received()) == ((10_000_00, 250_00, 0), 0, [])
    assert (payment.entry_id, payment.confirmed_at, payment.step_up is None) == (None, None, False)
    assert StepUp.objects.get(public_id=payment.step_up).used_at == now
    with pytest.raises(TooLate):
        service.take_back(customer=wang.customer, payment_id=payment.public_id, now=now)
    again = service.confirm(customer=wang.customer, payment_id=payment.public_id, challenge_id=uuid.uuid4(), now=now)
    assert again.state == State.HELD
    assert Holding.objects.get().kind == "bank"
    with pytest.raises(KeyTaken):
        service.draft(customer=wang.customer, key=payment.key, order=make.order(wang, 1_00), now=now)


def test_the_payers_word_sends_it_once_and_it_arrives_as_any_other(
    wang: make.Payer, other: make.OtherSide, asked: dict[str, Any], now: datetime
) -> None:
    payment, later = held(wang, asked, now), now + timedelta(hours=1)
    promised = payment.promised_by
    for wrong in (make.approved(wang, make.drafted(wang, 250_00, now=later), later), uuid.uuid4()):
        with pytest.raises(stepup.Refused):
            holding.answer(customer=wang.customer, payment_id=payment.public_id, challenge_id=wrong, now=later)
    ended = [
        holding.answer(
            customer=wang.customer, payment_id=payment.public_id,
            challenge_id=said_again(wang, payment, later), now=later,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [(one.sent, one.repeated) for one in ended] == [(True, False), (True, True)]
    assert (money(wang), entries()) == ((9_750_00, 0, 250_00), 1)
    payment.refresh_from_db()
    assert (payment.state, payment.confirmed_at) == (State.ACCEPTED, later)
    assert payment.promised_by > promised  # at once, from the moment in which it went
    other.round(later)
    assert [told.reference for told in other.received()] == [payment.reference]
    assert [step.state for step in queries.steps_of(payment)] == ["held", "accepted", "sent"]


def test_a_promise_with_a_date_stays_while_it_can_be_kept(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    payment = held(wang, asked, now, mode=Mode.NEXT_DAY)
    holding.release(payment_id=payment.public_id, now=now + timedelta(hours=1))
    before, payment = payment.promised_by, Payment.objects.get(pk=payment.pk)
    assert (payment.state, payment.promised_by) == (State.ACCEPTED, before)
    late = held(wang, asked, now, mode=Mode.NEXT_DAY)
    holding.release(payment_id=late.public_id, now=now + timedelta(days=2))
    assert Payment.objects.get(pk=late.pk).promised_by > late.promised_by


def test_stopping_gives_it_back_once_and_after_that_nothing_sends_it(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    payment = held(wang, asked, now)
    stranger = make.payer(now=now)
    with pytest.raises(UnknownTransfer):
        holding.stop(customer=stranger.customer, payment_id=payment.public_id, now=now)
    stop = [holding.stop(customer=wang.customer, payment_id=payment.public_id, now=now) for _ in range(2)]
    assert [(one.sent, one.repeated) for one in stop] == [(False, False), (False, True)]
    with pytest.raises(holding.AlreadyEnded):
        holding.release(payment_id=payment.public_id, now=now)
    payment.refresh_from_db()
    assert (payment.state, money(wang), entries()) == (State.STOPPED, (10_000_00, 0, 0), 0)
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(state=State.ACCEPTED)


def test_what_is_due_goes_or_comes_back_by_itself_and_a_locked_access_brings_it_back(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    goes, back = held(wang, asked, now, outcome=Outcome.DELAY), held(wang, asked, now, amount=100_00)
    assert holding.work(now=now + timedelta(minutes=119)) == 0
    assert holding.work(now=now + HOURS_2) == 2
    locked = held(wang, asked, now + HOURS_2, outcome=Outcome.DELAY, amount=30_00)
    assert wang.customer.user is not None
    fact = Fact(1, "access.frozen", {"user": str(wang.customer.user.public_id), "since": now.isoformat()}, "", now, now)
    holding.give_back_all_of(fact)
    found = {one.pk: one.state for one in Payment.objects.all()}
    assert found == {goes.pk: State.ACCEPTED, back.pk: State.STOPPED, locked.pk: State.STOPPED}
    assert money(wang) == (9_750_00, 0, 250_00)


def test_what_can_no_longer_be_sent_is_given_back(wang: make.Payer, asked: dict[str, Any], now: datetime) -> None:
    payment = held(wang, asked, now, outcome=Outcome.DELAY)
    Payment.objects.filter(pk=payment.pk).update(path="hvps")
    assert wang.customer.user is not None
    wang.customer.user.is_active = False
    wang.customer.user.save(update_fields=["is_active"])
    assert not holding.release(payment_id=payment.public_id, now=now).sent
    assert (money(wang), entries()) == ((10_000_00, 0, 0), 0)
    assert Holding.objects.get().ended_by == Holding.By.HINDERED


def test_held_sums_use_up_the_limits_and_what_goes_to_new_payees(asked: dict[str, Any], now: datetime) -> None:
    by = make.payer(balance=500_000_00, now=now)
    held(by, asked, now, amount=15_000_00)
    with pytest.raises(PayeeYoung):  # 20,000 while it is new
        make.drafted(by, 6_000_00, now=now)
    asked["answer"] = Verdict(Outcome.ALLOW)
    old = now - timedelta(days=30)
    make.accepted(by, 1_00, now=old)
    for _ in range(2):
        held(by, asked, now, amount=15_000_00)
    with pytest.raises(LimitReached):  # 50,000 a day, 45,000 of it held
        make.drafted(by, 6_000_00, now=now)


def test_a_failing_monitor_approves_nothing_and_a_small_sum_to_a_known_account_goes_with_a_mark(
    asked: dict[str, Any], now: datetime
) -> None:
    by = make.payer(balance=20_000_00, now=now)
    make.accepted(by, 1_00, now=now - timedelta(days=30))
    asked["answer"] = RuntimeError("a rule is broken")
    assert make.accepted(by, 10_00, now=now).state == State.ACCEPTED
    waits = make.accepted(by, 5_000_00, now=now)
    one = Holding.objects.get()
    assert (waits.state, one.waits, one.not_judged) == (State.HELD, Holding.Waits.REVIEW, True)
    assert holding.work(now=now + timedelta(minutes=1)) == 0
    asked["answer"] = Verdict(Outcome.ALLOW)
    assert holding.work(now=now + timedelta(minutes=2)) == 1
    assert Payment.objects.get(pk=waits.pk).state == State.ACCEPTED


def test_its_payer_is_told_in_words_and_with_the_payments_own_page(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    payment = held(wang, asked, now)
    relay.drain(now=now)
    holding.stop(customer=wang.customer, payment_id=payment.public_id, now=now)
    relay.drain(now=now + timedelta(seconds=1))
    page = reverse("bank_payment", args=[payment.public_id])
    told = Notice.objects.filter(user=wang.customer.user, link=page).values_list("event", flat=True)
    assert sorted(told) == ["payments.given_back", "security.payment_held"]


def test_a_payee_is_kept_when_the_money_goes_and_not_before(
    wang: make.Payer, asked: dict[str, Any], now: datetime
) -> None:
    asked["answer"] = Verdict(Outcome.DELAY, now + HOURS_2)
    made = service.draft(customer=wang.customer, key=uuid.uuid4(), order=make.order(wang, 100_00, keep=True), now=now)
    draft = Payment.objects.get(public_id=made.payment_id)
    question = make.approved(wang, draft, now)
    service.confirm(customer=wang.customer, payment_id=draft.public_id, challenge_id=question, now=now)
    assert not OtherPayee.objects.exists()
    holding.work(now=now + HOURS_2)
    assert OtherPayee.objects.get().number == draft.payee_number


def test_its_page_the_list_and_home_show_it_and_its_word_is_given_there(asked: dict[str, Any]) -> None:
    now = timezone.now()
    by = make.payer(now=now)

    enrol(by.customer)
    payment, browser = held(by, asked, now), signed_in(by.customer)
    page = reverse("bank_payment", args=[payment.public_id])
    shown = browser.get(page).content.decode()
    for words in (
        "We are holding this transfer",
        "Nothing has left your account",
        "李明",
        "Do not send it",
        "counts from the moment it goes",
    ):
        assert words in shown
    (row,) = payments.held_of(by.customer)
    assert (row.kind, row.shown_name, row.money.minor) == ("bank", "李明", 250_00)
    for address in (reverse("home"), reverse("schedules"), reverse("bank_payments")):
        assert page in browser.get(address).content.decode()
    confirm = reverse("transfer_held_confirm", args=[payment.public_id])
    question = browser.get(confirm).content.decode()
    assert "CNY" in question or "250.00" in question
    assert _answer(browser, confirm, by, question) == page
    assert "Your payment is accepted" in browser.get(page).content.decode()
    assert money(by)[2] == 250_00
    someone = signed_in(make.payer(now=now).customer)
    assert someone.get(confirm).status_code == 404


def _answer(browser: Client, address: str, by: make.Payer, page: str) -> str:
    """Give the code on the page, and say where it leads."""
    challenge = page.split('name="stepup-challenge" value="')[1][:36]
    done = browser.post(address, {"stepup-challenge": challenge, "stepup-code": code_now(timezone.now())})
    return str(done["Location"])

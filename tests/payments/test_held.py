"""A transfer that is held: its money waits on its account and moves once, or not at all."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from accounts.models import BankAccount
from core import outbox
from core.outbox.models import FactRecord
from ledger import balances
from ledger.models import Entry
from ledger.models import Hold as LedgerHold
from payments import closing, held_notices, watching
from payments.models import Holding, Payee, Transfer
from payments.refusals import LimitReached, PayeeYoung, UnknownTransfer
from payments.services import booking, holding, transfers
from payments.watching import Outcome, Verdict
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted

pytestmark = pytest.mark.django_db
VERDICT: dict[str, Any] = {}


def says(moving: watching.Moving, *, now: datetime) -> Any:
    """The monitor of these tests: what the test has laid down."""
    VERDICT["asked"] = [*VERDICT.get("asked", []), moving]
    answer = VERDICT["answer"]
    return answer(moving, now=now) if callable(answer) else answer


@pytest.fixture(autouse=True)
def _monitor(settings: Any) -> None:
    VERDICT.clear()
    VERDICT["answer"] = Verdict(Outcome.ALLOW)
    settings.MONITOR = f"{__name__}.says"


def confirm(two: make.Pair, transfer_id: uuid.UUID, now: datetime, **changes: Any) -> transfers.Confirmed:
    challenge = approved(two.payer, transfer_id, now)
    return transfers.confirm(
        **{"customer": two.payer, "transfer_id": transfer_id, "challenge_id": challenge, "now": now, **changes}
    )


def held(two: make.Pair, now: datetime, *, outcome: Outcome = Outcome.CONFIRM, amount: int = 250_00) -> Holding:
    """A transfer that the monitor wants held for two hours."""
    VERDICT["answer"] = Verdict(outcome, now + timedelta(hours=2), uuid.uuid4())
    transfer_id = drafted(two, amount, now)
    assert confirm(two, transfer_id, now).held
    return Holding.objects.get(payment=transfer_id)


def answered(two: make.Pair, payment_id: uuid.UUID, now: datetime, session: str = "") -> uuid.UUID:
    """The code that its payer is asked for once more, answered rightly."""
    one = Holding.objects.get(payment=payment_id)
    assert two.payer.user is not None
    challenge = stepup.start(
        user=two.payer.user, operation=holding.OPERATION, payload=holding.approves(one), session=session, now=now
    )
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    return challenge.id


def money(account: BankAccount) -> tuple[int, int]:
    """What is booked on an account, and what of it is held."""
    found = balances.of([account.ledger_account_id])[account.ledger_account_id]
    return found.booked, found.held


def facts(kind: str) -> int:
    return FactRecord.objects.filter(kind=kind).count()


def test_the_monitor_costs_a_confirmation_no_question_but_its_own(
    two: make.Pair, now: datetime, django_assert_num_queries: Any
) -> None:
    """Open, lock with limits and step-up used up, entry, draft confirmed with trail and fact, close: as before."""
    transfer_id = drafted(two, 250_00, now)
    challenge = approved(two.payer, transfer_id, now)
    with django_assert_num_queries(5):
        transfers.confirm(customer=two.payer, transfer_id=transfer_id, challenge_id=challenge, now=now)
    (asked,) = VERDICT["asked"]
    assert (asked.kind, asked.public_id, asked.amount, asked.by_code) == ("customer", transfer_id, 250_00, True)
    assert asked.payee_since == two.payee.confirmed_at


def test_between_own_accounts_nobody_is_asked(two: make.Pair, now: datetime) -> None:
    other = make.account(two.payer, now=now)
    order = transfers.Order(
        source=two.source.public_id, to_account=other.public_id, to_payee=None, amount=1_00, memo=""
    )
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order, now=now)
    confirm(two, made.transfer_id, now)
    assert "asked" not in VERDICT


@pytest.mark.parametrize("outcome", [Outcome.DELAY, Outcome.CONFIRM, Outcome.REVIEW])
def test_what_is_held_stays_on_its_account_and_cannot_be_spent(two: make.Pair, now: datetime, outcome: Outcome) -> None:
    one = held(two, now, outcome=outcome)
    assert money(two.source) == (1_000_00, 250_00)
    assert money(two.destination) == (0, 0)
    assert Entry.objects.filter(kind=booking.KIND).count() == 0
    transfer = Transfer.objects.get(public_id=one.payment)
    assert (transfer.state, transfer.entry_id, transfer.step_up is None) == (Transfer.State.HELD, None, False)
    assert StepUp.objects.get(public_id=transfer.step_up).used_at == now
    assert (facts(booking.HELD), facts(booking.CONFIRMED)) == (1, 0)
    with pytest.raises(transfers.InsufficientFunds):
        drafted(two, 800_00, now)


def test_confirming_again_and_the_same_form_again_are_answered_with_what_is_held(two: make.Pair, now: datetime) -> None:
    key = uuid.uuid4()
    VERDICT["answer"] = Verdict(Outcome.CONFIRM, now + timedelta(hours=2))
    transfer_id = drafted(two, 250_00, now, key=key)
    confirm(two, transfer_id, now)
    again = confirm(two, transfer_id, now)
    assert (again.transfer_id, again.repeated, again.held) == (transfer_id, True, True)
    same = transfers.draft(customer=two.payer, key=key, order=make.order(two, 250_00), now=now)
    assert same == transfers.Drafted(transfer_id, repeated=True, confirmed=True)
    holding.stop(customer=two.payer, payment_id=transfer_id, now=now)
    with pytest.raises(transfers.KeyTaken):
        drafted(two, 300_00, now, key=key)
    assert Holding.objects.count() == 1


def test_a_verdict_that_takes_a_code_asks_for_one_and_goes_with_it(
    two: make.Pair, now: datetime, settings: Any
) -> None:
    VERDICT["answer"] = Verdict(Outcome.STEP_UP)
    Payee.objects.filter(pk=two.payee.pk).update(trusted_at=now - timedelta(days=9))
    two.payer.freedoms.create(kind="trusted", currency="CNY", given_at=now)
    transfer_id = drafted(two, 10_00, now)
    free = {"challenge_id": None, "served_at": now - timedelta(seconds=30)}
    with pytest.raises(stepup.Unanswered):
        confirm(two, transfer_id, now, **free)
    assert two.payer.freedoms.get().count == 0
    assert not confirm(two, transfer_id, now).held
    assert money(two.destination) == (10_00, 0)


def test_the_payers_word_sends_it_once_and_both_sides_are_told_then(two: make.Pair, now: datetime) -> None:
    one, later = held(two, now), now + timedelta(hours=1)
    challenge = answered(two, one.payment, later)
    ended = holding.answer(customer=two.payer, payment_id=one.payment, challenge_id=challenge, now=later)
    assert (ended.sent, ended.repeated) == (True, False)
    assert (money(two.source), money(two.destination)) == ((750_00, 0), (250_00, 0))
    transfer = Transfer.objects.get(public_id=one.payment)
    assert (transfer.state, transfer.confirmed_at) == (Transfer.State.CONFIRMED, later)
    entry = Entry.objects.get(kind=booking.KIND)
    assert str(one.payment) in (LedgerHold.objects.get().key)
    assert LedgerHold.objects.get().entry_id == entry.pk
    assert facts(booking.CONFIRMED) == 1
    again = holding.answer(
        customer=two.payer, payment_id=one.payment, challenge_id=answered(two, one.payment, later), now=later
    )
    assert again.repeated
    assert Entry.objects.filter(kind=booking.KIND).count() == 1


def test_a_code_for_another_transfer_or_for_the_first_question_opens_nothing(two: make.Pair, now: datetime) -> None:
    one, other = held(two, now), held(two, now, amount=100_00)
    for wrong in (answered(two, other.payment, now), approved(two.payer, one.payment, now)):
        with pytest.raises(stepup.Changed):
            holding.answer(customer=two.payer, payment_id=one.payment, challenge_id=wrong, now=now)
        assert StepUp.objects.get(public_id=wrong).used_at is None
    assert money(two.destination) == (0, 0)
    assert Holding.objects.filter(state=Holding.State.HELD).count() == 2


def test_an_answer_that_comes_too_late_or_was_not_asked_for_sends_nothing(two: make.Pair, now: datetime) -> None:
    one, late = held(two, now), now + timedelta(hours=2)
    with pytest.raises(holding.NotAsked):
        holding.answer(
            customer=two.payer, payment_id=one.payment, challenge_id=answered(two, one.payment, late), now=late
        )
    review = held(two, now, outcome=Outcome.REVIEW, amount=1_00)
    with pytest.raises(holding.NotAsked):
        holding.answer(
            customer=two.payer, payment_id=review.payment, challenge_id=answered(two, review.payment, now), now=now
        )
    assert money(two.destination) == (0, 0)


def test_somebody_elses_held_transfer_is_not_there(two: make.Pair, now: datetime) -> None:
    one = held(two, now)
    with pytest.raises(UnknownTransfer):
        holding.stop(customer=two.receiver, payment_id=one.payment, now=now)
    with pytest.raises(UnknownTransfer):
        holding.answer(
            customer=two.receiver, payment_id=one.payment, challenge_id=answered(two, one.payment, now), now=now
        )
    assert Holding.objects.get().state == Holding.State.HELD


def test_stopping_gives_the_money_back_and_after_that_nothing_sends_it(two: make.Pair, now: datetime) -> None:
    one = held(two, now)
    assert not holding.stop(customer=two.payer, payment_id=one.payment, now=now).sent
    assert holding.stop(customer=two.payer, payment_id=one.payment, now=now).repeated
    assert money(two.source) == (1_000_00, 0)
    assert LedgerHold.objects.get().state == LedgerHold.State.RELEASED
    with pytest.raises(holding.AlreadyEnded):
        holding.release(payment_id=one.payment, now=now)
    with pytest.raises(holding.AlreadyEnded):
        holding.answer(
            customer=two.payer, payment_id=one.payment, challenge_id=answered(two, one.payment, now), now=now
        )
    assert Transfer.objects.get(public_id=one.payment).state == Transfer.State.STOPPED
    assert facts(holding.GIVEN_BACK) == 1


def test_a_delay_that_is_over_goes_by_itself_and_what_nobody_decided_is_given_back(
    two: make.Pair, now: datetime
) -> None:
    delayed, asked = held(two, now, outcome=Outcome.DELAY), held(two, now, amount=100_00)
    looked_at = held(two, now, outcome=Outcome.REVIEW, amount=50_00)
    assert holding.work(now=now + timedelta(minutes=119)) == 0
    assert holding.work(now=now + timedelta(hours=2)) == 3
    assert holding.work(now=now + timedelta(hours=3)) == 0
    assert (money(two.source), money(two.destination)) == ((750_00, 0), (250_00, 0))
    found = dict(Holding.objects.values_list("payment", "ended_by"))
    assert found == {delayed.payment: "time", asked.payment: "time", looked_at.payment: "time"}
    assert facts(holding.GIVEN_BACK) == 2


def test_what_can_no_longer_be_sent_is_given_back(two: make.Pair, now: datetime) -> None:
    closed, removed = held(two, now, outcome=Outcome.DELAY), held(two, now, amount=100_00)
    Payee.objects.filter(pk=two.payee.pk).update(state=Payee.State.ARCHIVED, archived_at=now)
    assert not holding.release(payment_id=removed.payment, now=now).sent
    holding.work(now=now + timedelta(hours=2))
    assert Holding.objects.get(pk=closed.pk).ended_by == Holding.By.HINDERED
    assert (money(two.source), money(two.destination)) == ((1_000_00, 0), (0, 0))


def test_what_is_held_when_the_access_is_locked_is_given_back(two: make.Pair, now: datetime) -> None:
    one = held(two, now, outcome=Outcome.DELAY)
    assert two.payer.user is not None
    fact = outbox.Fact(
        id=1, kind="access.frozen", payload={"user": str(two.payer.user.public_id), "since": now.isoformat()},
        owner="", reference="", created_at=now, now=now,
    )  # fmt: skip
    holding.give_back_all_of(fact)
    holding.give_back_all_of(fact)
    assert Holding.objects.get(pk=one.pk).ended_by == Holding.By.FREEZE
    assert money(two.source) == (1_000_00, 0)
    assert facts(holding.GIVEN_BACK) == 1


def test_a_delay_does_not_go_while_the_access_is_locked(two: make.Pair, now: datetime) -> None:
    held(two, now, outcome=Outcome.DELAY)
    assert two.payer.user is not None
    two.payer.user.is_active = False
    two.payer.user.save(update_fields=["is_active"])
    holding.work(now=now + timedelta(hours=2))
    assert money(two.destination) == (0, 0)


def test_held_sums_use_up_the_limits_of_every_day_they_wait(now: datetime) -> None:
    two = make.pair(balance=500_000_00, now=now)
    for _ in range(2):
        held(two, now, amount=20_000_00, outcome=Outcome.REVIEW)
    for day in (0, 1):
        with pytest.raises(LimitReached):  # 50,000 a day
            drafted(two, 20_000_00, now + timedelta(days=day))
    for one in Holding.objects.all():
        holding.give_back(payment_id=one.payment, now=now)
    drafted(two, 20_000_00, now)


def test_held_sums_use_up_what_goes_to_new_payees(now: datetime) -> None:
    two = make.pair(balance=500_000_00, now=now)
    Payee.objects.filter(pk=two.payee.pk).update(confirmed_at=now - timedelta(hours=1))
    held(two, now, amount=15_000_00)
    with pytest.raises(PayeeYoung):  # 20,000 while it is new
        drafted(two, 6_000_00, now)


def test_the_payer_is_told_without_the_rule_and_the_payee_hears_nothing(two: make.Pair, now: datetime) -> None:
    one = held(two, now)
    fact = outbox.Fact(
        id=1, kind=booking.HELD, payload={"transfer": str(one.payment)}, owner="", reference="", created_at=now, now=now
    )
    held_notices.transfer_held(fact)
    held_notices.transfer_held(fact)
    (notice,) = Notice.objects.filter(event="security.payment_held")
    assert notice.user_id == two.payer.user_id
    assert "CNY 250.00" in str(notice.texts) or "250.00" in str(notice.texts)
    assert not Notice.objects.filter(user=two.receiver.user).exists()


def test_a_held_transfer_keeps_the_relationship_open(two: make.Pair, now: datetime) -> None:
    assert closing.held(customer=two.payer, now=now) == []
    one = held(two, now)
    (obstacle,) = closing.held(customer=two.payer, now=now)
    assert str(one.payment) in obstacle.url
    assert closing.held(customer=two.receiver, now=now) == []


# ── A failing monitor approves nothing ──


def broken_question(moving: watching.Moving, *, now: datetime) -> Any:
    from django.db import connection  # reason: only this monitor asks the server nonsense

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def hangs(moving: watching.Moving, *, now: datetime) -> Verdict:
    from django.db import connection  # reason: only this monitor keeps the server waiting

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    return Verdict(Outcome.ALLOW)


def raises(moving: watching.Moving, *, now: datetime) -> Any:
    raise RuntimeError("a rule is broken")


FAILURES = {
    "raises": raises,
    "asks nonsense": broken_question,
    "hangs": hangs,
    "answers none": None,
    "answers a word": "allow",
    "answers a number for an outcome": Verdict(0),  # type: ignore[arg-type]
    "holds without an end": Verdict(Outcome.REVIEW),
    "holds until yesterday": Verdict(Outcome.REVIEW, datetime.fromisoformat("2026-11-22T10:00:00+08:00")),
    "holds until a time of nowhere": Verdict(Outcome.REVIEW, datetime(2026, 11, 24)),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_monitor_never_means_approved(now: datetime, failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    two = make.pair(balance=5_000_00, now=now)
    monkeypatch.setattr(watching, "milliseconds_for", lambda _now: 200)
    VERDICT["answer"] = FAILURES[failure]
    large = drafted(two, 1_000_01, now)
    assert confirm(two, large, now).held
    assert (money(two.source), money(two.destination)) == ((5_000_00, 1_000_01), (0, 0))
    one = Holding.objects.get(payment=large)
    assert (one.waits, one.not_judged) == (Holding.Waits.REVIEW, True)
    assert facts(booking.NOT_JUDGED) == 1


def test_without_a_verdict_a_small_sum_to_a_known_payee_goes_with_a_mark_and_to_a_new_one_it_waits(
    now: datetime,
) -> None:
    two = make.pair(balance=5_000_00, now=now)
    VERDICT["answer"] = raises
    assert not confirm(two, drafted(two, 1_000_00, now), now).held
    (fact,) = FactRecord.objects.filter(kind=booking.NOT_JUDGED)
    assert fact.payload["held"] is False
    Payee.objects.filter(pk=two.payee.pk).update(confirmed_at=now - timedelta(hours=23))
    assert confirm(two, drafted(two, 1_00, now), now).held
    assert money(two.destination) == (1_000_00, 0)


def test_without_a_verdict_a_currency_without_a_figure_waits(two: make.Pair, now: datetime) -> None:
    moving = watching.Moving("customer", uuid.uuid4(), 1, 1, 2, "1", now - timedelta(days=90), 1, "CNY", True)
    assert watching.unjudged(moving, now=now).outcome is Outcome.ALLOW
    assert watching.unjudged(replace(moving, currency="NOK"), now=now).outcome is Outcome.REVIEW
    assert watching.unjudged(replace(moving, payee_since=None), now=now).outcome is Outcome.REVIEW


def test_what_was_not_judged_is_judged_when_the_monitor_speaks_again(now: datetime) -> None:
    two = make.pair(balance=5_000_00, now=now)
    VERDICT["answer"] = raises
    goes, asked = drafted(two, 1_500_00, now), drafted(two, 2_000_00, now)
    confirm(two, goes, now)
    confirm(two, asked, now)
    assert holding.work(now=now + timedelta(minutes=1)) == 0
    until = now + timedelta(hours=3)
    VERDICT["answer"] = lambda moving, now: (
        Verdict(Outcome.ALLOW) if moving.public_id == goes else Verdict(Outcome.CONFIRM, until)
    )
    assert holding.work(now=now + timedelta(minutes=2)) == 1
    assert money(two.destination) == (1_500_00, 0)
    one = Holding.objects.get(payment=asked)
    assert (one.waits, one.not_judged, one.until) == (Holding.Waits.CONFIRM, False, until)
    assert Holding.objects.get(payment=goes).ended_by == Holding.By.MONITOR

"""A step-up opens exactly what was shown, to one person in one session, once, soon."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.access import factors, stepup
from accounts.access.models import FactorDevice, StepUp, WrongTries
from core.audit.models import Row
from tests.factories import access as make

SHOWN = {"from": "A1", "to": "B2", "payee": "王芳", "amount": 10_000, "currency": "CNY"}
TRANSFER = "payments.transfer"


@pytest.fixture
def lin(db):
    user = make.person()
    make.enrol_app(user)
    return user


def ask(user, now, *, operation=TRANSFER, payload=SHOWN, session="s1"):
    return stepup.start(user=user, operation=operation, payload=payload, session=session, now=now)


def answered(user, now):
    challenge = ask(user, now)
    stepup.answer(user=user, challenge_id=challenge.id, code=make.app_code(now), now=now)
    return challenge


def use(user, challenge, now, *, operation=TRANSFER, payload=SHOWN, session="s1"):
    with transaction.atomic():
        stepup.consume(
            user=user, challenge_id=challenge.id, operation=operation, payload=payload, session=session, now=now
        )


def test_a_right_code_opens_what_was_shown_once(lin, now):
    challenge = answered(lin, now)
    use(lin, challenge, now)
    assert StepUp.objects.get().used_at == now
    with pytest.raises(stepup.Used):
        use(lin, challenge, now)


@pytest.mark.parametrize(
    "change",
    [
        {"operation": "payments.payee_added"},
        {"payload": {**SHOWN, "amount": 10_001}},
        {"payload": {**SHOWN, "amount": "10000"}},
        {"payload": {**SHOWN, "currency": "CZK"}},
        {"payload": {**SHOWN, "to": "C3"}},
        {"payload": {**SHOWN, "payee": "王 芳"}},
        {"payload": {**SHOWN, "from": "A2"}},
        {"payload": {**SHOWN, "fee": 0}},
        {"payload": {name: value for name, value in SHOWN.items() if name != "payee"}},
        {"session": "s2"},
        {"session": ""},
    ],
    ids=str,
)
def test_anything_else_than_what_was_shown_is_refused_and_uses_nothing_up(lin, now, change):
    challenge = answered(lin, now)
    with pytest.raises(stepup.Changed):
        use(lin, challenge, now, **change)
    assert StepUp.objects.get().used_at is None
    use(lin, challenge, now)


def test_a_refusal_that_somebody_swallows_undoes_the_act_all_the_same(lin, now):
    challenge = answered(lin, now)
    with transaction.atomic():
        with contextlib.suppress(stepup.Changed):
            stepup.consume(
                user=lin, challenge_id=challenge.id, operation="payments.payee_added", payload=SHOWN, session="s1",
                now=now,
            )  # fmt: skip
        with pytest.raises(TransactionManagementError):
            StepUp.objects.get()
    assert StepUp.objects.get().used_at is None


def test_the_order_of_the_payload_does_not_matter(lin, now):
    challenge = answered(lin, now)
    use(lin, challenge, now, payload=dict(reversed(SHOWN.items())))


def test_another_persons_answer_does_not_exist(lin, now):
    other = make.person("wang@example.com")
    make.enrol_app(other)
    challenge = answered(lin, now)
    with pytest.raises(stepup.Unknown):
        use(other, challenge, now)
    with pytest.raises(stepup.Unknown):
        stepup.answer(user=other, challenge_id=challenge.id, code=make.app_code(now), now=now)


def test_without_an_answer_nothing_opens(lin, now):
    challenge = ask(lin, now)
    with pytest.raises(stepup.Unanswered):
        use(lin, challenge, now)


def test_an_answer_lives_five_minutes(lin, now):
    challenge = answered(lin, now)
    with pytest.raises(stepup.Expired):
        use(lin, challenge, now + timedelta(minutes=5))
    use(lin, challenge, now + timedelta(minutes=4, seconds=59))


def test_a_question_lives_five_minutes(lin, now):
    challenge = ask(lin, now)
    late = now + timedelta(minutes=5)
    with pytest.raises(stepup.Expired):
        stepup.answer(user=lin, challenge_id=challenge.id, code=make.app_code(late), now=late)


def test_a_code_that_signed_somebody_in_opens_nothing_more(lin, now):
    code = make.app_code(now)
    assert factors.verify_code(user=lin, code=code, now=now).device is not None
    challenge = ask(lin, now)
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=lin, challenge_id=challenge.id, code=code, now=now)
    later = now + timedelta(seconds=30)
    stepup.answer(user=lin, challenge_id=challenge.id, code=make.app_code(later), now=later)
    use(lin, challenge, later)


def test_one_code_answers_one_question(lin, now):
    answered(lin, now)
    second = ask(lin, now)
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=lin, challenge_id=second.id, code=make.app_code(now), now=now)


def test_a_recovery_code_answers_once(lin, now):
    code = make.recovery_codes(lin)[0]
    challenge = ask(lin, now)
    stepup.answer(user=lin, challenge_id=challenge.id, code=f"{code[:5]} {code[5:]}", now=now)
    use(lin, challenge, now)
    second = ask(lin, now)
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=lin, challenge_id=second.id, code=code, now=now)


def test_the_sixth_try_is_not_looked_at_and_a_new_question_does_not_set_the_tries_back(lin, now):
    challenge = ask(lin, now)
    for _ in range(4):
        with pytest.raises(stepup.WrongCode):
            stepup.answer(user=lin, challenge_id=challenge.id, code=make.wrong_code(now), now=now)
    with pytest.raises(stepup.TooManyTries):
        stepup.answer(user=lin, challenge_id=challenge.id, code=make.wrong_code(now), now=now)
    with pytest.raises(stepup.TooManyTries):
        stepup.answer(user=lin, challenge_id=challenge.id, code=make.app_code(now), now=now)
    second = ask(lin, now)
    with pytest.raises(stepup.TooManyTries) as refused:
        stepup.answer(user=lin, challenge_id=second.id, code=make.app_code(now), now=now)
    assert refused.value.until == now + timedelta(seconds=30)
    later = now + timedelta(seconds=30)
    with pytest.raises(stepup.TooManyTries):  # the first question stays dead
        stepup.answer(user=lin, challenge_id=challenge.id, code=make.app_code(later), now=later)
    stepup.answer(user=lin, challenge_id=second.id, code=make.app_code(later), now=later)
    assert WrongTries.objects.get().failures == 0
    assert FactorDevice.objects.get().throttling_failure_count == 0


def test_tries_are_counted_for_each_operation_by_itself_even_when_no_device_counts_them(lin, now):
    """A signature that does not fit counts like a wrong code, though no device keeps it."""
    challenge = ask(lin, now)
    for _ in range(5):
        with pytest.raises(stepup.Refused):
            stepup.answer(user=lin, challenge_id=challenge.id, assertion={"id": "x"}, host="localhost", now=now)
    assert WrongTries.objects.get().failures == 5
    elsewhere = ask(lin, now, operation="payments.payee_added")
    stepup.answer(user=lin, challenge_id=elsewhere.id, code=make.app_code(now), now=now)


def test_each_refusal_leaves_one_audit_row_and_a_refused_act_leaves_none_of_itself(lin, now):
    challenge = ask(lin, now)
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=lin, challenge_id=challenge.id, code=make.wrong_code(now), now=now)
    refusal = stepup.Changed()
    stepup.report(user=lin, challenge_id=challenge.id, refusal=refusal, now=now)
    rows = Row.objects.filter(act="access.stepup_refused").order_by("id")
    assert [row.reason for row in rows] == ["WrongCode", "Changed"]
    assert not any(make.app_code(now) in str(row.after) for row in rows)


def test_somebody_without_a_second_factor_is_told_so(now, db):
    user = make.person()
    challenge = ask(user, now)
    with pytest.raises(stepup.NoFactor):
        stepup.answer(user=user, challenge_id=challenge.id, code="123456", now=now)


@pytest.mark.parametrize("wrong", [1.5, b"x", {1, 2}, {1: "x"}, object()])
def test_a_payload_that_can_be_spelt_in_two_ways_is_refused(lin, now, wrong):
    with pytest.raises(TypeError):
        ask(lin, now, payload={"amount": wrong})
    assert not StepUp.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_consume_refuses_to_work_outside_the_transaction_of_the_act(now):
    user = make.person()
    challenge = ask(user, now)
    with pytest.raises(RuntimeError, match="transaction"):
        stepup.consume(user=user, challenge_id=challenge.id, operation=TRANSFER, payload=SHOWN, session="s1", now=now)


def test_old_questions_are_forgotten_after_a_day(lin, now):
    ask(lin, now)
    assert stepup.forget_old(now=now + timedelta(hours=24)) == 0
    assert stepup.forget_old(now=now + timedelta(hours=24, minutes=6)) == 1


def at_once(number, work):
    """Run the same work in threads that start together; give what each answered."""
    outcomes, gate = [], threading.Barrier(number)

    def run():
        try:
            gate.wait()
            work()
            outcomes.append("done")
        except stepup.Refused as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_eight_uses_at_once_exactly_one_goes_ahead(now):
    user = make.person()
    make.enrol_app(user)
    challenge = answered(user, now)
    assert at_once(8, lambda: use(user, challenge, now)) == ["Used"] * 7 + ["done"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_eight_questions_answered_with_one_code_at_once_exactly_one_is_answered(now):
    user = make.person()
    make.enrol_app(user)
    waiting = [ask(user, now) for _ in range(8)]

    def work():
        mine = waiting.pop()
        stepup.answer(user=user, challenge_id=mine.id, code=make.app_code(now), now=now)

    outcomes = at_once(8, work)
    assert outcomes.count("done") == 1
    assert StepUp.objects.filter(verified_at__isnull=False).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_wrong_codes_at_once_are_all_counted_up_to_the_limit(now):
    user = make.person()
    make.enrol_app(user)
    challenge = ask(user, now)
    outcomes = at_once(
        8, lambda: stepup.answer(user=user, challenge_id=challenge.id, code=make.wrong_code(now), now=now)
    )
    assert outcomes == ["TooManyTries"] * 4 + ["WrongCode"] * 4
    assert StepUp.objects.get().tries == 5

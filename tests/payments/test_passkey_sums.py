"""Large sums of a day take a passkey (银发〔2016〕261号; ASVS 6.6.2, 7.5.3): the policy table says from where on."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import proof, stepup
from accounts.access.models import StepUp, WrongTries
from accounts.access.proof import Proof
from core.audit.models import Row
from ledger.models import Entry
from payments import queries
from payments.services import transfers
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import approved, code_now, drafted, paid
from tests.payments.test_pages import refused, signed_in

FIGURE = "stepup.passkey_above.payments.transfer.cny"


@pytest.fixture
def low(two: make.Pair, now: datetime) -> make.Pair:
    """Above 100 yuan a day to others a passkey is asked for."""
    add_figure(FIGURE, "100.00", type="decimal", unit="CNY", now=now)
    return two


def test_the_figure_in_force_is_the_regulators(db: None) -> None:
    on = date(2026, 11, 23)
    ask = {"operation": "payments.transfer", "currency": "CNY", "on": on}
    assert proof.required(amount=50_000_00, used_today=0, **ask) is Proof.ANY
    assert proof.required(amount=50_000_01, used_today=0, **ask) is Proof.PASSKEY
    assert proof.required(amount=1, used_today=50_000_00, **ask) is Proof.PASSKEY
    assert proof.required(amount=1, used_today=0, operation="payments.transfer", currency="USD", on=on) is Proof.PASSKEY


def strong(two: make.Pair, transfer_id: uuid.UUID, now: datetime, weak: Proof = Proof.PASSKEY) -> stepup.Challenge:
    record = queries.transfer_of(two.payer, transfer_id)
    assert record is not None
    assert two.payer.user is not None
    return stepup.start(
        user=two.payer.user, operation=transfers.OPERATION, payload=transfers.shown(record), proof=weak, now=now
    )


def confirm(two: make.Pair, transfer_id: uuid.UUID, challenge_id: uuid.UUID, now: datetime) -> None:
    transfers.confirm(customer=two.payer, transfer_id=transfer_id, challenge_id=challenge_id, now=now)


def test_a_code_does_not_answer_what_takes_a_passkey_and_is_not_used_up(low: make.Pair, now: datetime) -> None:
    make.enrol(low.payer)
    challenge = strong(low, drafted(low, 100_01, now), now)
    with pytest.raises(stepup.NeedsPasskey):
        stepup.answer(user=low.payer.user, challenge_id=challenge.id, code=code_now(now), now=now)
    row = StepUp.objects.get(public_id=challenge.id)
    assert (row.verified_at, row.tries) == (None, 0)
    assert WrongTries.objects.get(user=low.payer.user).failures == 0
    assert Row.objects.filter(act="access.stepup_refused", reason="NeedsPasskey").count() == 1
    plain = strong(low, drafted(low, 1_00, now), now, Proof.ANY)
    stepup.answer(user=low.payer.user, challenge_id=plain.id, code=code_now(now), now=now)


def test_an_answer_of_the_weaker_kind_moves_nothing(low: make.Pair, now: datetime) -> None:
    transfer_id, entries = drafted(low, 100_01, now), Entry.objects.count()
    with pytest.raises(stepup.Changed):
        confirm(low, transfer_id, approved(low.payer, transfer_id, now), now)
    assert Entry.objects.count() == entries
    challenge = strong(low, transfer_id, now)
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    confirm(low, transfer_id, challenge.id, now)
    assert Entry.objects.count() == entries + 1


def test_the_days_sum_counts_when_the_money_moves_not_when_the_question_was_put(low: make.Pair, now: datetime) -> None:
    """Two tabs, each small enough alone: the second takes a passkey once the first has moved."""
    second = drafted(low, 60_00, now)
    early = approved(low.payer, second, now)
    paid(low, 60_00, now)
    with pytest.raises(stepup.Changed):
        confirm(low, second, early, now)
    tomorrow = now + timedelta(days=1)
    fresh = drafted(low, 60_00, tomorrow)
    confirm(low, fresh, approved(low.payer, fresh, tomorrow), tomorrow)  # the sum starts anew


def test_the_page_offers_the_passkey_alone_and_takes_no_code(low: make.Pair) -> None:
    now = timezone.now()
    make.enrol(low.payer)
    browser = signed_in(low.payer)
    address = reverse("transfer_check", args=[drafted(low, 100_01, now)])
    page = browser.get(address)
    assert page.context["stepup"].needs_passkey
    assert b"This sum takes a passkey" in page.content  # they have none: the way to one is shown
    assert b'name="stepup-code"' not in page.content
    question = page.context["stepup"].challenge.id
    entries = Entry.objects.count()
    answer = refused(browser, address, {"stepup-challenge": question, "stepup-code": code_now(now)})
    assert b"a code does not open it. Nothing was done" in answer.content
    assert Entry.objects.count() == entries


def test_a_transfer_below_the_sum_is_confirmed_with_a_code_on_the_same_page(low: make.Pair) -> None:
    now = timezone.now()
    make.enrol(low.payer)
    page = signed_in(low.payer).get(reverse("transfer_check", args=[drafted(low, 100_00, now)]))
    assert not page.context["stepup"].needs_passkey
    assert b'name="stepup-code"' in page.content

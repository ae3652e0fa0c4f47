"""Money asked back of another bank: the request leaves once, words move nothing, only the return is money."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from core.outbox import relay
from ledger import balances
from ledger.models import Entry
from payments.clearing import signing
from payments.clearing.embedded import fates, writing
from payments.clearing.embedded.simulator import Simulator
from payments.clearing.gateway import SIGNATURE
from payments.clearing.messages import camt056, incoming, safe
from payments.clearing.models import InboundFile, Payment, RepairItem
from payments.clearing.paths import Mode
from payments.clearing.services import payments as clearing_payments
from payments.clearing.services.accounts import nostro_number
from payments.clearing.states import State as Paid
from payments.recalls.models import Recall
from payments.recalls.refusals import AlreadyBack, CanTakeBack, TooOld, Unknown
from payments.recalls.services import ending
from payments.recalls.states import State
from tests.factories import clearing
from tests.factories import payments as money
from tests.factories import recalls as make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def payment(wang: clearing.Payer, other: clearing.OtherSide, now: datetime) -> Payment:
    """A payment of 250 yuan that has arrived."""
    made = clearing.accepted(wang, 250_00, now=now)
    other.round(now)
    other.put(other.status(made, now=now))
    other.round(now)
    made.refresh_from_db()
    assert made.state == Paid.SETTLED
    return made


@pytest.fixture
def recall(wang: clearing.Payer, other: clearing.OtherSide, payment: Payment, now: datetime) -> Recall:
    """The request for its money, handed to the other bank."""
    made = make.asked_bank(wang, payment, why="twice", words="Sent\n twice <b>", now=now)
    other.round(now)
    made.refresh_from_db()
    assert made.state == State.SENT
    return made


def requests(other: clearing.OtherSide) -> list[camt056.Request]:
    """What was handed over, read as the other bank reads it."""
    found = []
    for path in sorted((other.folder / "out").glob("camt056-*.xml")):
        content = path.read_bytes()
        signature = path.with_name(path.name + SIGNATURE).read_bytes()
        signing.verify(
            name=path.name, content=content, key=settings.CLEARING_KEY_OUT, direction="out", signature=signature
        )
        found.append(camt056.read(content))
    return found


def answer(other: clearing.OtherSide, recall: Recall, word: str, *, now: datetime, **changes: Any) -> bytes:
    payment = recall.payment
    assert payment is not None
    assert payment.batch is not None
    values: dict[str, Any] = {
        "message_id": other.number(), "at": now, "case": recall.reference, "word": word,
        "original_message": payment.batch.message_id, "reference": payment.reference,
        "amount": recall.amount, "currency": recall.currency, **changes,
    }  # fmt: skip
    return writing.answer(**values)


def hear(other: clearing.OtherSide, content: bytes, now: datetime) -> None:
    other.put(content)
    other.round(now)
    relay.drain(now=now)


def state_of(recall: Recall) -> State:
    return State(Recall.objects.values_list("state", flat=True).get(pk=recall.pk))


def booked(by: clearing.Payer) -> int:
    return balances.of([by.source.ledger_account_id])[by.source.ledger_account_id].booked


def test_the_request_leaves_once_and_says_which_payment_and_why(
    other: clearing.OtherSide, recall: Recall, payment: Payment, now: datetime
) -> None:
    other.round(now + HOUR)
    (said,) = requests(other)
    assert (said.case, said.reference, said.amount, said.code, said.words) == (
        recall.reference, payment.reference, 250_00, "DUPL", "Sent twice <b>",
    )  # fmt: skip
    assert payment.batch is not None
    assert (said.original_message, said.payee_bank) == (payment.batch.message_id, clearing.CMB)


def test_a_worker_killed_between_the_file_and_the_mark_sends_the_same_bytes_again(
    wang: clearing.Payer, other: clearing.OtherSide, payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.asked_bank(wang, payment, now=now)

    def killed(*_given: object, **_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("payments.recalls.services.moves.step", killed)
        with pytest.raises(SystemExit):
            other.round(now)
    before = {path.name: path.read_bytes() for path in (other.folder / "out").glob("camt056-*")}
    other.round(now + HOUR)
    assert {path.name: path.read_bytes() for path in (other.folder / "out").glob("camt056-*")} == before
    assert Recall.objects.get().state == State.SENT


def test_a_word_moves_no_money_and_the_return_does_once(
    wang: clearing.Payer, other: clearing.OtherSide, recall: Recall, payment: Payment, now: datetime
) -> None:
    hear(other, answer(other, recall, "PDCR", now=now), now)
    assert state_of(recall) is State.SENT
    hear(other, answer(other, recall, "CNCL", now=now), now)
    assert state_of(recall) is State.AGREED
    assert booked(wang) == 9_750_00
    back = other.returned(payment, now=now, code="FOCR")
    for _time in range(2):
        hear(other, back, now)
    assert state_of(recall) is State.RETURNED
    assert booked(wang) == 10_000_00
    assert Entry.objects.filter(kind="clearing.reversal").count() == 2
    assert not RepairItem.objects.exists()


def test_a_refusal_is_told_in_words_and_what_comes_later_all_the_same_is_taken(
    wang: clearing.Payer, other: clearing.OtherSide, recall: Recall, payment: Payment, now: datetime
) -> None:
    hear(other, answer(other, recall, "RJCR", now=now, code="AM04", note="Account empty"), now)
    recall.refresh_from_db()
    assert (recall.state, recall.answer_code, recall.answer_words) == (State.REFUSED, "AM04", "Account empty")
    hear(other, answer(other, recall, "RJCR", now=now, code="AM04"), now)  # said once more
    hear(other, answer(other, recall, "CNCL", now=now), now)  # says yes after its no: people look
    assert list(RepairItem.objects.values_list("cause", flat=True)) == ["contradicts"]
    hear(other, other.returned(payment, now=now), now)
    assert state_of(recall) is State.RETURNED
    assert booked(wang) == 10_000_00


def test_silence_ends_it_and_a_late_answer_still_counts(
    other: clearing.OtherSide, recall: Recall, now: datetime
) -> None:
    after = recall.answer_by + HOUR
    assert ending.time_is_over(recall_id=recall.public_id, now=after) == ending.ENDED
    assert state_of(recall) is State.UNANSWERED
    hear(other, answer(other, recall, "RJCR", now=after, code="NOAS"), after)
    assert state_of(recall) is State.REFUSED


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"reference": "T000000-XXXXXXXX"}, "unknown_payment"),
        ({"case": "R000000-XXXXXXXX"}, "unknown_recall"),
        ({"original_message": "another"}, "wrong_message"),
        ({"amount": 250_01}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"word": "XXXX"}, "unknown_status"),
    ],
)
def test_an_answer_that_does_not_fit_waits_for_people_and_changes_nothing(
    other: clearing.OtherSide, recall: Recall, now: datetime, changes: dict[str, Any], cause: str
) -> None:
    word = changes.pop("word", "RJCR")
    hear(other, answer(other, recall, word, now=now, **changes), now)
    assert state_of(recall) is State.SENT
    assert list(RepairItem.objects.values_list("cause", flat=True)) == [cause]


def test_an_answer_to_what_nobody_asked_waits_for_people(
    other: clearing.OtherSide, wang: clearing.Payer, payment: Payment, now: datetime
) -> None:
    unsent = make.asked_bank(wang, payment, now=now)  # not handed over yet: nobody can answer it
    content = answer(other, unsent, "RJCR", now=now)
    other.put(content)
    other.round(now)
    assert list(RepairItem.objects.values_list("cause", flat=True)) == ["unknown_recall"]


def test_money_that_comes_back_with_another_amount_leaves_payment_and_request_where_they_are(
    wang: clearing.Payer, other: clearing.OtherSide, recall: Recall, payment: Payment, now: datetime
) -> None:
    hear(other, other.returned(payment, now=now, amount=249_99), now)
    assert state_of(recall) is State.SENT
    assert booked(wang) == 9_750_00
    assert list(RepairItem.objects.values_list("cause", flat=True)) == ["wrong_amount"]


GOOD = writing.answer(
    message_id="G-1", at=datetime(2026, 11, 23, 10), case="R1", original_message="M1", reference="T1", word="RJCR",
    code="CUST", amount=1_00, currency="CNY",
)  # fmt: skip


@pytest.mark.parametrize(
    ("was", "becomes", "cause"),
    [
        (b"</Document>", b"", "malformed"),
        (b"<Conf>RJCR</Conf>", b"", "incomplete"),
        (b"<Conf>RJCR</Conf>", b"<Conf>RJCR</Conf><Conf>CNCL</Conf>", "incomplete"),
        (b"camt.029.001.09", b"camt.029.001.03", "namespace"),
        (b'Ccy="CNY">1.00<', b'Ccy="CNY">1.005<', "amount"),
        (b'Ccy="CNY">1.00<', b'Ccy="ZZZ">1.00<', "currency"),
        (b"<OrgnlEndToEndId>T1</OrgnlEndToEndId>", b"", "incomplete"),
        (b"<Document", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Document", "doctype"),
        (b"R1", b"R" * 36, "incomplete"),
    ],
)
def test_a_broken_answer_is_refused_whole(was: bytes, becomes: bytes, cause: str) -> None:
    assert was in GOOD
    with pytest.raises(safe.Unreadable) as refused:
        incoming.read(GOOD.replace(was, becomes, 1))
    assert refused.value.cause == cause


def test_a_forged_answer_is_kept_and_changes_nothing(other: clearing.OtherSide, recall: Recall, now: datetime) -> None:
    other.put(answer(other, recall, "RJCR", now=now), key="somebody else's key, of some length")
    other.round(now)
    assert state_of(recall) is State.SENT
    assert InboundFile.objects.filter(state="refused", cause="signature").count() == 1


def test_what_has_not_left_is_taken_back_instead_and_what_came_back_is_not_asked_for(
    wang: clearing.Payer, other: clearing.OtherSide, now: datetime
) -> None:
    waiting = clearing.accepted(wang, 10_00, mode=Mode.ORDINARY, now=now)
    with pytest.raises(CanTakeBack):
        make.asked_bank(wang, waiting, now=now)
    clearing_payments.take_back(customer=wang.customer, payment_id=waiting.public_id, now=now)
    with pytest.raises(AlreadyBack):
        make.asked_bank(wang, waiting, now=now)
    draft = clearing.drafted(wang, 10_00, now=now)
    with pytest.raises(Unknown):
        make.asked_bank(wang, draft, now=now)
    stranger = clearing.Payer(money.customer("李明", now=now), wang.source)
    with pytest.raises(Unknown):
        make.asked_bank(stranger, waiting, now=now)
    sent = clearing.accepted(wang, 20_00, now=now)
    with pytest.raises(TooOld):
        make.asked_bank(wang, sent, now=now + timedelta(days=400))
    assert not Recall.objects.exists()


def test_a_payment_that_comes_back_before_the_request_leaves_ends_it_unsent(
    wang: clearing.Payer, other: clearing.OtherSide, payment: Payment, now: datetime
) -> None:
    recall = make.asked_bank(wang, payment, now=now)
    other.put(other.returned(payment, now=now))
    other.round(now)  # takes the return in first, then looks what is to be sent
    relay.drain(now=now)
    assert not requests(other)
    assert state_of(recall) is State.RETURNED
    assert booked(wang) == 10_000_00


@pytest.mark.parametrize(
    ("cents", "ends"),
    [
        (21, State.RETURNED),
        (22, State.RETURNED),
        (23, State.REFUSED),
        (24, State.REFUSED),
        (25, State.SENT),
    ],
)
def test_the_embedded_clearing_system_answers_as_other_banks_do(
    wang: clearing.Payer,
    other: clearing.OtherSide,
    now: datetime,
    cents: int,
    ends: State,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fates, "SHARES", ())  # the payment itself arrives, whatever its reference

    def turns(start: datetime, minutes: int) -> datetime:
        for second in range(0, minutes * 60, 10):
            moment = start + timedelta(seconds=second)
            other.round(moment)
            Simulator(
                folder=other.folder, seed=7, key_from_bank=settings.CLEARING_KEY_OUT,
                key_to_bank=settings.CLEARING_KEY_IN, account=nostro_number("CNY"), opening=clearing.FUNDS,
            ).tick(moment)  # fmt: skip
        relay.drain(now=moment)
        return moment + timedelta(seconds=10)

    paid = clearing.accepted(wang, 100_00 + cents, now=now)
    asked_at = turns(now, 1)
    paid.refresh_from_db()
    assert paid.state == Paid.SETTLED
    recall = make.asked_bank(wang, paid, now=asked_at)
    turns(asked_at, 2)
    assert state_of(recall) is ends
    assert booked(wang) == (10_000_00 if ends is State.RETURNED else 10_000_00 - paid.amount)
    assert not RepairItem.objects.exists()


def test_the_same_seed_draws_the_same_answer() -> None:
    drawn = [fates.recalled(seed=7, reference=f"T{number}", amount=100) for number in range(300)]
    assert drawn == [fates.recalled(seed=7, reference=f"T{number}", amount=100) for number in range(300)]
    assert {fate.kind for fate in drawn} == set(fates.Recalled)

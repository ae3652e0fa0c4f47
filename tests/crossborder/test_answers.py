"""What correspondents answer, in any order, late, twice and wrong: money comes back once, and nobody's by mistake."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import BankAccount
from core.audit.models import Row
from ledger import accounts as books
from ledger import balances, chart
from ledger.models import Entry
from payments.clearing.models import InboundFile, RepairItem, Statement, StatementEntry
from payments.crossborder import queries
from payments.crossborder.fees import Charges
from payments.crossborder.models import Payment
from payments.crossborder.services import sending
from payments.crossborder.states import State
from tests.factories import clearing
from tests.factories import crossborder as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db

LEFT = 1_000_00  # cents


@pytest.fixture
def side(wang: make.Sender, now: datetime, tmp_path: Path, settings: Any) -> make.Correspondent:
    return make.correspondent(tmp_path, settings, now=now)


@pytest.fixture
def sent(wang: make.Sender, side: make.Correspondent, now: datetime) -> Payment:
    """A thousand dollars that were bought with yuan, while the payer has an account in dollars too."""
    return make.sent(wang, LEFT, side, now=now)


def booked(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def own(name: str, currency: str) -> int:
    account = chart.find(name, currency)
    return balances.of([account])[account].booked


def causes() -> list[str]:
    return sorted(RepairItem.objects.values_list("cause", flat=True))


def nothing_moved(payment: Payment, *expected: str) -> None:
    assert make.again(payment).state == State.SENT
    assert not Entry.objects.filter(kind__in=["crossborder.returned", "crossborder.fee_back"]).exists()
    assert causes() == sorted(expected)
    assert set(RepairItem.objects.values_list("room", flat=True)) <= {"abroad"}


# ── in any order ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order", "ends", "repairs"),
    [
        (["ACSP", "ACSC", "ACCC", "ACCC"], State.ARRIVED, []),
        (["ACCC", "ACSP"], State.ARRIVED, []),
        (["ACSC"], State.SENT, []),  # settled among banks is not arrived
        (["RJCT", "RJCT"], State.REJECTED, []),
        (["return", "return"], State.RETURNED, []),
        (["return", "ACCC"], State.RETURNED, []),
        (["ACCC", "return", "ACCC"], State.RETURNED, []),
        (["ACCC", "RJCT"], State.ARRIVED, ["contradicts"]),
        (["RJCT", "ACCC"], State.REJECTED, ["contradicts"]),
        (["RJCT", "return"], State.REJECTED, ["contradicts"]),
        (["return", "RJCT"], State.RETURNED, ["contradicts"]),
        (["CANC"], State.SENT, ["unknown_status"]),
    ],
)
def test_answers_in_any_order_and_number_end_where_they_should_and_pay_once(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime, order: list[str], ends: State,
    repairs: list[str],
) -> None:  # fmt: skip
    before = booked(wang.dollars)
    for each in order:
        side.put(side.returned(sent, now=now) if each == "return" else side.status(sent, each, now=now))
        side.round(now)
    assert make.again(sent).state == ends
    assert causes() == repairs
    came = LEFT if ends in {State.REJECTED, State.RETURNED} else 0
    assert booked(wang.dollars) == before + came
    assert own("nostro", "USD") == -1_000_000_00 + LEFT - came


def test_every_order_of_a_days_files_taken_twice_ends_with_the_same_books(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    ends = set()
    for order in itertools.permutations(range(3)):
        payment = make.sent(wang, LEFT, side, now=now)
        files = [
            side.status(payment, "ACSP", now=now),
            side.returned(payment, kept=15_00, now=now),
            side.statement((-LEFT, payment.reference), (LEFT - 15_00, payment.reference), now=now),
        ]
        for number in (*order, *order):
            side.put(files[number], name=f"{payment.reference}-{number}.xml")
            side.round(now)
        payment = make.again(payment)
        ends.add((payment.state, payment.came_back, payment.credited, payment.credited_to, payment.reason_code))
    assert ends == {(State.RETURNED, LEFT - 15_00, LEFT - 15_00, wang.dollars, "AC04")}
    assert booked(wang.dollars) == 200_000_00 + 6 * (LEFT - 15_00)
    assert causes() == []
    newest = Statement.objects.latest("sequence")
    assert (newest.unexplained, newest.outstanding, newest.open) == (0, 0, 0)
    assert InboundFile.objects.filter(deliveries=2).count() == 18


# ── never were, wrong, forged, broken, too large ─────────────────────────────


@pytest.mark.parametrize(
    ("what", "changes", "cause"),
    [
        ("a payment that never was", {"reference": "T999999-NEVERWAS"}, "unknown_payment"),
        ("more than was sent", {"amount": LEFT + 1}, "wrong_amount"),
        ("another currency", {"currency": "EUR"}, "wrong_currency"),
        ("another message", {"original_message": "somebody else's"}, "wrong_message"),
        ("another correspondent", {"sender": "LANTDEFFXXX"}, "wrong_sender"),
    ],
)
@pytest.mark.parametrize("kind", ["status", "return"])
def test_what_does_not_fit_its_payment_moves_nothing_and_waits_for_people(
    side: make.Correspondent, sent: Payment, now: datetime, what: str, changes: dict[str, Any], cause: str, kind: str
) -> None:
    side.put(side.status(sent, now=now, **changes) if kind == "status" else side.returned(sent, now=now, **changes))
    assert side.round(now).files.taken == 1
    nothing_moved(sent, cause)


def test_no_file_passes_that_is_not_signed_for_this_way_by_a_known_bank_whole_and_small_enough(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime, tmp_path: Path
) -> None:
    good = side.status(sent, now=now)
    side.put(good, direction="in")  # as the clearing system signs
    side.put(side.status(sent, now=now, sender="EVILUS33XXX"))
    side.put(side.status(sent, now=now, sender=""))
    side.put(good[: len(good) // 2])
    side.put(side.statement((5, ""), now=now, account="DEMO-USD-9999"))
    side.put(side.statement((5, ""), now=now, account="DEMO-EUR-0001"))  # dollars on the account for euros
    with (tmp_path / "abroad" / "in" / "z-huge.xml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    done = side.round(now)
    assert (done.files.refused, done.files.taken) == (7, 0)
    nothing_moved(sent, "signature", "sender", "sender", "malformed", "account", "account", "too_large")
    assert Row.objects.filter(act="crossborder.file_refused").count() == 7


def test_an_answer_is_no_message_of_the_clearing_systems(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime, tmp_path: Path
) -> None:
    name = side.put(side.returned(sent, now=now))
    other = clearing.OtherSide(tmp_path / "clearing")
    (tmp_path / "clearing").mkdir()
    (tmp_path / "abroad" / "in").rename(tmp_path / "clearing" / "in")
    assert (tmp_path / "clearing" / "in" / name).exists()
    assert other.round(now).files.refused == 1
    assert make.again(sent).state == State.SENT


def test_two_correspondents_may_count_their_messages_alike(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    side.put(side.status(sent, "ACSP", now=now, message_id="0001"))
    side.put(side.status(sent, now=now, message_id="0001", sender="LANTDEFFXXX"))
    side.put(side.status(sent, "RJCT", now=now, message_id="0001"))
    done = side.round(now)
    assert (done.files.taken, done.files.refused) == (2, 1)
    nothing_moved(sent, "message_id", "wrong_sender")


# ── where the money goes ─────────────────────────────────────────────────────


def test_what_came_back_lands_in_the_account_it_left_less_what_was_kept_and_the_fee_stays(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    payment = make.sent(wang, LEFT, side, source=wang.dollars, now=now)
    side.put(side.returned(payment, kept=20_00, now=now))
    side.round(now)
    payment = make.again(payment)
    assert (payment.state, payment.came_back, payment.credited, payment.credited_to) == (
        State.RETURNED, LEFT - 20_00, LEFT - 20_00, wang.dollars,
    )  # fmt: skip
    assert booked(wang.dollars) == 200_000_00 - payment.fee - 20_00
    assert own("fee-income", "USD") == payment.fee
    assert payment.fee_back_id is None


@pytest.mark.parametrize("charges", list(Charges))
def test_the_fee_comes_back_once_where_the_banks_were_at_fault(
    wang: make.Sender, side: make.Correspondent, now: datetime, charges: Charges
) -> None:
    yuan, dollars = booked(wang.yuan), booked(wang.dollars)
    payment = make.sent(wang, LEFT, side, charges=charges, now=now)
    for _time in range(2):
        side.put(side.returned(payment, now=now, code="AB08"))
        side.round(now)
    payment = make.again(payment)
    assert own("fee-income", payment.fee_currency) == 0
    assert booked(wang.yuan) == yuan - payment.debit
    assert booked(wang.dollars) == dollars + LEFT


def test_a_reason_that_comes_after_the_money_still_gives_the_fee_back(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    side.put(side.statement((-LEFT, sent.reference), (LEFT, sent.reference), now=now))
    side.round(now)
    assert make.again(sent).fee_back_id is None
    side.put(side.returned(sent, now=now, code="AB08"))
    side.round(now)
    payment = make.again(sent)
    assert payment.reason_code == "AB08"
    assert payment.fee_back_id is not None
    assert own("fee-income", "CNY") == 0


def test_without_an_account_in_its_currency_it_is_turned_into_yuan_at_the_days_rate_and_the_quota_is_free_again(
    side: make.Correspondent, now: datetime
) -> None:
    li = make.sender(now=now, name="李明")
    BankAccount.objects.filter(pk=li.dollars.pk).update(status="closed")
    before = booked(li.yuan)
    payment = make.sent(li, LEFT, side, now=now)
    assert queries.year_of(li.customer, on=now.date()).used == LEFT
    side.put(side.status(payment, "RJCT", now=now, code="AC01"))
    side.round(now)
    payment = make.again(payment)
    assert (payment.credited, payment.credited_currency) == (7_130_43, "CNY")  # 8.2 / 1.15, half up
    assert booked(li.yuan) == before - payment.debit - payment.fee + 7_130_43
    assert own("fx-position", "USD") == 0
    assert queries.year_of(li.customer, on=now.date()).used == 0


def test_dollars_that_came_back_as_dollars_still_count_as_bought(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    side.put(side.returned(sent, now=now))
    side.round(now)
    assert queries.year_of(wang.customer, on=now.date()).used == LEFT


def test_a_closed_account_and_a_missing_rate_leave_the_money_in_suspense_for_people(
    side: make.Correspondent, now: datetime
) -> None:
    li = make.sender(now=now, name="李明")
    one = make.sent(li, LEFT, side, now=now)
    other = make.sent(li, LEFT, side, source=li.dollars, now=now)
    BankAccount.objects.filter(pk=li.dollars.pk).update(status="closed")
    money.pay_in(li.dollars, -booked(li.dollars), now=now)
    books.close_account(account_id=li.dollars.ledger_account_id)
    later = now + timedelta(days=40)  # no rate is as young as that
    for payment in (one, other):
        side.put(side.returned(payment, now=later))
    side.round(later)
    assert causes() == ["account_closed", "no_rate"]
    assert own("suspense", "USD") == 2 * LEFT
    for payment in (one, other):
        ended = make.again(payment)
        assert (ended.state, ended.came_back, ended.credited) == (State.RETURNED, LEFT, None)


def test_when_too_much_was_kept_people_look_before_anything_is_credited(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    side.put(side.returned(sent, kept=112_20, now=now))  # 800.03 yuan
    side.round(now)
    nothing_moved(sent, "too_little")


# ── statements ───────────────────────────────────────────────────────────────


def test_the_nostro_agrees_to_the_cent_and_says_what_is_on_its_way_open_and_unexplained(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    on_its_way = make.sent(wang, 300_00, side, now=now)
    rejected = make.sent(wang, 400_00, side, now=now)
    side.put(side.status(rejected, "RJCT", now=now))
    side.put(side.statement((-LEFT, sent.reference), (88_00, ""), (-1, on_its_way.reference), now=now))
    side.round(now)
    newest = Statement.objects.latest("sequence")
    assert (newest.books, newest.outstanding, newest.open, newest.unexplained) == (
        1_000_000_00 - LEFT - 300_00, 300_00, 88_00 - 1, 0,
    )  # fmt: skip
    assert causes() == ["no_reference", "wrong_amount"]
    make.fund_nostro("USD", 7, now=now)
    side.put(side.statement((-300_00, on_its_way.reference), now=now))
    side.round(now)
    assert Statement.objects.latest("sequence").unexplained == -7
    assert "unexplained" in causes()


def test_a_line_of_money_back_waits_until_a_statement_shows_that_it_had_left(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    first = side.statement((-LEFT, sent.reference), now=now)
    second = side.statement((LEFT - 10_00, sent.reference), now=now)
    for content in (second, second):
        side.put(content)
        side.round(now)
    assert make.again(sent).state == State.SENT
    side.put(first)
    side.round(now)
    payment = make.again(sent)
    assert (payment.state, payment.came_back) == (State.RETURNED, LEFT - 10_00)
    assert not RepairItem.objects.filter(state="open").exists()
    assert StatementEntry.objects.filter(matched_with=sent.reference).count() == 2


# ── killed, silent, guarded ──────────────────────────────────────────────────


def test_killed_between_reading_and_booking_nothing_is_half_done_and_the_next_round_does_it_once(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.clearing.services import taking

    side.put(side.returned(sent, now=now))
    before = booked(wang.dollars)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking.audit, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            side.round(now)
    assert booked(wang.dollars) == before
    nothing_moved(sent)
    assert not InboundFile.objects.exists()
    with monkeypatch.context() as patched:  # and killed after all was booked, before the file was put away
        patched.setattr(type(side.gateway), "done", killed)
        with pytest.raises(KeyboardInterrupt):
            side.round(now)
    side.round(now)
    assert booked(wang.dollars) == before + LEFT
    assert Entry.objects.filter(kind="crossborder.returned").count() == 1


def test_an_answer_to_a_message_whose_hand_over_nobody_has_noted_proves_that_it_left(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    payment = make.ready(wang, LEFT, now=now)
    sending._write_ready(now)  # and killed behind handing over
    side.put(side.returned(payment, now=now, message_id="FAST"))
    from payments.clearing.services import taking
    from payments.crossborder.services import answers

    taking.take_in(gateway=side.gateway, way=answers.FROM_CORRESPONDENTS, now=now)
    assert make.again(payment).state == State.RETURNED
    side.round(now)
    assert own("nostro", "USD") == -1_000_000_00
    assert causes() == []


def test_a_payment_that_cannot_be_written_waits_with_its_money_and_people_hear_once(
    wang: make.Sender, side: make.Correspondent, now: datetime, settings: Any
) -> None:
    payment, settings.CROSSBORDER_OWN_BIC = make.ready(wang, LEFT, now=now), "no BIC"
    for _time in range(2):
        assert side.round(now).sent == 0
    assert (make.again(payment).state, queries.held("USD"), causes()) == (State.READY, LEFT, ["not_written"])


def test_silence_is_looked_after_by_people_and_an_answer_ends_that(
    wang: make.Sender, side: make.Correspondent, sent: Payment, now: datetime
) -> None:
    monday = now + timedelta(days=7)  # the fifth working day after this Monday
    assert side.round(monday).silent == 0
    tuesday = monday + timedelta(days=1)
    assert [side.round(tuesday).silent for _time in range(2)] == [1, 0]
    item = RepairItem.objects.get()
    assert (item.cause, item.reference, item.amount, item.room) == ("silent", sent.reference, LEFT, "abroad")
    side.put(side.status(sent, now=tuesday))
    side.round(tuesday)
    item.refresh_from_db()
    assert (item.state, make.again(sent).state) == ("repaired", State.ARRIVED)

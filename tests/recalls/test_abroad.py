"""Money asked back from abroad: the request goes to the correspondent that carried the payment, words move nothing, and
what comes back may be less than what left.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from accounts.inbox.models import Notice
from accounts.statements import queries as statements
from accounts.statements.filters import Filter
from core.outbox import relay
from ledger import balances
from ledger.models import Entry
from payments import movements
from payments.clearing import signing
from payments.clearing.embedded import writing
from payments.clearing.gateway import SIGNATURE
from payments.clearing.messages import camt056
from payments.clearing.models import InboundFile, RepairItem, Statement
from payments.crossborder import correspondents, queries
from payments.crossborder.embedded.simulator import Correspondents
from payments.crossborder.models import Payment
from payments.crossborder.states import State as Abroad
from payments.recalls.models import Recall
from payments.recalls.refusals import AlreadyBack, CanTakeBack, NotLeft, TooOld, Unknown
from payments.recalls.services import asking, ending
from payments.recalls.states import State
from tests.factories import crossborder as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def wang(db: None, now: datetime) -> make.Sender:
    return make.sender(now=now)


@pytest.fixture
def side(wang: make.Sender, now: datetime, tmp_path: Path, settings: Any) -> make.Correspondent:
    return make.correspondent(tmp_path, settings, now=now)


@pytest.fixture
def payment(wang: make.Sender, side: make.Correspondent, now: datetime) -> Payment:
    """A thousand dollars, out of an account in dollars, that have arrived."""
    made = make.sent(wang, 1_000_00, side, source=wang.dollars, now=now)
    side.put(side.status(made, now=now))
    side.round(now)
    assert make.again(made).state == Abroad.ARRIVED
    return make.again(made)


def asked(by: make.Sender, payment: Payment, now: datetime, *, why: str = "fraud", words: str = "") -> Recall:
    return asking.ask_abroad(
        customer=by.customer, payment_id=payment.public_id, why=why, words=words, now=now
    )  # fmt: skip


@pytest.fixture
def recall(wang: make.Sender, side: make.Correspondent, payment: Payment, now: datetime) -> Recall:
    """The request for its money, handed to the correspondent."""
    made = asked(wang, payment, now, words="Not the\n shop <b>")
    side.round(now)
    assert state_of(made) is State.SENT
    return made


def requests(side: make.Correspondent) -> list[camt056.Request]:
    """What was handed over, read as the correspondent reads it."""
    found = []
    for path in sorted((side.folder / "abroad" / "out").glob("camt056-*.xml")):
        content = path.read_bytes()
        signature = path.with_name(path.name + SIGNATURE).read_bytes()
        signing.verify(name=path.name, content=content, key=site.CLEARING_KEY_OUT, direction="out", signature=signature)
        found.append(camt056.read(content))
    return found


def answer(side: make.Correspondent, recall: Recall, word: str, *, now: datetime, **changes: Any) -> bytes:
    payment = make.again(Payment.objects.get(pk=recall.abroad_id))
    assert payment.message is not None
    values: dict[str, Any] = {
        "message_id": side.number(), "at": now, "case": recall.reference, "word": word, "sender": side.bic,
        "original_message": payment.message.message_id, "reference": payment.reference,
        "amount": recall.amount, "currency": recall.currency, **changes,
    }  # fmt: skip
    return writing.answer(**values)


def hear(side: make.Correspondent, content: bytes, now: datetime) -> None:
    side.put(content)
    side.round(now)
    relay.drain(now=now)


def state_of(recall: Recall) -> State:
    return State(Recall.objects.values_list("state", flat=True).get(pk=recall.pk))


def booked(by: make.Sender) -> int:
    return balances.of([by.dollars.ledger_account_id])[by.dollars.ledger_account_id].booked


def causes() -> list[tuple[str, str]]:
    return list(RepairItem.objects.values_list("cause", "room"))


def test_the_request_leaves_once_for_the_correspondent_and_asks_for_what_left(
    side: make.Correspondent, recall: Recall, payment: Payment, now: datetime
) -> None:
    side.round(now + HOUR)
    (said,) = requests(side)
    assert payment.message is not None
    assert (said.case, said.reference, said.uetr, said.original_message) == (
        recall.reference, payment.reference, str(payment.public_id), payment.message.message_id,
    )  # fmt: skip
    assert (said.amount, said.currency, said.code, said.words) == (payment.leaves, "USD", "FRAD", "Not the shop <b>")
    assert (said.own_bank, said.payee_bank, said.by_bic) == (site.CROSSBORDER_OWN_BIC, side.bic, True)


def test_a_worker_killed_between_the_file_and_the_mark_sends_the_same_bytes_again(
    wang: make.Sender, side: make.Correspondent, payment: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(wang, payment, now)

    def killed(*_given: object, **_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("payments.recalls.services.moves.step", killed)
        with pytest.raises(SystemExit):
            side.round(now)
    folder = side.folder / "abroad" / "out"
    before = {path.name: path.read_bytes() for path in folder.glob("camt056-*")}
    side.round(now + HOUR)
    assert {path.name: path.read_bytes() for path in folder.glob("camt056-*")} == before
    assert len(before) == 2
    assert Recall.objects.get().state == State.SENT


def test_a_word_moves_no_money_and_what_comes_back_less_is_said_with_what_was_kept(
    wang: make.Sender, side: make.Correspondent, recall: Recall, payment: Payment, now: datetime
) -> None:
    before = booked(wang)
    hear(side, answer(side, recall, "PDCR", now=now), now)
    assert state_of(recall) is State.SENT
    hear(side, answer(side, recall, "CNCL", now=now), now)
    assert state_of(recall) is State.AGREED
    assert booked(wang) == before
    back = side.returned(payment, now=now, kept=20_00, code="FOCR")
    for _time in range(2):
        hear(side, back, now)
    assert state_of(recall) is State.RETURNED
    assert booked(wang) == before + 980_00
    assert Entry.objects.filter(kind="crossborder.returned").count() == 1
    assert not RepairItem.objects.exists()
    told = Notice.objects.filter(user=wang.customer.user, key=f"recall:{recall.public_id}:returned").get()
    assert "980.00" in str(told.title)
    assert "20.00" in str(told.body)


def test_a_refusal_a_silence_and_a_late_yes_are_taken_as_at_home(
    side: make.Correspondent, recall: Recall, now: datetime
) -> None:
    after = recall.answer_by + HOUR
    assert ending.time_is_over(recall_id=recall.public_id, now=after) == ending.ENDED
    assert state_of(recall) is State.UNANSWERED
    hear(side, answer(side, recall, "CNCL", now=after), after)
    assert state_of(recall) is State.AGREED
    hear(side, answer(side, recall, "RJCR", now=after, code="CUST"), after)
    assert state_of(recall) is State.REFUSED


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"reference": "T000000-XXXXXXXX"}, "unknown_payment"),
        ({"case": "R000000-XXXXXXXX"}, "unknown_recall"),
        ({"original_message": "another"}, "wrong_message"),
        ({"sender": "LANTDEFFXXX"}, "wrong_sender"),
        ({"amount": 1_000_01}, "wrong_amount"),
        ({"currency": "EUR"}, "wrong_currency"),
        ({"word": "XXXX"}, "unknown_status"),
    ],
)
def test_an_answer_that_does_not_fit_waits_for_people_and_changes_nothing(
    side: make.Correspondent, recall: Recall, now: datetime, changes: dict[str, Any], cause: str
) -> None:
    if "sender" in changes:
        changes["sender"] = next(one.bic for one in correspondents.all_of_them().values() if one.bic != side.bic)
    word = changes.pop("word", "RJCR")
    hear(side, answer(side, recall, word, now=now, **changes), now)
    assert state_of(recall) is State.SENT
    assert causes() == [(cause, "abroad")]


def test_a_stranger_and_a_forger_answer_nothing(side: make.Correspondent, recall: Recall, now: datetime) -> None:
    hear(side, answer(side, recall, "RJCR", now=now, sender="EVILUS33XXX"), now)
    side.put(answer(side, recall, "RJCR", now=now), direction="in")  # signed as the clearing systems sign
    side.round(now)
    assert state_of(recall) is State.SENT
    assert set(InboundFile.objects.filter(state="refused").values_list("cause", flat=True)) == {"sender", "signature"}


def test_an_answer_to_what_nobody_asked_waits_for_people(
    side: make.Correspondent, wang: make.Sender, payment: Payment, now: datetime
) -> None:
    unsent = asked(wang, payment, now)
    side.put(answer(side, unsent, "RJCR", now=now))
    side.round(now)
    assert causes() == [("unknown_recall", "abroad")]


def test_what_has_not_left_is_not_asked_for_and_what_came_back_is_not_asked_for_again(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    own = make.accepted(wang, 10_00, source=wang.dollars, now=now)
    with pytest.raises(CanTakeBack):
        asked(wang, own, now)
    bought = make.accepted(wang, 10_00, now=now)
    with pytest.raises(NotLeft):
        asked(wang, bought, now)
    with pytest.raises(Unknown):
        asked(wang, make.drafted(wang, 11_00, source=wang.dollars, now=now), now)
    sent = make.sent(wang, 1_000_00, side, source=wang.dollars, now=now)
    stranger = money.customer("李明", now=now)
    with pytest.raises(Unknown):
        asking.ask_abroad(customer=stranger, payment_id=sent.public_id, why="other", words="", now=now)
    with pytest.raises(TooOld):
        asked(wang, sent, now + timedelta(days=400))
    side.put(side.returned(sent, now=now))
    side.round(now)
    with pytest.raises(AlreadyBack):
        asked(wang, sent, now)
    assert not Recall.objects.exists()


def test_a_payment_that_comes_back_before_the_request_leaves_ends_it_unsent(
    wang: make.Sender, side: make.Correspondent, payment: Payment, now: datetime
) -> None:
    made = asked(wang, payment, now)
    hear(side, side.returned(payment, now=now), now)
    assert not requests(side)
    assert state_of(made) is State.RETURNED


@pytest.mark.parametrize(
    ("cents", "ends"),
    [(21, State.RETURNED), (22, State.RETURNED), (23, State.REFUSED), (24, State.REFUSED), (25, State.SENT)],
)
def test_the_embedded_correspondents_answer_as_banks_abroad_do_and_the_nostro_agrees(
    wang: make.Sender, side: make.Correspondent, now: datetime, cents: int, ends: State
) -> None:
    def turns(start: datetime, minutes: int) -> datetime:
        moment = start
        for second in range(0, minutes * 60, 15):
            moment = start + timedelta(seconds=second)
            side.round(moment)
            Correspondents(
                folder=side.folder / "abroad", seed=7, key_from_bank=site.CLEARING_KEY_OUT,
                key_to_bank=site.CLEARING_KEY_IN, correspondents=list(correspondents.all_of_them().values()),
                opening=1_000_000,
            ).tick(moment)  # fmt: skip
        relay.drain(now=moment)
        return moment + timedelta(seconds=15)

    before = booked(wang)
    paid = make.ready(wang, 100_00 + cents, source=wang.dollars, now=now)
    asked_at = turns(now, 2)
    paid = make.again(paid)
    assert paid.state == Abroad.ARRIVED
    taken = before - booked(wang)
    made = asked(wang, paid, asked_at)
    turns(asked_at, 3)
    assert state_of(made) is ends
    paid = make.again(paid)
    assert booked(wang) == before - taken + (paid.came_back or 0)
    assert bool(paid.came_back) is (ends is State.RETURNED)
    assert not RepairItem.objects.exists()
    compared = queries.compare(account=side.account, currency="USD", closing=_closing())
    assert (compared.unexplained, compared.open) == (0, 0)


def _closing() -> int:
    return int(Statement.objects.order_by("-pk")[0].closing)


# ── pages ────────────────────────────────────────────────────────────────────


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def at_this_moment(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.mark.usefixtures("at_this_moment")
def test_what_has_not_left_has_no_form_and_a_late_click_is_told_why(wang: make.Sender, now: datetime) -> None:
    waiting = make.accepted(wang, 10_00, now=now)
    page = reverse("payment_abroad", args=[waiting.public_id])
    url = reverse("recall_abroad", args=[waiting.public_id])
    client = client_of(wang.customer.user)
    assert client.get(url)["Location"] == page
    assert url not in client.get(page).content.decode()
    assert "has not left yet" in client.post(url, {"why": "account"}).content.decode()
    stranger = client_of(money.customer("李明", now=now).user)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"why": "account"}).status_code == 404
    assert not Recall.objects.exists()


@pytest.mark.usefixtures("at_this_moment")
def test_who_sent_money_abroad_asks_for_it_on_its_page_once(wang: make.Sender, payment: Payment) -> None:
    client = client_of(wang.customer.user)
    page = reverse("payment_abroad", args=[payment.public_id])
    url = reverse("recall_abroad", args=[payment.public_id])
    assert url in client.get(page).content.decode()
    form = client.get(url).content.decode()
    assert "1,000.00" in form
    assert "Banks on the way may keep a fee" in form
    assert "Choose a reason" in client.post(url, {"why": "", "words": "kept"}).content.decode()
    first = client.post(url, {"why": "fraud", "words": "<b>shop</b>"})
    again = client.post(url, {"why": "twice"})
    assert first["Location"] == again["Location"]
    made = Recall.objects.get()
    assert (made.why, made.amount, made.currency) == ("fraud", payment.leaves, "USD")
    shown = client.get(first["Location"]).content.decode()
    assert "&lt;b&gt;shop&lt;/b&gt;" in shown
    assert payment.reference in shown
    assert payment.payee_name in client.get(reverse("recalls")).content.decode()
    here = client.get(page).content.decode()
    assert url not in here
    assert reverse("recall", args=[made.public_id]) in here


def test_money_is_asked_back_on_the_line_of_the_payment_and_not_on_that_of_its_fee(
    wang: make.Sender, payment: Payment
) -> None:
    fee, paid = statements.page(wang.dollars.ledger_account_id, Filter()).movements[:2]
    asks = reverse("recall_abroad", args=[payment.public_id])

    def led(number: int) -> set[str]:
        movement = movements.movement_of(wang.dollars.pk, number)
        assert movement is not None
        return {act.url for act in movements.acts(customer=wang.customer, movement=movement)}

    assert asks in led(paid.number)
    assert asks not in led(fee.number)

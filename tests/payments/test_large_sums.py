"""Above a sum of the day the payer confirms once more, in words (银发〔2016〕261号; trust.md 2.1)."""

import uuid
from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.access.proof import Proof
from core import policy
from core.audit.models import Row
from ledger.models import Entry
from payments import figures, queries
from payments.clearing.allowance import Moving
from payments.models import Transfer
from payments.services import large_sums, rules, transfers
from payments.words import cardinal, in_words
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import drafted, paid
from tests.payments.test_pages import answer_to, refused, signed_in

FIGURE = "transfer.large_sum.cny"


@pytest.fixture
def low(two: make.Pair, now: datetime) -> make.Pair:
    """Above 300 yuan a day to others a sum is large; a passkey is not asked for."""
    add_figure(FIGURE, "300.00", type="decimal", unit="CNY", now=now)
    return two


def question(two: make.Pair, transfer_id: uuid.UUID, now: datetime, **asked: Any) -> uuid.UUID:
    """An answered question over what the payer was shown, with the sum of the day as given."""
    record = queries.transfer_of(two.payer, transfer_id)
    assert record is not None
    assert two.payer.user is not None
    payload = transfers.Asked(**asked).binds(transfers.shown(record))
    made = stepup.start(user=two.payer.user, operation=transfers.OPERATION, payload=payload, now=now)
    StepUp.objects.filter(public_id=made.id).update(verified_at=now)
    return made.id


def confirm(two: make.Pair, transfer_id: uuid.UUID, challenge_id: uuid.UUID, now: datetime) -> None:
    transfers.confirm(customer=two.payer, transfer_id=transfer_id, challenge_id=challenge_id, now=now)


def agree(two: make.Pair, transfer_id: uuid.UUID, total: int, now: datetime) -> None:
    large_sums.confirm(customer=two.payer, transfer_id=transfer_id, total=total, now=now)


def test_the_figure_in_force_is_the_regulators(db: None) -> None:
    assert figures.large_sum(currency="CNY", on=date(2026, 11, 23)) == 300_000_00


def test_nothing_goes_to_others_where_nobody_has_laid_down_what_a_large_sum_is(
    two: make.Pair, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = policy.value

    def without(key: str, *, on: date) -> object:
        if key == FIGURE:
            raise policy.UnknownPolicy(key)
        return known(key, on=on)

    monkeypatch.setattr(policy, "value", without)
    with pytest.raises(transfers.NotOffered):
        drafted(two, 1_00, now)
    assert not Transfer.objects.exists()
    standing = queries.standing(customer_id=two.payer.pk, currency="CNY", payee_id=None, now=now)
    with pytest.raises(transfers.NotOffered):
        rules.asked(Moving(1_00, "CNY"), standing=standing, careful_until=None, seconds=None, now=now)


@pytest.mark.parametrize(("amount", "asked"), [(299_99, False), (300_00, False), (300_01, True)])
def test_only_above_the_figure_the_sum_is_asked_about(low: make.Pair, now: datetime, amount: int, asked: bool) -> None:
    transfer_id = drafted(low, amount, now)
    plain = question(low, transfer_id, now)
    if not asked:
        confirm(low, transfer_id, plain, now)
        return
    with pytest.raises(transfers.SumUnconfirmed) as refusal:
        confirm(low, transfer_id, plain, now)
    assert refusal.value.total == amount
    assert Transfer.objects.get().state == Transfer.State.DRAFT
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_the_tick_and_the_code_are_both_for_this_sum(low: make.Pair, now: datetime) -> None:
    transfer_id, entries = drafted(low, 300_01, now), Entry.objects.count()
    agree(low, transfer_id, 300_01, now)
    agree(low, transfer_id, 300_01, now)
    assert Row.objects.filter(act="payments.large_sum_confirmed").count() == 1
    with pytest.raises(stepup.Changed):  # a code from before the sum was shown
        confirm(low, transfer_id, question(low, transfer_id, now), now)
    with pytest.raises(stepup.Changed):
        confirm(low, transfer_id, question(low, transfer_id, now, total=300_02), now)
    assert Entry.objects.count() == entries
    confirm(low, transfer_id, question(low, transfer_id, now, total=300_01), now)
    assert Entry.objects.count() == entries + 1


def test_what_moves_meanwhile_makes_a_new_sum_that_is_confirmed_anew(low: make.Pair, now: datetime) -> None:
    """Two tabs: the sum is worked out again under the lock in which the money moves."""
    transfer_id = drafted(low, 250_00, now)
    before = question(low, transfer_id, now)
    paid(low, 100_00, now)
    with pytest.raises(transfers.SumUnconfirmed) as refusal:
        confirm(low, transfer_id, before, now)
    assert refusal.value.total == 350_00
    agree(low, transfer_id, 350_00, now)
    again = question(low, transfer_id, now, total=350_00)
    paid(low, 50_00, now)
    for total in (350_00, 1):
        with pytest.raises(transfers.SumUnconfirmed):
            agree(low, transfer_id, total, now)
    with pytest.raises(transfers.SumUnconfirmed):
        confirm(low, transfer_id, again, now)
    assert Transfer.objects.get(public_id=transfer_id).state == Transfer.State.DRAFT


def test_it_works_beside_the_passkey_rule(low: make.Pair, now: datetime) -> None:
    add_figure("stepup.passkey_above.payments.transfer.cny", "100.00", type="decimal", now=now)
    transfer_id = drafted(low, 300_01, now)
    agree(low, transfer_id, 300_01, now)
    with pytest.raises(stepup.Changed):
        confirm(low, transfer_id, question(low, transfer_id, now, total=300_01), now)
    confirm(low, transfer_id, question(low, transfer_id, now, total=300_01, proof=Proof.PASSKEY), now)


def test_another_customer_cannot_confirm_the_sum(low: make.Pair, now: datetime) -> None:
    transfer_id = drafted(low, 300_01, now)
    with pytest.raises(transfers.UnknownTransfer):
        large_sums.confirm(customer=low.receiver, transfer_id=transfer_id, total=300_01, now=now)
    assert Transfer.objects.get().confirmed_sum is None


def test_the_page_stands_between_and_nothing_passes_without_the_tick(two: make.Pair) -> None:
    now = timezone.now()
    add_figure(FIGURE, "300.00", type="decimal", unit="CNY", now=now)
    make.enrol(two.payer)
    paid(two, 100_00, now)
    check = reverse("transfer_check", args=[drafted(two, 250_05, now)])
    client = signed_in(two.payer)
    between = client.get(check)["Location"]
    assert client.post(check, {})["Location"] == between
    page = client.get(between).content.decode()
    for words in ("two hundred and fifty yuan and 05/100", "three hundred and fifty yuan and 05/100", "*明", "100.00"):
        assert words in page
    assert "checked" not in page
    for data in (
        {},
        {"total": "35005"},
        {"agree": "on"},
        {"total": "x", "agree": "on"},
        {"total": "-1", "agree": "on"},
    ):
        assert "Tick the box if you want" in refused(client, between, data).content.decode()
    assert "has changed" in refused(client, between, {"total": "1", "agree": "on"}).content.decode()
    assert client.get(check)["Location"] == between
    assert client.post(between, {"total": "35005", "agree": "on"})["Location"] == check
    assert client.get(between)["Location"] == check
    done = client.post(check, answer_to(client.get(check), now))
    assert done["Location"].startswith("/receipts/")
    client.cookies["django_language"] = "zh-hans"
    with translation.override("en"):  # gives this thread its language back
        chinese = client.get(reverse("transfer_sum", args=[drafted(two, 1_00, now)])).content.decode()
    assert "人民币壹元整" in chinese
    assert "人民币叁佰伍拾壹元零伍分" in chinese


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (21, "twenty-one"),
        (40, "forty"),
        (105, "one hundred and five"),
        (1_000, "one thousand"),
        (1_007, "one thousand and seven"),
        (300_000, "three hundred thousand"),
        (1_234_567, "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        (10**14, "one hundred trillion"),
    ],
)
def test_a_number_in_words(number: int, text: str) -> None:
    assert cardinal(number) == text


def test_a_sum_in_the_readers_language() -> None:
    ask = {"exponent": 2, "currency": "CNY"}
    assert in_words(300_000_00, language="en", **ask) == "three hundred thousand yuan"
    assert in_words(100_05, language="zh-hans", **ask) == "人民币壹佰元零伍分"
    assert in_words(1_00, exponent=2, currency="CZK", language="en") == "one Czech crown"
    assert in_words(5, exponent=0, currency="JPY", language="en") == "five yen"
    with pytest.raises(ValueError, match="too large"):
        cardinal(10**15)

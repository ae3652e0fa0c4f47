"""The pages of a held transfer: what its payer reads and does, and what nobody else gets to see."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.freezing.models import Freeze
from ledger import balances
from payments.models import Holding, Transfer
from payments.services import holding
from payments.watching import Outcome
from portal.pages.queries import home
from tests.factories import payments as make
from tests.payments.conftest import code_now
from tests.payments.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Pages read the clock themselves."""
    return timezone.now()


@pytest.fixture
def browser(two: make.Pair) -> Client:
    make.enrol(two.payer)
    return signed_in(two.payer)


def at(name: str, held: Holding) -> str:
    return reverse(name, args=[held.payment])


def arrived(two: make.Pair) -> int:
    return balances.available(two.destination.ledger_account_id).minor


def question(page: Any) -> str:
    (found,) = re.findall(r'name="stepup-challenge" value="([0-9a-f-]{36})"', page.content.decode())
    return str(found)


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        (Outcome.CONFIRM, "Send it with one more code by"),
        (Outcome.DELAY, "It goes at"),
        (Outcome.REVIEW, "We send it, or give it back, by"),
    ],
)
def test_the_receipts_address_says_plainly_where_it_stands(
    two: make.Pair, browser: Client, now: datetime, waits: Outcome, says: str
) -> None:
    held = make.held(two, 12_34, waits=waits, now=now)
    page = browser.get(at("receipt", held)).content.decode()
    for words in (
        "We are holding this transfer",
        "Nothing has left your account",
        says,
        "Do not send it",
        "400-000-0000",
    ):
        assert words in page
    assert ("It was me" in page) == (waits is Outcome.CONFIRM)
    for unsaid in ("rule", "fraud", "suspic", "monitor", "risk"):
        assert unsaid not in page.lower()
    assert browser.get(at("receipt_pdf", held)).status_code == 404
    assert browser.get(at("transfer_check", held))["Location"] == at("receipt", held)


def test_the_payer_sends_it_with_a_code_and_reads_the_receipt(two: make.Pair, browser: Client, now: datetime) -> None:
    held = make.held(two, 10_00, now=now)
    asked = browser.get(at("transfer_held_confirm", held))
    answer = {"stepup-challenge": question(asked), "stepup-code": code_now(now)}
    assert browser.post(at("transfer_held_confirm", held), answer)["Location"] == at("receipt", held)
    assert arrived(two) == 10_00
    assert "Money sent" in browser.get(at("receipt", held)).content.decode()
    again = browser.post(at("transfer_held_confirm", held), answer)
    assert again["Location"] == at("receipt", held)
    assert browser.post(at("transfer_held_stop", held))["Location"] == at("receipt", held)  # too late: it is sent
    assert arrived(two) == 10_00


def test_a_wrong_code_and_a_code_for_another_held_transfer_send_nothing(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    held, other = make.held(two, 10_00, now=now), make.held(two, 20_00, now=now)
    mine = question(browser.get(at("transfer_held_confirm", held)))
    wrong = {"stepup-challenge": mine, "stepup-code": "000000"}
    page = browser.post(at("transfer_held_confirm", held), wrong, follow=True).content.decode()
    assert "Nothing was done" in page
    swapped = {"stepup-challenge": mine, "stepup-code": code_now(now)}
    page = browser.post(at("transfer_held_confirm", other), swapped, follow=True).content.decode()
    assert "no longer those you approved" in page
    assert arrived(two) == 0
    assert Holding.objects.filter(state=Holding.State.HELD).count() == 2


def test_the_payer_stops_it_and_may_lock_the_access_at_once(two: make.Pair, browser: Client, now: datetime) -> None:
    held = make.held(two, 10_00, now=now)
    assert browser.get(at("transfer_held_stop", held)).status_code == 405
    page = browser.post(at("transfer_held_stop", held), follow=True).content.decode()
    assert "You stopped it" in page
    assert "Did somebody else make this transfer?" in page
    assert browser.get(at("transfer_held_confirm", held))["Location"] == at("receipt", held)
    locked = browser.post(at("transfer_held_lock", held))
    assert "Your access is locked" in locked.content.decode()
    assert reverse("inbox") not in locked.content.decode(), "the page is nobody's: no bell, no place of theirs"
    assert Freeze.objects.get().user == two.payer.user
    assert browser.get(reverse("home")).status_code in {200, 302}
    assert "sessionid" not in browser.cookies or browser.get(at("receipt", held)).status_code == 302
    assert balances.available(two.source.ledger_account_id).minor == 1_000_00


def test_who_stops_it_too_late_is_told_so_with_the_receipt(two: make.Pair, browser: Client, now: datetime) -> None:
    held = make.held(two, 12_34, waits=Outcome.DELAY, now=now)
    holding.release(payment_id=held.payment, now=now)
    answer = browser.post(at("transfer_held_stop", held), follow=True)
    assert "It was sent before you stopped it" in answer.content.decode()
    assert "Money sent" in answer.content.decode()
    assert balances.available(two.destination.ledger_account_id).minor == 12_34


def test_home_shows_what_is_held_in_one_question_more_however_many(
    two: make.Pair, now: datetime, django_assert_num_queries: Any
) -> None:
    assert home(two.payer, now=now).held == []
    make.held(two, 10_00, now=now)
    with CaptureQueriesContext(connection) as one:
        assert len(home(two.payer, now=now).held) == 1
    for amount in (20_00, 30_00):
        make.held(two, amount, now=now)
    with django_assert_num_queries(len(one)):
        assert [held.money.minor for held in home(two.payer, now=now).held] == [30_00, 20_00, 10_00]
    assert home(two.receiver, now=now).held == []
    page = signed_in(two.payer).get(reverse("home")).content.decode()
    assert "Held: nothing has left your account" in page


def test_nobody_else_sees_or_touches_it_the_payee_included(two: make.Pair, now: datetime) -> None:
    held = make.held(two, 10_00, now=now)
    make.enrol(two.receiver)
    payee = signed_in(two.receiver)
    for name in ("receipt", "receipt_pdf", "transfer_held_confirm"):
        assert payee.get(at(name, held)).status_code == 404
    for name in ("transfer_held_confirm", "transfer_held_stop", "transfer_held_lock"):
        assert payee.post(at(name, held)).status_code == 404
    assert Transfer.objects.get().state == Transfer.State.HELD
    assert not Freeze.objects.exists()

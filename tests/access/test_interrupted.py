"""A request whose session cannot be written at its end: what was done is never denied."""

import uuid
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore as Plain
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import codes
from accounts.access.session_store import SessionStore
from ledger.models import Entry
from payments.models import Transfer
from tests.factories import identity as people
from tests.factories import payments as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> make.Pair:
    made = make.pair(now=timezone.now())
    make.enrol(made.payer)
    return made


@pytest.fixture
def browser(client: Client, two: make.Pair) -> Client:
    client.raise_request_exception = False
    return people.enter(client, two.payer.user)


def order(two: make.Pair) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()), "source": str(two.source.public_id), "to": f"payee:{two.payee.public_id}",
        "amount": "12.50", "memo": "",
    }  # fmt: skip


def confirm(browser: Client, two: make.Pair) -> Any:
    place = browser.post(reverse("transfer"), order(two))["Location"]
    challenge = browser.get(place).context["stepup"].challenge.id
    code = codes.code_at(secret=make.SECRET, moment=timezone.now())
    return browser.post(place, {"stepup-challenge": str(challenge), "stepup-code": code})


@pytest.fixture
def ended_meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Once something was booked, the owner ends the session from another device while the answer is on its way."""
    ended, save = [], Plain.save

    def late(self: Plain, must_create: bool = False) -> None:
        if Entry.objects.filter(kind="payments.transfer").exists() and not ended:
            ended.append(str(self.session_key))
            Session.objects.filter(session_key=self.session_key).delete()
        save(self, must_create)

    monkeypatch.setattr(Plain, "save", late)
    return ended


def test_who_confirmed_is_led_to_the_receipt_even_if_the_session_was_ended_meanwhile(
    browser: Client, two: make.Pair, ended_meanwhile: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.access.sessions.GRAIN", 0)  # every answer writes the session
    answer = confirm(browser, two)
    assert ended_meanwhile
    made = Transfer.objects.get(state="confirmed")
    assert (answer.status_code, answer["Location"]) == (302, reverse("receipt", args=[made.public_id]))
    assert "No money has moved" not in answer.content.decode()
    after = browser.get(answer["Location"])
    assert after["Location"].startswith(reverse("account_login")), "and then to the sign-in: the session is over"


def test_a_page_is_not_shown_to_a_session_that_was_ended_meanwhile(
    browser: Client, two: make.Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.access.sessions.GRAIN", 0)
    save = Plain.save

    def late(self: Plain, must_create: bool = False) -> None:
        Session.objects.all().delete()
        save(self, must_create)

    monkeypatch.setattr(Plain, "save", late)
    answer = browser.get(reverse("accounts_overview"))
    assert (answer.status_code, answer["Location"].startswith(reverse("account_login"))) == (302, True)


def test_a_database_that_goes_away_at_the_last_moment_is_not_called_a_request_nobody_can_read(
    browser: Client, two: make.Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.access.sessions.GRAIN", 0)

    def away(self: Any, **_how: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Session, "save", away)
    answer = browser.get(reverse("accounts_overview"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    with pytest.raises(OperationalError):
        SessionStore(browser.session.session_key).save()

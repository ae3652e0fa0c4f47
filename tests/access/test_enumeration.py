"""No answer tells whether somebody banks here: same status, same headers, same page, same mails and text messages."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import contacts
from accounts.access import sentcodes
from accounts.inbox.models import Dispatch
from accounts.models import User
from tests.factories import access as make

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.com", "other@example.com"
KNOWN_PHONE, UNKNOWN_PHONE = "138 0001 2345", "139 0009 8765"
WAYS = pytest.mark.parametrize("pair", [(KNOWN, UNKNOWN), (KNOWN_PHONE, UNKNOWN_PHONE)], ids=["mail", "phone"])
CHANGING = {"Request-Reference", "Set-Cookie", "Content-Length", "Expires"}


@pytest.fixture(autouse=True)
def _one_is_known(clock):
    user = make.customer(KNOWN).user
    make.phone(user, KNOWN_PHONE)


def seen(answer, contact):
    """What a stranger sees of an answer, with the contact and what differs every time taken out."""
    body = answer.content.decode().replace(contact, "CONTACT")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    body = re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "REFERENCE", body)  # of this very request
    headers = {name: value for name, value in answer.items() if name not in CHANGING}
    cookies = {name: (morsel["max-age"], morsel["httponly"]) for name, morsel in answer.cookies.items()}
    return answer.status_code, headers, body, cookies


def both(journey, pair):
    """Walk the same journey with a known and an unknown contact; compare every step, count the mails and texts."""
    walks, sent = [], []
    for contact in pair:
        mail.outbox.clear()
        before = Dispatch.objects.count()
        walks.append([seen(answer, contact) for answer in journey(Client(), contact)])
        sent.append(len(mail.outbox) + Dispatch.objects.count() - before)
    for known, unknown in zip(*walks, strict=True):
        assert known == unknown
    assert sent[0] == sent[1]
    return sent[0]


def register(client, contact):
    return client.post(
        reverse("account_signup"), {"contact": contact, "password1": "seven herons over the paddy", "language": "en"}
    )


@WAYS
def test_registering_answers_the_same_to_the_last_try(clock, pair):
    def journey(client, contact):
        yield client.get(reverse("account_signup"))
        yield register(client, contact)
        yield client.get(reverse("account_email_verification_sent"))
        clock.shift(61)
        yield client.post(reverse("account_email_verification_sent"), {"action": "resend"})
        for _ in range(6):
            yield client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": "000000"})
        yield client.get(reverse("account_email_verification_sent"))
        yield client.get(reverse("account_login"))

    known_before = User.objects.get(email=KNOWN).password
    assert both(journey, pair) == 2
    assert User.objects.get(email=KNOWN).password == known_before
    assert User.objects.filter(email=KNOWN).count() == 1


@WAYS
def test_registering_too_often_answers_the_same(clock, pair):
    def journey(client, contact):
        for _ in range(12):
            yield register(client, contact)
            clock.shift(61)

    both(journey, pair)


def test_registering_an_address_that_waits_for_its_code_answers_the_same():
    user = User.objects.create_user("waiting@example.com", make.PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    answers = [
        seen(
            Client().post(
                reverse("account_signup"),
                {"contact": email, "password1": "seven herons over the paddy", "language": "en"},
            ),
            email,
        )
        for email in ("waiting@example.com", UNKNOWN)
    ]
    assert answers[0] == answers[1]


@WAYS
def test_a_wrong_password_answers_the_same_until_and_after_the_lock(pair):
    def journey(client, email):
        for _ in range(7):
            yield client.post(reverse("account_login"), {"login": email, "password": "not this one at all"})

    assert both(journey, pair) == 0


@WAYS
def test_asking_for_a_new_password_answers_the_same_to_the_last_try(clock, pair):
    def journey(client, email):
        yield client.post(reverse("account_reset_password"), {"contact": email})
        yield client.get(reverse("account_confirm_password_reset_code"))
        yield client.post(reverse("account_confirm_password_reset_code"), {"code": ""})
        clock.shift(61)
        yield client.post(reverse("account_confirm_password_reset_code"), {"action": "resend"})
        for _ in range(6):
            yield client.post(reverse("account_confirm_password_reset_code"), {"code": "000000"})
        yield client.post(reverse("account_reset_password"), {"contact": email})

    assert both(journey, pair) == 2


@WAYS
@pytest.mark.parametrize("purpose", ["register", "reset"])
def test_a_code_that_opens_nothing_cannot_be_guessed_right(monkeypatch, pair, purpose):
    """Even the very digits that were drawn for somebody who is nobody open nothing and break nothing."""
    monkeypatch.setattr(sentcodes.secrets, "randbelow", lambda _: 271828)
    client = Client()
    if purpose == "register":
        register(client, pair[0])
        answer = client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": "271828"})
    else:
        client.post(reverse("account_reset_password"), {"contact": pair[1]})
        answer = client.post(reverse("account_confirm_password_reset_code"), {"code": "271828"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("account_complete_password_reset")).status_code == 302


@WAYS
def test_a_new_password_asks_the_database_as_much_for_a_stranger(pair):
    """As many statements, so as much time: the text message for a stranger goes through the same outbox."""
    asked = []
    for contact in pair:
        with CaptureQueriesContext(connection) as statements:
            Client().post(reverse("account_reset_password"), {"contact": contact})
        asked.append(len(statements))
    assert asked[0] == asked[1]


@pytest.fixture
def hashed(monkeypatch):
    """The password hashes worked out: they decide how long an answer takes."""
    done = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda self, password, salt: done.append(1) or real(self, password, salt)
    )
    return done


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN, KNOWN_PHONE, UNKNOWN_PHONE])
def test_a_wrong_password_costs_one_hash_for_a_stranger_as_for_a_customer(hashed, email):
    Client().post(reverse("account_login"), {"login": email, "password": "not this one at all"})
    assert len(hashed) == 1


def test_somebody_without_a_password_yet_costs_one_hash_too(hashed):
    """A customer brought over from another bank looks like anybody else."""
    User.objects.create_user("brought@example.com", None)
    hashed.clear()
    Client().post(reverse("account_login"), {"login": "brought@example.com", "password": "not this one at all"})
    assert len(hashed) == 1


@pytest.mark.parametrize("contact", [KNOWN, UNKNOWN, KNOWN_PHONE, UNKNOWN_PHONE])
def test_registering_costs_one_hash_either_way(hashed, contact):
    register(Client(), contact)
    assert len(hashed) == 1


def test_only_the_holder_of_a_number_learns_that_it_is_registered():
    """The page is the same; the text message says what is so, to whoever holds the phone."""
    from accounts import vault
    from accounts.inbox import sms

    register(Client(), KNOWN_PHONE)
    text = vault.decrypt(bytes(Dispatch.objects.latest("pk").body_sealed), sms.PURPOSE).decode()
    assert "There is one already" in text
    assert contacts.read(KNOWN_PHONE).value not in str(list(Dispatch.objects.values()))

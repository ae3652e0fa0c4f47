"""No answer tells whether somebody banks here: same status, same headers, same page, same number of mails."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import access as make

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.com", "other@example.com"
CHANGING = {"Request-Reference", "Set-Cookie", "Content-Length", "Expires"}


@pytest.fixture(autouse=True)
def _one_is_known(clock):
    make.customer(KNOWN)


def seen(answer, email):
    """What a stranger sees of an answer, with the address and what differs every time taken out."""
    body = answer.content.decode().replace(email, "ADDRESS")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    headers = {name: value for name, value in answer.items() if name not in CHANGING}
    cookies = {name: (morsel["max-age"], morsel["httponly"]) for name, morsel in answer.cookies.items()}
    return answer.status_code, headers, body, cookies


def both(journey):
    """Walk the same journey with the known and with the unknown address; compare every step and count the mails."""
    walks, mails = {}, {}
    for email in (KNOWN, UNKNOWN):
        mail.outbox.clear()
        walks[email] = [seen(answer, email) for answer in journey(Client(), email)]
        mails[email] = len(mail.outbox)
    for known, unknown in zip(walks[KNOWN], walks[UNKNOWN], strict=True):
        assert known == unknown
    assert mails[KNOWN] == mails[UNKNOWN]
    return mails[KNOWN]


def test_registering_answers_the_same_to_the_last_try(clock):
    def journey(client, email):
        yield client.get(reverse("account_signup"))
        yield client.post(
            reverse("account_signup"), {"email": email, "password1": "seven herons over the paddy", "language": "en"}
        )
        yield client.get(reverse("account_email_verification_sent"))
        clock.shift(61)
        yield client.post(reverse("account_email_verification_sent"), {"action": "resend"})
        for _ in range(6):
            yield client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": "000000"})
        yield client.get(reverse("account_email_verification_sent"))
        yield client.get(reverse("account_login"))

    known_before = User.objects.get(email=KNOWN).password
    assert both(journey) == 2
    assert User.objects.get(email=KNOWN).password == known_before
    assert User.objects.filter(email=KNOWN).count() == 1


def test_registering_sends_one_mail_either_way():
    sent = both(
        lambda client, email: [
            client.post(
                reverse("account_signup"),
                {"email": email, "password1": "seven herons over the paddy", "language": "en"},
            )
        ]
    )
    assert sent == 1


def test_registering_an_address_that_waits_for_its_code_answers_the_same():
    user = User.objects.create_user("waiting@example.com", make.PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    answers = [
        seen(
            Client().post(
                reverse("account_signup"),
                {"email": email, "password1": "seven herons over the paddy", "language": "en"},
            ),
            email,
        )
        for email in ("waiting@example.com", UNKNOWN)
    ]
    assert answers[0] == answers[1]


def test_a_wrong_password_answers_the_same_until_and_after_the_lock():
    def journey(client, email):
        for _ in range(7):
            yield client.post(reverse("account_login"), {"login": email, "password": "not this one at all"})

    assert both(journey) == 0


def test_asking_for_a_new_password_answers_the_same_to_the_last_try():
    def journey(client, email):
        yield client.post(reverse("account_reset_password"), {"email": email})
        yield client.get(reverse("account_confirm_password_reset_code"))
        yield client.post(reverse("account_confirm_password_reset_code"), {"code": ""})
        for _ in range(6):
            yield client.post(reverse("account_confirm_password_reset_code"), {"code": "000000"})
        yield client.post(reverse("account_reset_password"), {"email": email})

    assert both(journey) == 1


def test_an_unknown_persons_code_cannot_be_guessed_right():
    """Even the code that stands in the session of somebody who does not exist opens nothing and breaks nothing."""
    client = Client()
    client.post(
        reverse("account_signup"), {"email": KNOWN, "password1": "seven herons over the paddy", "language": "en"}
    )
    code = client.session["account_email_verification_code"]["code"]
    answer = client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": code})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.fixture
def hashed(monkeypatch):
    """The password hashes worked out: they decide how long an answer takes."""
    done = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda self, password, salt: done.append(1) or real(self, password, salt)
    )
    return done


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_a_wrong_password_costs_one_hash_for_a_stranger_as_for_a_customer(hashed, email):
    Client().post(reverse("account_login"), {"login": email, "password": "not this one at all"})
    assert len(hashed) == 1


def test_somebody_without_a_password_yet_costs_one_hash_too(hashed):
    """A customer brought over from another bank looks like anybody else."""
    User.objects.create_user("brought@example.com", None)
    hashed.clear()
    Client().post(reverse("account_login"), {"login": "brought@example.com", "password": "not this one at all"})
    assert len(hashed) == 1


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_registering_costs_one_hash_either_way(hashed, email):
    Client().post(
        reverse("account_signup"), {"email": email, "password1": "seven herons over the paddy", "language": "en"}
    )
    assert len(hashed) == 1

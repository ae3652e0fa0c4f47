"""Changing the address or the number: a fresh proof first, a code to the new place, word to the old one."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import contacts
from accounts.access import sentcodes
from accounts.inbox.models import Dispatch
from accounts.models import PastContact, User
from core.audit.models import Row
from core.outbox import relay
from tests.factories import access as make

pytestmark = pytest.mark.django_db
NEW = "137 0000 0001"


@pytest.fixture(autouse=True)
def _digits(monkeypatch, clock):
    monkeypatch.setattr(sentcodes.secrets, "randbelow", lambda _: 271828)


@pytest.fixture
def user(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    make.phone(user)
    signed_in(client)
    return user


def signed_in(client):
    client.post(reverse("account_login"), {"login": "lin@example.com", "password": make.PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})


def prove_again(client, clock):
    clock.shift(31)
    client.post(reverse("mfa_reauthenticate"), {"code": make.app_code(timezone.now())})


def ask(client, kind, contact):
    return client.post(reverse(f"change_{kind}"), {"contact": contact})


def confirm(client, code="271828"):
    return client.post(reverse("confirm_contact_change"), {"action": "verify", "code": code})


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_without_a_fresh_proof_the_page_does_not_open(client, user, kind, clock):
    clock.shift(290)
    client.get(reverse("security"))
    clock.shift(15)
    answer = client.get(reverse(f"change_{kind}"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    assert ask(client, kind, NEW).status_code == 302
    assert not Dispatch.objects.exists()


def test_a_new_number_counts_once_its_code_was_typed_and_the_old_one_is_told(client, user, clock):
    elsewhere = Client()
    clock.shift(31)
    signed_in(elsewhere)
    prove_again(client, clock)
    assert ask(client, "phone", NEW).url == reverse("confirm_contact_change")
    user.refresh_from_db()
    assert user.phone.shown == "138 0001 2345"
    confirm(client)
    user.refresh_from_db()
    assert user.phone.shown == NEW
    assert user.phone_verified_at is not None
    assert PastContact.objects.get(user=user).contact.shown == "138 0001 2345"
    assert elsewhere.get(reverse("security")).status_code == 302
    assert client.get(reverse("security")).status_code == 200
    told = {contacts.opened(bytes(row.to_sealed)).shown for row in Dispatch.objects.filter(purpose__startswith="sec")}
    assert "138 0001 2345" in told
    row = Row.objects.get(act="access.contact_changed")
    assert "13700000001" not in f"{row.before}{row.after}".replace(" ", "")
    assert user.notices.filter(event="security.contact_changed").count() == 1


def test_a_new_address_signs_in_and_the_old_one_does_not_but_hears_of_it(client, user, clock):
    prove_again(client, clock)
    ask(client, "email", "Lin.New@Example.com")
    mail.outbox.clear()
    confirm(client)
    relay.drain(now=timezone.now())
    assert {letter.to[0] for letter in mail.outbox} == {"lin@example.com", "lin.new@example.com"}
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("lin.new@example.com", True)]
    other = Client()
    other.post(reverse("account_login"), {"login": "lin@example.com", "password": make.PASSWORD})
    assert other.get(reverse("mfa_authenticate")).status_code == 302
    other.post(reverse("account_login"), {"login": "lin.new@example.com", "password": make.PASSWORD})
    assert other.get(reverse("mfa_authenticate")).status_code == 200


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_what_belongs_to_somebody_else_answers_as_what_is_free(client, user, clock, kind):
    other = make.customer("wang@example.com").user
    make.phone(other, "136 0000 0002")
    taken, free = {
        "email": ("wang@example.com", "free@example.com"),
        "phone": ("136 0000 0002", "137 0000 0001"),
    }[kind]
    pages = []
    for contact in (taken, free):
        prove_again(client, clock)
        before = len(mail.outbox) + Dispatch.objects.count()
        answer = ask(client, kind, contact)
        page = client.get(reverse("confirm_contact_change")).content.decode().replace(contact, "CONTACT")
        wrong = confirm(client, "000000").content.decode().replace(contact, "CONTACT")
        sent = len(mail.outbox) + Dispatch.objects.count() - before
        token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
        pages.append((answer.status_code, answer.url, token.sub("", page), token.sub("", wrong), sent))
    assert pages[0] == pages[1]
    assert pages[0][-1] == 1
    prove_again(client, clock)
    clock.shift(31)
    ask(client, kind, taken)
    confirm(client)  # even with the digits that were drawn
    user.refresh_from_db()
    assert (user.email, user.phone.shown) == ("lin@example.com", "138 0001 2345")


def test_somebody_who_registered_by_number_adds_an_address(client, clock):
    client.post(
        reverse("account_signup"),
        {"contact": "１３８ 0001 2345", "password1": "seven herons over the paddy", "language": "en"},
    )
    client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": "271828"})
    user = User.objects.get()
    assert (user.email, user.phone.shown) == (None, "138 0001 2345")
    assert client.get(reverse("me")).status_code == 200
    page = client.get(reverse("security")).content.decode()
    assert "138****2345" in page
    assert "None@" not in page
    clock.shift(61)
    client.post(reverse("account_reauthenticate"), {"password": "seven herons over the paddy"})
    ask(client, "email", "lin@example.com")
    confirm(client)
    user.refresh_from_db()
    assert user.email == "lin@example.com"
    for login in ("lin@example.com", "+86 138-0001-2345"):
        visitor = Client()
        visitor.post(reverse("account_login"), {"login": login, "password": "seven herons over the paddy"})
        assert "_auth_user_id" in visitor.session

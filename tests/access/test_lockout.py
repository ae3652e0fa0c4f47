"""Guessing does not pay, and nobody can lock somebody else out."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access.test_entrance import sign_in, signed_in
from tests.factories import access as make
from tests.factories import policy as figures

pytestmark = pytest.mark.django_db


def guess(client, times, email="lin@example.com", **more):
    answers = [
        client.post(reverse("account_login"), {"login": email, "password": "wrong"}, **more) for _ in range(times)
    ]
    return [("Too many wrong tries" in answer.content.decode()) for answer in answers]


def test_four_are_forgiven_then_the_waits_double(client, clock):
    make.customer()
    assert guess(client, 7) == [False] * 5 + [True] * 2
    for wait in (30, 60, 120, 240):
        clock.shift(wait - 1)
        assert guess(client, 1) == [True]
        clock.shift(2)
        assert guess(client, 2) == [False, True]


def test_a_try_that_was_not_looked_at_does_not_lengthen_the_wait(client, clock):
    make.customer()
    guess(client, 40)
    clock.shift(31)
    sign_in(client)
    assert signed_in(client)


def test_the_owner_gets_in_on_a_known_device_while_strangers_are_kept_waiting(client, clock):
    """The device's cookie is enough to be looked at; it opens nothing without the password."""
    make.customer()
    sign_in(client)
    client.post(reverse("account_logout"))
    stranger = Client()
    guess(stranger, 20, REMOTE_ADDR="198.51.100.7")
    assert guess(Client(), 1, REMOTE_ADDR="203.0.113.9") == [True]  # from anywhere
    sign_in(client)
    assert signed_in(client)
    other = Client()
    sign_in(other)
    assert not signed_in(other)  # the owner's success sets nothing back for strangers


def test_a_known_device_is_counted_by_itself(client, clock):
    make.customer()
    sign_in(client)
    client.post(reverse("account_logout"))
    assert guess(client, 6) == [False] * 5 + [True]
    other = Client()
    sign_in(other)
    assert signed_in(other)


def test_a_device_known_for_one_person_is_a_stranger_to_another(client, clock):
    make.customer()
    make.customer("wang@example.com")
    sign_in(client, "wang@example.com")
    client.post(reverse("account_logout"))
    guess(Client(), 6)
    sign_in(client)
    assert not signed_in(client)


def test_another_spelling_of_the_number_is_no_new_count(client, clock):
    make.phone(make.customer().user)
    spellings = ["13800012345", "138 0001 2345", "+86 138-0001-2345", "１３８０００１２３４５", "008613800012345"]
    for spelling in spellings:
        guess(client, 1, spelling)
    assert guess(client, 1, "86 138 0001 2345") == [True]


def test_one_address_that_tries_a_thousand_people_is_slowed(clock):
    """Credential stuffing: one wrong password each, so no person is locked, but the source is."""
    client = Client()
    seen = [guess(client, 1, f"person{number}@example.com", REMOTE_ADDR="198.51.100.7")[0] for number in range(25)]
    assert seen == [False] * 20 + [True] * 5
    make.customer()
    other = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(other)
    assert signed_in(other)


def test_a_code_to_the_person_forgives_what_strangers_tried(client, clock, mailed_code):
    make.customer()
    guess(Client(), 9)
    client.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code()})
    client.post(reverse("account_complete_password_reset"), {"password1": "a quite different phrase"})
    sign_in(client, password="a quite different phrase")
    assert signed_in(client)


def test_the_waits_are_the_policys(client, clock, now):
    from core import policy

    make.customer()
    figures.add_figure("entrance.signin_free_tries", "1", now=now)
    try:
        assert guess(client, 3) == [False, False, True]
    finally:
        policy.forget()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five(settings):
    make.customer()
    barrier, looked_at = threading.Barrier(20), []
    real = User.check_password

    def counted(self, password):
        looked_at.append(password)
        return real(self, password)

    User.check_password = counted

    def try_one():
        client = Client()
        barrier.wait()
        try:
            guess(client, 1)
        finally:
            connection.close()

    try:
        threads = [threading.Thread(target=try_one) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        User.check_password = real
    assert len(looked_at) == 5

"""What stands on home for each kind of reader, at a fixed cost in questions to the database."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access import sessions
from accounts.access.models import FactorDevice
from accounts.models import Customer
from accounts.roles import Role
from core import policy
from tests.factories import access as people
from tests.factories import payments as movers

pytestmark = pytest.mark.django_db


def enter(user):
    """Sign somebody in as the front door does, reading English."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    sessions.stamp(session, staff=user.is_staff, now=timezone.now())
    if user.is_staff:  # whose second step comes before every page
        session[DEVICE_ID_SESSION_KEY] = FactorDevice.objects.get(authenticator=people.enrol_app(user)).persistent_id
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def home_of(user):
    answer = enter(user).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def links(html):
    """Where the page itself leads, without the frame."""
    return set(re.findall(r'href="([^"#]+)"', re.search(r"<main.*?</main>", html, re.S)[0]))


@pytest.mark.parametrize("accounts", [1, 3])
def test_home_asks_the_database_eight_times_however_many_accounts(now, accounts):
    """Session, person, customer, accounts, movements, what is coming, second factor, bell."""
    owner = movers.customer(now=now)
    for _ in range(accounts):
        movers.account(owner, balance=100_00, now=now)
    client = enter(owner.user)
    policy.forget()  # so that the first look reads the figures and the second need not
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    assert len(asked) == 8


def test_a_new_customer_is_led_to_the_identity_check_and_a_second_step():
    html = home_of(people.customer(standing=Customer.Standing.NEW).user)
    assert {reverse("identity"), reverse("security")} <= links(html)
    assert "Your account opens as soon as your identity is verified." in html
    assert '<data class="amount' not in html


def test_a_verified_customer_with_a_second_step_has_nothing_left_to_do(now):
    owner = movers.customer(now=now)
    account = movers.account(owner, balance=1_234_50, now=now)
    movers.enrol(owner)
    html = home_of(owner.user)
    assert "What to do next" not in html
    assert {reverse("transfer"), reverse("statement", args=[account.public_id])} <= links(html)
    assert 'value="1234.50"' in html


def test_currencies_are_never_added_together(now):
    owner = movers.customer(now=now)
    for currency, balance in (("CNY", 100_00), ("CNY", 50_00), ("USD", 7_00)):
        movers.account(owner, balance=balance, currency=currency, now=now)
    panel = re.search(r'<section class="panel".*?</section>', home_of(owner.user), re.S)[0]
    assert re.findall(r'<data class="amount[^>]* value="([\d.]+)"', panel) == ["150.00", "7.00"]


def test_another_customers_movements_and_account_are_not_there(now):
    owner, other = movers.customer(now=now), movers.customer("李雷", now=now)
    movers.account(owner, balance=5_00, now=now)
    theirs = movers.account(other, balance=88_888_00, now=now)
    html = home_of(owner.user)
    assert "88,888" not in html
    assert str(theirs.public_id) not in html


def test_staff_see_their_desk_and_no_money():
    html = home_of(people.person("zhou@example.com", roles=(Role.REVIEWER,)))
    assert reverse("admin:reviews_case_changelist") in links(html)
    assert '<data class="amount' not in html
    assert reverse("transfer") not in html


def test_a_visitor_is_offered_an_account_and_sees_nobody(client, now):
    movers.account(movers.customer(now=now), balance=77_777_00, now=now)
    html = client.get("/").content.decode()
    assert {reverse("account_signup"), reverse("account_login")} <= set(re.findall(r'href="([^"#?]+)', html))
    assert "77,777" not in html
    assert "tabbar" not in html

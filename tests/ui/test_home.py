"""A customer's home: how much, what last, what to do; nobody else's, at one cost for one account and for three."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import sessions
from tests.factories import payments as movers

pytestmark = pytest.mark.django_db


def enter(user):
    """Sign somebody in as the front door does, reading English."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    sessions.stamp(session, staff=user.is_staff, now=timezone.now())
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_home_adds_up_each_currency_by_itself(now):
    owner = movers.customer(now=now)
    movers.account(owner, balance=100_00, now=now)
    movers.account(owner, balance=23_45, now=now)
    movers.account(owner, balance=7_00, currency="EUR", now=now)
    html = enter(owner.user).get("/").content.decode()
    assert 'value="123.45"' in html
    assert 'value="7.00"' in html
    assert 'value="130.45"' not in html


def test_home_shows_the_five_newest_movements_and_nobody_elses(now):
    owner, other = movers.customer(now=now), movers.customer("李雷", now=now)
    mine = movers.account(owner, now=now)
    for amount in range(1, 8):
        movers.pay_in(mine, amount * 100, now=now)
    movers.account(other, balance=99_999_00, now=now)
    html = enter(owner.user).get("/").content.decode()
    last = re.search(r'<ul class="movements">.*?</ul>', html, re.S)[0]
    assert re.findall(r'value="([\d.]+)"', last) == ["7.00", "6.00", "5.00", "4.00", "3.00"]
    assert "99,999" not in html


def test_home_costs_the_same_with_one_account_and_with_three(now):
    owner = movers.customer(now=now)
    counts = []
    for wanted in (1, 3):
        while owner.dispositions.count() < wanted:
            movers.account(owner, balance=100_00, now=now)
        client = enter(owner.user)
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_every_amount_on_home_can_be_covered(now):
    owner = movers.customer(now=now)
    movers.account(owner, balance=1_234_56, now=now)
    html = enter(owner.user).get("/").content.decode()
    uncovered = re.sub(r'<data class="amount.*?</data>', "", html, flags=re.S)
    assert "1,234.56" in html
    assert "1,234.56" not in uncovered

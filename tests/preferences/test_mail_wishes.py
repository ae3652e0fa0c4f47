"""Who had switched copies by e-mail off in an earlier release keeps them off."""

import importlib

import pytest
from django.db import connection

from accounts.inbox.models import MailWish
from accounts.preferences import queries
from tests.factories import access as people

take_over = importlib.import_module("accounts.preferences.migrations.0002_take_over_mail_wishes").TAKE_OVER


@pytest.mark.django_db
def test_an_earlier_wish_is_taken_over_once(now):
    off, on = people.person(), people.person("on@example.com")
    MailWish.objects.create(user=off, wanted=False)
    MailWish.objects.create(user=on, wanted=True)
    for _again in range(2):
        with connection.cursor() as cursor:
            cursor.execute(take_over)
    assert queries.channels(user=off, event="payments.sent") == {"inbox"}
    assert "email" in queries.channels(user=off, event="security.new_device")
    assert queries.channels(user=on, event="payments.sent") == {"inbox", "email"}

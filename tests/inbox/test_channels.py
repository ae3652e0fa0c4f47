"""A message reaches its reader by the ways they prefer: always the inbox; each further way once, if it exists."""

import threading

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils.translation import gettext

from accounts import inbox, vault
from accounts.inbox import sms
from accounts.inbox.models import Dispatch, Notice
from accounts.preferences import services as preferences
from core.outbox import relay
from tests.factories import access as people

EVENT = "payments.received"


@pytest.fixture
def lin(db):
    user = people.person()
    people.phone(user)
    user.refresh_from_db()
    return user


@pytest.fixture
def texted(lin, now):
    preferences.choose_channels(user=lin, wishes={EVENT: ["sms"]}, now=now)
    return lin


def send(user, now, key="k1", event=EVENT):
    return inbox.send(user=user, event=event, key=key, text=lambda: (gettext("Messages"), gettext("Sign in")), now=now)


def words(dispatch):
    return vault.decrypt(bytes(dispatch.body_sealed), sms.PURPOSE).decode()


def test_who_wishes_a_text_gets_one_and_no_mail(texted, now):
    send(texted, now)
    dispatch = Dispatch.objects.get()
    assert words(dispatch) == "[Lantern Bank] Messages: Sign in"
    assert dispatch.purpose == f"notice.{EVENT}"
    relay.drain(now=now)
    assert mail.outbox == []
    assert Notice.objects.count() == 1


def test_the_text_is_in_the_language_its_reader_has_today(texted, now):
    preferences.keep(user=texted, name="language", value="zh-hans", now=now)
    send(texted, now)
    assert words(Dispatch.objects.get()) != "[Lantern Bank] Messages: Sign in"
    assert "登录" in words(Dispatch.objects.get())


def test_a_handler_that_is_called_again_sends_no_second_text(texted, now):
    assert send(texted, now) is True
    assert send(texted, now) is False
    relay.drain(now=now)
    assert Dispatch.objects.get().state == Dispatch.State.SENT
    send(texted, now)
    relay.drain(now=now)
    assert Dispatch.objects.count() == 1


def test_nothing_leaves_when_the_act_it_tells_of_is_undone(texted, now):
    with transaction.atomic():
        send(texted, now)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Dispatch.objects.exists()


def test_security_is_told_by_every_way_whatever_was_chosen(lin, now):
    preferences.keep(user=lin, name="channels", value={"*": []}, now=now)
    send(lin, now, key="usual")
    assert not Dispatch.objects.exists()
    send(lin, now, key="security", event="security.new_device")
    relay.drain(now=now)
    assert Dispatch.objects.count() == 1
    assert len(mail.outbox) == 1
    assert Notice.objects.count() == 2


@pytest.mark.parametrize("missing", ["gateway", "confirmation", "number"])
def test_a_way_that_does_not_exist_is_left_out_and_the_message_is_there(texted, now, settings, missing):
    if missing == "gateway":
        settings.SMS_GATEWAY = ""
    elif missing == "confirmation":
        texted.phone_verified_at = None
    else:
        texted.keep_phone(None)
    assert send(texted, now) is True
    assert Notice.objects.count() == 1
    assert not Dispatch.objects.exists()


def test_who_has_no_mailbox_gets_no_mail_and_nothing_waits(lin, now):
    type(lin).objects.filter(pk=lin.pk).update(email=None)
    lin.refresh_from_db()
    send(lin, now)
    relay.drain(now=now)
    assert mail.outbox == []
    assert Notice.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_one_message_and_one_text(now):
    lin = people.person()
    people.phone(lin)
    lin.refresh_from_db()
    preferences.choose_channels(user=lin, wishes={EVENT: ["sms", "email"]}, now=now)
    start, left = threading.Barrier(2), []

    def work():
        try:
            start.wait(30)
            left.append(send(lin, now))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(20)
    assert sorted(left) == [False, True]
    assert Notice.objects.count() == Dispatch.objects.count() == 1

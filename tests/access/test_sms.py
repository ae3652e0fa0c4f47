"""Text messages: sealed, through the outbox, capped per number, per source and for the bank, parked when they fail."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts import contacts
from accounts.inbox import sms
from accounts.inbox.models import Dispatch, Tally
from core import policy as core_policy
from core.outbox import relay
from core.outbox.models import Delivery
from tests.access import gateways
from tests.factories import policy

pytestmark = pytest.mark.django_db
NUMBER = contacts.phone("13800012345")


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS_GATEWAY = "tests.access.gateways.Working"
    gateways.taken.clear()
    yield
    core_policy.forget()


def send(now, to=NUMBER, source="198.51.100.7", **more):
    sms.send(to=to, text="Code 123456", purpose="code.register", source=source, now=now, **more)


def test_a_text_leaves_through_the_outbox_once_and_its_words_are_gone_afterwards(now):
    send(now)
    row = Dispatch.objects.get()
    assert b"123456" not in bytes(row.body_sealed)
    assert b"13800012345" not in bytes(row.to_sealed)
    assert gateways.taken == []  # nothing is sent where it was asked for
    relay.drain(now=now)
    sms.deliver(_fact(row))  # called again
    assert gateways.taken == [("+8613800012345", "Code 123456", str(row.public_id))]
    row.refresh_from_db()
    assert (row.state, bytes(row.body_sealed)) == ("sent", b"")


def _fact(row):
    from core.outbox import Fact

    return Fact(1, sms.FACT, {"dispatch": str(row.public_id)}, "", row.created_at, row.created_at)


def test_a_text_that_outlived_its_use_is_not_sent(clock):
    from django.utils import timezone

    now = timezone.now()
    send(now, expires_at=now + timedelta(minutes=5))
    clock.shift(301)
    relay.drain(now=timezone.now())
    assert gateways.taken == []
    assert Dispatch.objects.get().state == "expired"


@pytest.mark.parametrize("gateway", ["tests.access.gateways.Broken", "", "nobody.has.this.Gateway"])
def test_a_gateway_that_fails_is_tried_again_and_then_parked_where_staff_see_it(now, settings, gateway):
    settings.SMS_GATEWAY = gateway
    send(now)
    for minutes in range(0, 600, 20):
        relay.drain(now=now + timedelta(minutes=minutes))
    delivery = Delivery.objects.get(handler="accounts.inbox.sms.deliver")
    assert delivery.state == Delivery.State.PARKED
    assert delivery.last_error
    assert "13800012345" not in delivery.last_error
    assert Dispatch.objects.get().state == "waiting"


def test_one_number_gets_so_many_a_day_whoever_asks(now):
    for count in range(10):
        send(now, source=f"198.51.100.{count}")
    with pytest.raises(sms.TooMany):
        send(now, source="203.0.113.1")
    assert Dispatch.objects.count() == 10
    assert not Tally.objects.filter(key__startswith="source", count=0).exists()
    send(now + timedelta(days=1))


def test_one_source_asks_for_so_many_a_day_whoever_for(now):
    for count in range(30):
        send(now, to=contacts.phone(f"139000{count:05d}"))
    with pytest.raises(sms.TooMany):
        send(now, to=contacts.phone("13700000000"))
    assert Dispatch.objects.count() == 30


def test_the_bank_never_sends_more_than_its_ceiling_and_not_too_many_abroad(now):
    policy.add_figure("sms.daily_most", "3", now=now)
    policy.add_figure("sms.abroad_daily_most", "1", now=now)
    send(now, to=contacts.phone("+447700900123"), source="a")
    with pytest.raises(sms.TooMany):
        send(now, to=contacts.phone("+447700900124"), source="b")
    for count in range(2):
        send(now, to=contacts.phone(f"1390000000{count}"), source=f"c{count}")
    with pytest.raises(sms.TooMany):
        send(now, to=contacts.phone("13900000009"), source="d")
    assert Dispatch.objects.count() == 3
    # A notice about somebody's own security is not refused for what strangers asked for.
    sms.send(to=NUMBER, text="Somebody asked", purpose="security.x", now=now)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_pass_no_cap(now):
    barrier, refused = threading.Barrier(20), []

    def ask(count):
        barrier.wait()
        try:
            send(now, source=f"198.51.100.{count}")
        except sms.TooMany:
            refused.append(count)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(count,)) for count in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), Dispatch.objects.count()) == (10, 10)


def test_bombing_a_strangers_number_from_many_pages_stops_with_a_sentence(client, clock):
    """Registering, new passwords and their repeats all count on one number."""
    answer = None
    for count in range(14):
        page = ("account_signup", "account_reset_password")[count % 2]
        answer = client.post(
            reverse(page),
            {"contact": "138 0001 2345", "password1": "seven herons over the paddy", "language": "en"},
            REMOTE_ADDR=f"198.51.100.{count}",
        )
        clock.shift(61)
    assert Dispatch.objects.count() == 10
    assert "no more text messages" in answer.content.decode()


def test_the_demo_bank_shows_its_texts_and_no_other_bank_has_the_page(client, now, settings):
    settings.SMS_GATEWAY = "accounts.inbox.sms.DemoGateway"
    from django.utils import timezone

    send(timezone.now())
    relay.drain(now=timezone.now())
    assert "Code 123456" in client.get(reverse("demo_texts")).content.decode()
    settings.DEMO = False
    assert client.get(reverse("demo_texts")).status_code == 404
    assert sms.shown(now=timezone.now()) == []


def test_what_is_old_is_forgotten_but_not_what_still_waits(now):
    send(now)
    relay.drain(now=now)
    send(now)
    sms.forget_old(now=now + timedelta(days=31))
    assert Dispatch.objects.get().state == "waiting"
    assert not Tally.objects.exists()

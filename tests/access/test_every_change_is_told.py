"""Whatever changes how somebody gets in is told once: in the inbox, by mail, and where they were reached lately."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.access import devices, services
from accounts.access.models import KnownDevice
from accounts.contacts import read
from accounts.models import User
from accounts.roles import Role
from core.outbox import relay
from tests.access.test_entrance import sign_in
from tests.factories import access as make
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db(transaction=True)

FORMER, NEW = "former@example.com", "lin@example.com"


def _known(user: User) -> Any:
    now = timezone.now()
    return KnownDevice.objects.create(user=user, digest="d" * 64, first_seen_at=now, last_seen_at=now).public_id


def _device(user: User) -> None:
    _known(user)
    services.recognise_device(user=user, token="t" * 40, agent="Firefox/140.0 Linux", now=timezone.now())


JOINS = {"factor_added", "factor_removed", "recovery_codes_made"}  # belong into the transaction of the change
CHANGES: dict[str, Callable[[User], object]] = {
    "password_changed": lambda user: services.set_password(
        user=user, password="a new long password", keep_session="x", now=timezone.now()
    ),
    "password_reset": lambda user: services.set_password(
        user=user, password="a new long password", keep_session=None, now=timezone.now()
    ),
    "contact_changed": lambda user: services.change_contact(
        user=user, contact=read("13900011122"), keep_session=None, now=timezone.now()
    ),
    "factor_added": lambda user: services.factor_added(
        user=user, name="passkey", keep_session=None, now=timezone.now()
    ),
    "factor_removed": lambda user: services.factor_removed(
        user=user, name="passkey", keep_session=None, now=timezone.now()
    ),
    "recovery_codes_made": lambda user: services.recovery_codes_made(user=user, now=timezone.now()),
    "new_device": _device,
    "device_removed": lambda user: devices.remove(user=user, public_id=_known(user), keep=None, now=timezone.now()),
}


@pytest.fixture
def lin(clock: Any, client: Any) -> User:
    """Somebody whose address was another one until an hour ago."""
    user = make.customer(FORMER).user
    assert isinstance(user, User)
    services.change_contact(user=user, contact=read(NEW), keep_session=None, now=timezone.now() - timedelta(hours=1))
    relay.drain(now=timezone.now())
    user.refresh_from_db()
    user.notices.all().delete()
    mail.outbox.clear()
    return user


@pytest.mark.parametrize("event", CHANGES)
def test_each_change_is_one_notice_one_letter_and_one_to_the_former_address(lin: User, event: str) -> None:
    with transaction.atomic() if event in JOINS else nullcontext():
        CHANGES[event](lin)
    relay.drain(now=timezone.now())
    relay.drain(now=timezone.now())
    assert [one.event for one in lin.notices.all()] == [f"security.{event}"]
    reached = [address for letter in mail.outbox for address in letter.to]
    assert sorted(reached) == sorted([NEW, FORMER]), event


def test_what_staff_do_is_told_as_well(lin: User, client: Any) -> None:
    sign_in(client, NEW)
    lin.notices.all().delete()
    mail.outbox.clear()
    colleague = desk.make_staff("desk@bank.example", Role.REVIEWER.value)
    services.end_for_customer(user=lin, staff=colleague, reason="stolen phone, said by call", now=timezone.now())
    relay.drain(now=timezone.now())
    assert [one.event for one in lin.notices.all()] == ["security.sessions_ended_by_staff"]
    assert sorted(address for letter in mail.outbox for address in letter.to) == sorted([NEW, FORMER])

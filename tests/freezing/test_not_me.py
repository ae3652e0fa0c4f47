"""Being told of a new device, and locking one's access when it was not theirs."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import notme
from accounts.access.models import KnownDevice
from accounts.freezing import services
from accounts.freezing.models import Freeze
from accounts.models import User
from accounts.mydata import closing
from accounts.mydata.models import Closing
from accounts.roles import Role
from accounts.staff import services as staff
from core.audit.models import Row
from core.outbox import Fact, relay
from core.reviews import errors
from core.reviews.models import Case
from tests.factories import access as make
from tests.factories import identity as desk
from tests.freezing import browsers

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client, clock):
    """Somebody whose access was just used with a new device, with the notice's link and the thief's browser."""
    user = make.customer().user
    browsers.sign_in(client)
    thief = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36")
    browsers.sign_in(thief)
    return user, user.notices.get(event="security.new_device").link, client, thief


def locked(user):
    user.refresh_from_db()
    return not user.is_active and user.freezes.filter(lifted_at=None).count() == 1


def test_the_letter_carries_the_link_and_the_page_names_the_device(told):
    user, link, _own, _thief = told
    relay.drain(now=timezone.now())
    letter = next(one for one in mail.outbox if link in one.body)
    assert letter.to == [user.email]
    page = Client(headers={"accept-language": "en"}).get(link).content.decode()
    assert "Chrome on Android" in page
    assert not locked(user), "looking at the page, as mail programs do, changes nothing"


def test_the_button_locks_everything_at_once(told):
    user, link, own, thief = told
    assert thief.get(reverse("accounts_overview")).status_code == 200
    answer = Client(headers={"accept-language": "en"}).post(link)
    assert "Your access is locked" in answer.content.decode()
    assert locked(user)
    for browser in (own, thief):
        assert browser.get(reverse("accounts_overview")).headers["Location"].startswith(reverse("account_login"))
        assert browser.post(reverse("transfer"), {"amount": "1"}).status_code == 302
    again = Client()
    browsers.sign_in(again)
    assert again.get(reverse("accounts_overview")).status_code == 302, "the password opens nothing any more"
    assert not KnownDevice.objects.filter(user=user).exists()
    assert Case.objects.get(subject="freeze").needs == ["reviewer", "service_agent"]
    assert Row.objects.filter(act="access.frozen").count() == 1
    relay.drain(now=timezone.now())
    assert any("locked" in one.subject.lower() for one in mail.outbox), "the owner is told though nobody signs in"


def test_the_owner_who_is_signed_in_reads_that_it_is_locked(told, clock):
    user, link, own, _thief = told
    clock.shift(60)  # the session notes the visit, and ends in the same request
    answer = own.post(link)
    assert answer.status_code == 200
    assert locked(user)
    assert "_auth_user_id" not in own.session


def test_twice_is_once(told):
    _user, link, _own, _thief = told
    for _press in range(3):
        assert Client().post(link).status_code == 200
    assert Freeze.objects.count() == 1
    assert Case.objects.filter(subject="freeze").count() == 1


@pytest.mark.parametrize("spoil", ["cut", "changed", "other purpose", "too old", "nonsense"])
def test_a_link_that_is_not_this_one_does_nothing(told, spoil, clock):
    user, link, _own, _thief = told
    token = link.split("/")[-2]
    match spoil:
        case "cut":
            token = token[:-3]
        case "changed":
            token = ("A" if token[0] != "A" else "B") + token[1:]
        case "other purpose":
            token = signing.dumps({"u": str(user.public_id), "d": "x", "t": 1e9, "n": "n"}, salt="staff.welcome")
        case "too old":
            clock.shift(timedelta(days=15))
        case "nonsense":
            token = "x" * 300
    for how in ("get", "post"):
        assert getattr(Client(), how)(reverse("not_me", args=[token])).status_code == 404
    assert not locked(user)


def test_two_colleagues_open_it_again_and_the_same_link_does_not_lock_twice(told, now):
    user, link, _own, _thief = told
    Client().post(link)
    case = Case.objects.get(subject="freeze")
    first = desk.make_staff("first@bank.example", Role.REVIEWER)
    second = desk.make_staff("second@bank.example", Role.APPROVER)
    desk.decide_now(case, first, now=now)
    relay.drain(now=timezone.now())
    assert locked(user), "one colleague is not enough"
    case.refresh_from_db()
    with pytest.raises(errors.Refused):
        desk.decide_now(case, first, now=now)
    desk.decide_now(case, second, now=now)
    relay.drain(now=timezone.now())
    relay.drain(now=timezone.now())
    user.refresh_from_db()
    assert user.is_active
    assert not user.has_usable_password(), "a new password comes first"
    assert user.notices.filter(event="security.thawed").count() == 1
    assert Client().post(link).status_code == 410
    assert not locked(user)


def leaves(user, now):
    """They leave the bank as a colleague does, while their access is locked."""
    administrator = desk.make_staff("admin@bank.example", Role.ADMINISTRATOR, employee_number="LB9001")
    User.objects.filter(pk=user.pk).update(is_staff=True, employee_number="LB9002")
    staff.end_access(public_id=user.public_id, reason="resigned", actor=administrator, now=now)


def ends(user, now):
    """Their relationship is over and so is the time to read, while their access is locked."""
    day = timezone.localdate(now)
    Closing.objects.create(
        customer=user.customer, state="done", asked_at=now, due_at=now, ended_at=now, closed_on=day,
        keep_until=day + timedelta(days=3650), reads_until=day - timedelta(days=1),
    )  # fmt: skip
    assert closing.end_sign_ins(now=now) == 1


@pytest.mark.parametrize("ended", [leaves, ends])
def test_what_ended_for_another_reason_meanwhile_is_not_opened_again(told, now, ended):
    user, link, _own, _thief = told
    Client().post(link)
    case = Case.objects.get(subject="freeze")
    first = desk.make_staff("first@bank.example", Role.REVIEWER)
    second = desk.make_staff("second@bank.example", Role.APPROVER)
    desk.decide_now(case, first, now=now)
    ended(user, now)
    with pytest.raises(errors.Objection):
        desk.decide_now(case, second, now=now)
    fact = Fact(
        id=0, kind="reviews.decided", owner="", created_at=now, now=now,
        payload={"case": "x", "subject": "freeze", "subject_id": case.subject_id, "verdict": "approve"},
    )  # fmt: skip
    services.settle(fact)  # decided in the very moment before
    user.refresh_from_db()
    assert not user.is_active
    assert not user.notices.filter(event="security.thawed").exists()


def test_another_persons_link_locks_that_person_only(told, now):
    user, _link, _own, _thief = told
    wang = make.customer("wang@example.com").user
    Client().post(notme.link(user=wang, device="Firefox on Linux", now=now))
    assert locked(wang)
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_lock_once(now):
    user = make.customer().user
    said = notme.read(notme.link(user=user, device="x", now=now).split("/")[-2], now=now)
    barrier, made = Barrier(4), []

    def press() -> None:
        barrier.wait()
        made.append(services.freeze(said=said, now=now).pk)
        connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert Case.objects.filter(subject="freeze").count() == 1

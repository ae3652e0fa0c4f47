"""A person knows their devices by name, makes one unknown again, and staff can end everything for them."""

import uuid
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import devices, services
from accounts.access.models import KnownDevice
from accounts.access.tasks import clear
from accounts.models import User
from accounts.roles import Role
from core.audit.models import Row
from tests.access.test_entrance import sign_in
from tests.factories import access as make
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


@pytest.fixture
def lin(clock):
    return make.customer().user


@pytest.fixture
def phone(lin):
    browser = Client(HTTP_USER_AGENT=PHONE)
    sign_in(browser)
    return browser


@pytest.fixture
def own(lin, phone):
    browser = Client(HTTP_USER_AGENT=DESK, headers={"accept-language": "en"})
    sign_in(browser)
    return browser


def listed(browser):
    return browser.get(reverse("usersessions_list")).context["devices"]


def device_at(browser, user):
    digest = devices.digest_of(browser.cookies["device"].value)
    return KnownDevice.objects.get(user=user, digest=digest)


def alive(browser):
    return browser.get(reverse("security")).status_code == 200


def test_each_device_says_what_it_is_and_this_one_stands_first(own, phone, lin):
    found = listed(own)
    assert [(one.kind, one.is_this_one, len(one.open_sessions)) for one in found] == [
        ("Chrome on Windows", True, 1),
        ("Safari on iPhone", False, 1),
    ]
    with translation.override("zh-hans"):
        kinds = [one.kind for one in devices.devices_of(lin, token="", session_key=None, now=timezone.now())]
    assert "Chrome on Windows" not in kinds


def test_last_used_follows_the_session_and_not_only_the_sign_in(own, phone, clock):
    clock.shift(120)
    phone.get(reverse("security"))
    clock.shift(60)
    by_kind = {one.kind: one.last_used_at for one in listed(own)}
    assert (timezone.now() - by_kind["Safari on iPhone"]).total_seconds() == pytest.approx(60, abs=6)


def test_a_device_gets_a_name_and_loses_it_again(own, phone, lin):
    row = device_at(phone, lin)
    page = reverse("device", args=[row.public_id])
    assert "Safari on iPhone" in own.get(page).content.decode()
    own.post(page, {"rename": "yes", "name": "  Kitchen <tablet>  "})
    assert [one.called for one in listed(own)] == ["Chrome on Windows", "Kitchen <tablet>"]
    assert "Kitchen &lt;tablet&gt;" in own.get(reverse("usersessions_list")).content.decode()
    assert Row.objects.filter(act="access.device_named").count() == 1
    too_long = own.post(page, {"rename": "yes", "name": "x" * 41})
    assert too_long.status_code == 200
    assert "x" * 41 in too_long.content.decode()
    own.post(page, {"rename": "yes", "name": ""})
    assert [one.called for one in listed(own)] == ["Chrome on Windows", "Safari on iPhone"]


def test_a_removed_device_is_out_at_once_and_new_when_it_comes_back(own, phone, lin):
    second = Client(HTTP_USER_AGENT=PHONE)
    second.cookies["device"] = phone.cookies["device"].value
    sign_in(second)
    before = lin.notices.count()
    own.post(reverse("device", args=[device_at(phone, lin).public_id]), {"remove": "yes"})
    assert not alive(phone)
    assert not alive(second)
    assert alive(own)
    assert [one.kind for one in listed(own)] == ["Chrome on Windows"]
    assert lin.notices.filter(event="security.device_removed").count() == 1
    sign_in(phone)
    assert lin.notices.count() == before + 2
    assert lin.notices.filter(event="security.new_device").count() == 2


def ways_to_end(phone, lin):
    return [
        (reverse("device", args=[device_at(phone, lin).public_id]), {"remove": "yes"}),
        (reverse("usersessions_list"), {"session": "others"}),
    ]


def stay_both(own, phone, clock):
    """Both sessions live on while the proof of the one grows old."""
    for _ in range(2):
        clock.shift(200)
        assert alive(own)
        assert alive(phone)


@pytest.mark.parametrize("way", [0, 1], ids=["remove a device", "end the others"])
def test_after_five_minutes_the_password_is_asked_before_anything_ends(own, phone, lin, clock, way):
    """ASVS 7.5.2: any one factor, so that it works for somebody whose phone with the app on it was stolen."""
    stay_both(own, phone, clock)
    path, data = ways_to_end(phone, lin)[way]
    for password in ({}, {"password": ""}, {"password": "not this one at all"}):
        answer = own.post(path, {**data, **password})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert 'name="password"' in page
        assert all(f'name="{name}" value="{value}"' in page for name, value in data.items())
        assert bool(answer.context["form"].errors) is bool(password)
        assert alive(phone)
    assert own.post(path, {**data, "password": make.PASSWORD}).status_code == 302
    assert not alive(phone)
    assert alive(own)


def test_the_password_alone_ends_sessions_and_opens_nothing_that_takes_the_second_step(own, phone, lin, clock):
    make.enrol_app(lin)
    stay_both(own, phone, clock)
    path, data = ways_to_end(phone, lin)[1]
    page = own.post(path, data).content.decode()
    assert reverse("mfa_reauthenticate") in page  # or the second step, for whoever has it
    assert own.post(path, {**data, "password": make.PASSWORD}).status_code == 302
    assert not alive(phone)
    assert own.get(reverse("change_email")).status_code == 302
    assert 'name="password"' in own.post(path, data).content.decode()  # good for that one act


def test_whoever_proved_themselves_by_the_second_step_is_not_asked_again(own, phone, lin, clock):
    make.enrol_app(lin)
    stay_both(own, phone, clock)
    own.post(reverse("mfa_reauthenticate"), {"code": make.app_code(timezone.now())})
    path, data = ways_to_end(phone, lin)[0]
    assert own.post(path, data).status_code == 302
    assert not alive(phone)


def test_without_a_password_the_second_step_is_asked(own, phone, lin, clock):
    make.enrol_app(lin)
    stay_both(own, phone, clock)
    User.objects.filter(pk=lin.pk).update(password="!none")
    path, data = ways_to_end(phone, lin)[1]
    assert own.post(path, data).status_code == 302
    assert UserSession.objects.filter(user=lin).count() == 2


def test_wrong_passwords_before_ending_are_counted(own, phone, lin, clock):
    stay_both(own, phone, clock)
    path, data = ways_to_end(phone, lin)[1]
    answers = [own.post(path, {**data, "password": f"wrong number {n}"}) for n in range(12)]
    assert answers[-1].status_code == 429 or "Too many wrong tries" in answers[-1].content.decode()
    refused = own.post(path, {**data, "password": make.PASSWORD})
    assert refused.status_code in {200, 429}
    assert alive(phone)


def test_removing_the_device_one_sits_at_signs_out_here(own, phone, lin):
    answer = own.post(reverse("device", args=[device_at(own, lin).public_id]), {"remove": "yes"})
    assert answer.url == reverse("account_login")
    assert not alive(own)
    assert alive(phone)


def test_a_session_that_does_not_say_where_it_began_ends_with_any_device(own, phone, lin):
    UserSession.objects.filter(user_agent=PHONE).update(data={})
    own.post(reverse("device", args=[device_at(own, lin).public_id]), {"remove": "yes"})
    assert not alive(phone)


def test_removing_twice_and_removing_anothers_finds_nothing(own, phone, lin):
    page = reverse("device", args=[device_at(phone, lin).public_id])
    stranger = Client()
    make.customer("wang@example.com")
    sign_in(stranger, "wang@example.com")
    absent = stranger.get(reverse("device", args=[uuid.uuid4()]))
    for answer in (stranger.get(page), stranger.post(page, {"remove": "yes"}), stranger.post(page, {"rename": "yes"})):
        assert answer.status_code == absent.status_code == 404
    assert alive(phone)
    assert own.post(page, {"remove": "yes"}).status_code == 302
    assert own.post(page, {"remove": "yes"}).status_code == 404
    assert lin.notices.filter(event="security.device_removed").count() == 1


def test_a_device_that_nobody_uses_for_long_is_forgotten_and_no_other(own, phone, lin, clock):
    row = device_at(phone, lin)
    KnownDevice.objects.filter(pk=row.pk).update(last_seen_at=timezone.now() - timedelta(days=401))
    clear()
    assert [one.pk for one in KnownDevice.objects.filter(user=lin)] == [device_at(own, lin).pk]


def test_a_get_changes_nothing(own, phone, lin):
    own.get(reverse("device", args=[device_at(phone, lin).public_id]), {"remove": "yes", "rename": "yes", "name": "x"})
    assert alive(phone)
    assert device_at(phone, lin).name == ""


def test_the_page_asks_the_same_for_one_device_and_for_three(lin, own, unhurried, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(6) as asked:
            listed(own)
        counts.append(len(asked))
        sign_in(Client(HTTP_USER_AGENT=PHONE))
    assert len(set(counts)) == 1


def test_the_page_for_colleagues_asks_why_and_is_closed_to_others(own, phone, lin, client):
    page = reverse("end_customer_sessions", args=[lin.customer.public_id])
    assert own.get(page).status_code in {302, 403, 404}
    colleague = desk.enter(client, desk.make_staff("desk@bank.example", Role.REVIEWER.value))
    for wrong in ("", "short"):
        answer = colleague.post(page, {"reason": wrong})
        assert answer.status_code == 200
        assert "ten characters" in answer.content.decode()
    assert alive(phone)
    answer = colleague.post(page, {"reason": "the customer called: the phone was stolen"})
    assert answer.url == reverse("admin:accounts_customer_change", args=[lin.customer.pk])
    assert not alive(phone)
    assert colleague.get(reverse("end_customer_sessions", args=[uuid.uuid4()])).status_code == 404
    record = colleague.get(answer.url)
    assert page in record.content.decode()


def test_a_colleague_ends_everything_with_a_reason_and_the_customer_is_told(own, phone, lin, clock):
    colleague = desk.make_staff("desk@bank.example", Role.REVIEWER.value)
    ended = services.end_for_customer(user=lin, staff=colleague, reason="the phone was stolen", now=timezone.now())
    assert ended == 2
    assert not alive(own)
    assert not alive(phone)
    row = Row.objects.get(act="access.sessions_ended_by_staff")
    assert (row.actor_id, row.reason) == (colleague.pk, "the phone was stolen")
    notice = lin.notices.get(event="security.sessions_ended_by_staff")
    assert "stolen" not in str(notice.texts)
    again = services.end_for_customer(user=lin, staff=colleague, reason="once more, to be sure", now=timezone.now())
    assert again == 0
    assert lin.notices.filter(event="security.sessions_ended_by_staff").count() == 1


def test_the_database_gives_old_code_an_id_for_each_device(lin, clock):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_knowndevice (user_id, digest, first_seen_at, last_seen_at) "
            "VALUES (%s, 'a', now(), now()), (%s, 'b', now(), now())",
            [lin.pk, lin.pk],
        )
    assert len({row.public_id for row in KnownDevice.objects.filter(user=lin)}) == 2

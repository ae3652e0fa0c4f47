"""Sessions end when left alone, when they get old, and when their owner says so; who may open what."""

import re
from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, reverse
from django.utils import timezone

from accounts.access.decorators import background, customer_required, staff_required, verified_customer_required
from accounts.access.sessions import SealedJSON
from accounts.models import Customer
from accounts.roles import Role
from core import policy
from core.audit.models import Row
from tests.access.test_entrance import sign_in, signed_in
from tests.factories import access as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


@customer_required
def for_customers(request):
    return HttpResponse(str(request.customer.public_id))


@verified_customer_required
def for_verified(request):
    return HttpResponse(str(request.customer.public_id))


@staff_required(Role.MANAGER)
def for_managers(request):
    return HttpResponse("figures")


@background
def poll(request):
    return HttpResponse("nothing new")


from portal.urls import urlpatterns as all_pages  # noqa: E402

urlpatterns = [
    path("t/customers/", for_customers),
    path("t/verified/", for_verified),
    path("t/managers/", for_managers),
    path("t/poll/", poll),
    *all_pages,
]


@pytest.fixture(autouse=True)
def _pages(settings):
    settings.ROOT_URLCONF = __name__


# ── time ─────────────────────────────────────────────────────────────────────


def alive(client):
    return client.get(reverse("security")).status_code == 200


def test_a_customers_session_lives_five_minutes_without_a_request(client, clock):
    make.customer()
    sign_in(client)
    clock.shift(299)
    assert alive(client)
    clock.shift(300)
    assert alive(client)
    clock.shift(301)
    answer = client.get(reverse("usersessions_list"))
    assert answer.url == f"{reverse('timed_out')}?next=%2Fsecurity%2Fsessions%2F"
    assert not signed_in(client)
    page = client.get(answer.url).content.decode()
    assert f"{reverse('account_login')}?next=%2Fsecurity%2Fsessions%2F" in page
    row = Row.objects.get(act="access.session_ended")
    assert row.reason == "idle"


def test_a_customers_session_ends_after_eight_hours_whatever_happens(client, clock):
    make.customer()
    sign_in(client)
    for _ in range(8 * 15):
        clock.shift(240)
        assert alive(client)
    clock.shift(1)
    assert not alive(client)
    assert Row.objects.get(act="access.session_ended").reason == "absolute"


def test_a_staff_session_lives_fifteen_minutes_without_a_request(client, clock):
    make.person("m@example.com", roles=(Role.MANAGER,))
    sign_in(client, "m@example.com")
    clock.shift(900)
    assert alive(client)
    clock.shift(901)
    assert not alive(client)


@pytest.mark.parametrize(
    ("key", "value", "seconds"),
    [("session.customer.idle_minutes", "2", 121), ("session.customer.absolute_hours", "0", 6)],
)
def test_the_policy_table_says_how_long(client, clock, key, value, seconds):
    make.customer()
    sign_in(client)
    add_figure(key, value, since=date(2026, 11, 23), now=timezone.now())
    clock.shift(seconds)
    assert not alive(client)
    policy.forget()


def test_what_a_page_asks_by_itself_keeps_no_session_open(client, clock):
    make.customer()
    sign_in(client)
    for _ in range(10):
        clock.shift(30)
        assert client.get("/t/poll/").status_code == 200
    clock.shift(1)
    assert client.get("/t/poll/").status_code == 302
    assert not signed_in(client)


def test_a_form_sent_too_late_leads_back_to_its_page_and_nowhere_else(client, clock):
    make.customer()
    for referrer, place in [
        ("http://testserver/transfer/?draft=1", "%2Ftransfer%2F%3Fdraft%3D1"),
        ("https://evil.example/x", "%2F"),
        ("", "%2F"),
    ]:
        sign_in(client)
        clock.shift(301)
        answer = client.post(reverse("usersessions_list"), {"session": "others"}, HTTP_REFERER=referrer)
        assert answer.url == f"{reverse('timed_out')}?next={place}"


def test_the_page_after_a_time_out_links_to_the_own_host_only(client, clock):
    page = client.get(reverse("timed_out"), {"next": "https://evil.example/"}).content.decode()
    assert f'href="{reverse("account_login")}"' in page
    assert not re.search(r'href="[^"]*evil', page)


def test_a_session_that_did_not_begin_at_the_front_door_is_over(client, clock):
    make.customer()
    sign_in(client)
    session = client.session
    del session["access"]
    session.save()
    assert not alive(client)


def test_pages_about_a_person_are_kept_in_no_cache(client, clock):
    make.customer()
    sign_in(client)
    assert "no-store" in client.get("/t/customers/")["Cache-Control"]
    assert client.get("/t/poll/")["Cache-Control"] == "no-store"


# ── the list of sessions ─────────────────────────────────────────────────────


def test_a_person_sees_their_sessions_and_ends_one(client, clock):
    make.customer()
    other, stranger = type(client)(), type(client)()
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
    )
    other.post(reverse("account_login"), {"login": "lin@example.com", "password": make.PASSWORD}, HTTP_USER_AGENT=agent)
    make.customer("wang@example.com")
    sign_in(stranger, "wang@example.com")
    sign_in(client)
    page = client.get(reverse("usersessions_list"))
    listed = [one for device in page.context["devices"] for one in device.open_sessions]
    assert [session.is_this_one for session in listed] == [True, False]
    assert "Safari on iPhone" in page.content.decode()
    strangers = stranger.get(reverse("usersessions_list")).context["devices"][0].open_sessions[0].id
    client.post(reverse("usersessions_list"), {"session": str(strangers)})
    assert alive(stranger)
    client.post(reverse("usersessions_list"), {"session": str(listed[1].id)})
    assert not alive(other)
    assert alive(client)
    assert Row.objects.filter(act="access.session_ended", reason="ended by the person").count() == 1


def test_a_person_ends_all_other_sessions(client, clock):
    make.customer()
    others = [type(client)() for _ in range(3)]
    for other in others:
        sign_in(other)
    sign_in(client)
    client.post(reverse("usersessions_list"), {"session": "others"})
    assert alive(client)
    assert not any(alive(other) for other in others)


@pytest.mark.parametrize("which", ["", "x", "-1", "9" * 40, "１", "' OR 1=1 --", "\x00"])
def test_nonsense_ends_nothing(client, clock, which):
    make.customer()
    sign_in(client)
    assert client.post(reverse("usersessions_list"), {"session": which}).status_code == 302
    assert alive(client)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_session_and_for_three(client, clock, django_assert_num_queries, number):
    make.customer()
    for _ in range(number - 1):
        sign_in(type(client)())
    sign_in(client)
    client.get(reverse("usersessions_list"))
    with django_assert_num_queries(6):  # session, person, devices, sessions, which of them live, unread messages
        client.get(reverse("usersessions_list"))


def test_what_a_session_holds_is_unreadable_without_the_key(settings):
    sealed = SealedJSON().dumps({"code": "123456"})
    assert b"123456" not in sealed
    assert SealedJSON().loads(sealed) == {"code": "123456"}


# ── who may open what ────────────────────────────────────────────────────────


def test_a_visitor_signs_in_first_and_comes_back(client, clock):
    make.customer()
    answer = client.get("/t/customers/?x=1")
    assert answer.url == f"{reverse('account_login')}?next=/t/customers/%3Fx%3D1"
    assert client.post(answer.url, {"login": "lin@example.com", "password": make.PASSWORD}).url == "/t/customers/?x=1"


def test_a_customer_is_put_in_place_with_one_query(clock, django_assert_num_queries):
    customer = make.customer()
    request = RequestFactory().get("/")
    request.user = customer.user
    with django_assert_num_queries(1):
        answer = for_verified(request)
    assert answer.content.decode() == str(customer.public_id)


def test_somebody_not_yet_verified_is_led_to_the_identity_check(client, clock):
    make.customer(standing=Customer.Standing.NEW)
    sign_in(client)
    assert client.get("/t/customers/").status_code == 200
    assert client.get("/t/verified/").url == reverse("identity")


@pytest.mark.parametrize("url", ["/t/customers/", "/t/verified/"])
def test_staff_who_are_no_customers_are_shown_to_their_desk(client, clock, url):
    manager = make.person("m@example.com", roles=(Role.MANAGER,))
    make.enrol_app(manager)  # without one, every page leads to where it is set up
    client.force_login(manager)
    answer = client.get(url)
    assert answer.status_code == 404
    assert reverse("admin:index") in answer.content.decode()


def test_a_closed_customer_opens_nothing(client, clock):
    make.customer(standing=Customer.Standing.CLOSED)
    sign_in(client)
    assert client.get("/t/customers/").status_code == 404


def test_staff_pages_ask_for_the_role_and_the_second_factor(client, clock):
    manager = make.person("m@example.com", roles=(Role.MANAGER,))
    reviewer = make.person("r@example.com", roles=(Role.REVIEWER,))
    make.enrol_app(reviewer)
    for user in [make.customer().user, reviewer]:
        other = type(client)()
        other.force_login(user)
        assert other.get("/t/managers/").status_code == 404
    sign_in(client, "m@example.com")
    assert client.get("/t/managers/").url == f"{reverse('security')}?next=%2Ft%2Fmanagers%2F"
    make.enrol_app(manager)
    answer = client.get("/t/managers/")
    assert answer.url == f"{reverse('mfa_reauthenticate')}?next=%2Ft%2Fmanagers%2F"
    answer = client.post(answer.url, {"code": make.app_code(timezone.now())})
    assert client.get(answer.url).content == b"figures"


def test_a_role_that_is_taken_away_closes_the_page_at_once(client, clock):
    manager = make.person("m@example.com", roles=(Role.MANAGER,))
    make.enrol_app(manager)
    sign_in(client, "m@example.com")
    client.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})
    assert client.get("/t/managers/").content == b"figures"
    manager.groups.clear()
    assert client.get("/t/managers/").status_code == 404


def test_somebody_switched_off_is_out_at_once(client, clock):
    user = make.customer().user
    sign_in(client)
    user.is_active = False
    user.save()
    assert client.get("/t/customers/").status_code == 302


def test_a_session_row_that_ran_out_is_not_listed(client, clock):
    make.customer()
    other = type(client)()
    sign_in(other)
    clock.shift(timedelta(hours=13))
    sign_in(client)
    devices = client.get(reverse("usersessions_list")).context["devices"]
    assert [len(device.open_sessions) for device in devices] == [1, 0]


# ── the warning ──────────────────────────────────────────────────────────────


def test_a_page_learns_how_much_of_the_session_is_left_and_asking_keeps_nothing_open(client, clock):
    make.customer()
    sign_in(client)
    assert client.get(reverse("session_left")).json() == {"warning": 240, "end": 300}
    clock.shift(250)
    assert client.get(reverse("session_left")).json() == {"warning": 0, "end": 50}
    clock.shift(51)
    assert client.get(reverse("session_left")).status_code == 302
    assert client.get(reverse("session_left")).json() == {"warning": 0, "end": 0}


def test_one_key_keeps_the_session_open(client, clock):
    make.customer()
    sign_in(client)
    clock.shift(290)
    assert client.get(reverse("stay_signed_in")).status_code == 405
    clock.shift(9)
    assert client.post(reverse("stay_signed_in")).status_code == 204
    clock.shift(299)
    assert alive(client)


def test_nothing_keeps_a_session_open_beyond_its_eight_hours(client, clock):
    make.customer()
    sign_in(client)
    for _ in range(119):
        clock.shift(240)
        client.post(reverse("stay_signed_in"))
    assert client.get(reverse("session_left")).json() == {"warning": 180, "end": 240}


def test_the_page_about_me_leads_to_everything_about_me(client, clock):
    make.customer(standing=Customer.Standing.NEW)
    sign_in(client)
    page = client.get(reverse("me")).content.decode()
    for name in ["identity", "security", "usersessions_list", "account_change_password", "account_logout"]:
        assert reverse(name) in page


def test_what_ran_out_is_cleared_away(client, clock):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from accounts.access.tasks import clear

    make.customer()
    sign_in(client)
    clock.shift(timedelta(hours=13))
    other = type(client)()
    sign_in(other)
    clear()
    clear()
    assert Session.objects.count() == UserSession.objects.count() == 1
    assert alive(other)

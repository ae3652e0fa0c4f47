"""The pages of preferences, what goes over at sign-in, and what a visitor's browser remembers."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import sessions
from accounts.models import User
from accounts.preferences import queries, services
from accounts.preferences.middleware import FollowPreferences
from accounts.roles import Role
from core.ui import look as looks
from core.ui.look import Look
from tests.factories import access as people
from tests.factories import payments as movers

pytestmark = pytest.mark.django_db
LANGUAGE = settings.LANGUAGE_COOKIE_NAME


def enter(user, client=None):
    client = client or Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    sessions.stamp(session, staff=user.is_staff, now=timezone.now())
    session.save()
    client.cookies[LANGUAGE] = "en"
    return client


def asked(**changes):
    return {"language": "en", "mode": "system", "colour": "lantern", "size": "100", **changes}


def html(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def root(page):
    return re.search(r"<html[^>]*>", page)[0]


# ── The look ─────────────────────────────────────────────────────────────────


def test_what_is_saved_is_written_on_every_page_and_remembered_by_the_browser():
    lin = people.customer().user
    client = enter(lin)
    answer = client.post(
        reverse("preferences"), asked(mode="dark", colour="indigo", size="150", covered="on"), follow=False
    )
    assert (answer.status_code, answer.url) == (302, reverse("preferences"))
    for address in ("/", "/me/", "/messages/", reverse("preferences")):
        said = root(html(client, address))
        for part in ('data-theme="dark"', 'data-colour="indigo"', 'data-size="150"', 'data-amounts="hidden"'):
            assert part in said
    assert looks.read(answer.cookies[looks.COOKIE].value) == (
        Look(mode="dark", colour="indigo", size=150),
        frozenset(),
    )


def test_the_next_sign_in_on_another_device_looks_the_same(now):
    lin = people.customer().user
    services.keep_all(user=lin, choices={"colour": "plum", "simple": True}, now=now)
    other = enter(lin)
    page = other.get("/")
    assert 'data-colour="plum" data-simple' in root(page.content.decode())
    assert looks.read(page.cookies[looks.COOKIE].value)[0] == Look(colour="plum", simple=True)


def test_a_change_on_one_device_shows_on_the_other_at_its_next_page(now):
    lin = people.customer().user
    phone, desk = enter(lin), enter(lin)
    html(phone, "/me/")
    desk.post(reverse("preferences"), asked(mode="dark"))
    assert 'data-theme="dark"' in root(html(phone, "/me/"))


def test_what_cannot_be_chosen_is_said_at_its_field_and_nothing_is_kept():
    lin = people.customer().user
    page = enter(lin).post(reverse("preferences"), asked(colour="nosuch", size="300", mode="dark"))
    assert page.status_code == 200
    assert b"data-error-summary" in page.content
    assert queries.of(lin).look == Look()


def test_the_language_is_saved_with_the_look():
    lin = people.customer().user
    client = enter(lin)
    client.post(reverse("preferences"), asked(language="zh-hans"))
    assert 'lang="zh-Hans"' in root(html(client, reverse("preferences")))
    assert User.objects.get(pk=lin.pk).language == "zh-hans"


def test_staff_have_no_simplified_layout(now):
    zhou = people.person("zhou@example.com", roles=(Role.REVIEWER,))
    people.enrol_app(zhou)
    client = enter(zhou)
    assert 'name="simple"' not in html(client, reverse("preferences"))
    client.post(reverse("simplified"), {"simplified": "on"})
    assert "data-simple" not in root(html(client, "/"))


@pytest.mark.parametrize("name", ["preferences", "preferences_home", "preferences_notices"])
def test_a_visitor_is_asked_to_sign_in(client, name):
    assert client.get(reverse(name)).status_code == 302


def test_looking_changes_nothing_and_acts_are_posted():
    lin = people.customer().user
    client = enter(lin)
    for name in ("preferences", "preferences_home", "preferences_notices"):
        html(client, reverse(name))
    assert client.get(reverse("preferences_arrange")).status_code == 405
    assert client.get(reverse("simplified")).status_code == 405
    assert queries.of(lin) == queries.Chosen()


@pytest.mark.parametrize("name", ["preferences", "preferences_notices", "preferences_arrange", "simplified"])
def test_a_choice_without_its_token_is_refused(name):
    lin = people.customer().user
    client = enter(lin, Client(enforce_csrf_checks=True))
    assert client.post(reverse(name), asked(mode="dark", simplified="on", do="up:payees")).status_code == 403
    assert queries.of(lin) == queries.Chosen()


@pytest.mark.parametrize(("name", "most"), [("preferences", 3), ("preferences_home", 3), ("preferences_notices", 4)])
def test_a_page_asks_no_more_than_session_person_frame_and_its_own(name, most):
    client = enter(people.customer().user)
    html(client, reverse(name))
    with CaptureQueriesContext(connection) as questions:
        html(client, reverse(name))
    assert len(questions) == most, [question["sql"][:80] for question in questions]


# ── Before and at sign-in ────────────────────────────────────────────────────


def test_a_visitor_finds_language_colours_and_large_print_on_the_first_screen(client):
    for address in ("/", reverse("account_login"), reverse("account_signup")):
        bar = re.search(r"<header.*?</header>", html(client, address), re.S)[0]
        for name in ("language", "theme", "simplified"):
            assert f'action="{reverse(name)}"' in bar


def test_a_visitors_choice_is_remembered_by_the_browser_alone(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.post(reverse("simplified"), {"simplified": "on"})
        client.post(reverse("theme"), {"theme": "dark"})
        assert 'data-theme="dark" data-simple' in root(html(client, "/"))
        client.post(reverse("simplified"), {"simplified": "off"})
        assert "data-simple" not in root(html(client, "/"))
    cookie = client.cookies[looks.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) > 300 * 24 * 3600


def test_what_was_chosen_before_sign_in_goes_into_the_account_and_the_rest_stays_the_accounts(now):
    lin = people.customer().user
    services.keep_all(user=lin, choices={"colour": "plum", "mode": "light"}, now=now)
    client = Client()
    client.post(reverse("simplified"), {"simplified": "on"})
    client.post(reverse("language"), {"language": "zh-hans"})
    signed_in(client, lin)
    assert queries.of(lin).look == Look(mode="light", colour="plum", simple=True)
    assert User.objects.get(pk=lin.pk).language == "zh-hans"
    assert looks.read(client.cookies[looks.COOKIE].value) == (queries.of(lin).look, frozenset())


def test_the_next_person_at_the_same_browser_gets_their_own_look_and_changes_nothing_by_it(now):
    lin, wang = people.customer().user, people.customer("wang@example.com").user
    services.keep_all(user=lin, choices={"colour": "plum", "simple": True, "language": "zh-hans"}, now=now)
    client = Client()
    signed_in(client, lin)
    html(client, "/me/")
    client.logout()  # of everything, as the test client does it; the browser keeps these two
    client.cookies[looks.COOKIE] = looks.write(queries.of(lin).look)
    client.cookies[LANGUAGE] = "zh-hans"
    signed_in(client, wang)
    assert queries.of(wang) == queries.Chosen()
    assert User.objects.get(pk=wang.pk).language == "en"
    assert looks.read(client.cookies[looks.COOKIE].value)[0] == Look()
    assert client.cookies[LANGUAGE].value == "en"


@pytest.mark.parametrize(
    "cookie",
    [
        '"><script>alert(1)</script>',
        "mode-dark.mode-dark" + "x" * 5000,
        "size-999.colour-nosuch.simple-yes.chosen-password",
        "chosen-is_staff+covered",
        "-.-.-",
        "size-²".encode().decode("latin-1"),
    ],
)
def test_a_cookie_can_only_choose_what_is_offered(cookie, now):
    lin = people.customer().user
    client = Client()
    client.cookies[looks.COOKIE] = cookie
    assert "<script>alert" not in html(client, "/")
    signed_in(client, lin)
    assert queries.of(lin).look == Look()


def test_the_look_of_an_earlier_release_is_still_known(client):
    client.cookies[looks.EARLIER_COOKIE] = "dark"
    assert 'data-theme="dark"' in root(html(client, "/"))


def signed_in(client, user):
    """Sign somebody in through Django's own door with the browser's cookies, and hand the browser what it is given."""
    request = RequestFactory().post("/auth/login/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    request.session = client.session

    def door(request):
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        sessions.stamp(request.session, staff=user.is_staff, now=timezone.now())
        request.session.save()
        return HttpResponse()

    answer = FollowPreferences(door)(request)
    client.cookies.update(answer.cookies)
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


# ── Home and notices ─────────────────────────────────────────────────────────


def test_home_shows_what_was_chosen_in_the_order_chosen_at_no_further_query(now):
    owner = movers.customer(now=now)
    account = movers.account(owner, balance=100_00, now=now)
    client = enter(owner.user)
    counts = []
    for chosen in (None, ["messages", "transactions", "payees"]):
        if chosen:
            services.keep(user=owner.user, name="quick", value=chosen, now=now)
        html(client, "/")
        with CaptureQueriesContext(connection) as questions:
            page = html(client, "/")
        counts.append(len(questions))
    listed = re.search(r'<ul class="quick card">.*?</ul>', page, re.S)[0]
    assert re.findall(r'<a href="([^"]+)"', listed) == [
        reverse("inbox"),
        reverse("statement", args=[account.public_id]),
        reverse("payees"),
    ]
    assert counts[0] == counts[1]


def test_quick_functions_are_ordered_by_plain_buttons():
    lin = people.customer().user
    client = enter(lin)
    page = html(client, reverse("preferences_home"))
    assert "draggable" not in page
    answer = client.post(reverse("preferences_arrange"), {"do": "down:transfer"})
    assert answer.url == reverse("preferences_home") + "#quick-transfer"
    assert list(queries.of(lin).quick)[:2] == ["payees", "transfer"]
    assert client.post(reverse("preferences_arrange"), {"do": "up:<script>"}).status_code == 404


def test_the_page_of_notices_keeps_what_is_ticked_and_says_what_cannot_be_turned_off():
    lin = people.customer().user
    client = enter(lin)
    page = html(client, reverse("preferences_notices"))
    assert "cannot be turned off" in page
    assert 'name="security' not in page
    assert all(f'name="{event}:email" checked' in page for event in ("payments.received", "payments.sent", "identity."))
    assert "desk." not in page  # colleagues' work is not asked of customers
    ticked = {"payments.sent:email": "on", "security.:email": "", "nosuch:email": "on"}
    client.post(reverse("preferences_notices"), ticked)
    assert queries.channels(user=lin, event="payments.sent") == {"inbox", "email"}
    assert queries.channels(user=lin, event="payments.received") == {"inbox"}
    assert "email" in queries.channels(user=lin, event="security.new_device")


def test_a_way_that_is_not_asked_about_stays_as_it_was(now):
    lin = people.customer().user  # no mobile number: text messages are not on the page
    services.choose_channels(user=lin, wishes={"payments.sent": ["sms"]}, now=now)
    client = enter(lin)
    client.post(reverse("preferences_notices"), {})
    assert queries.channels(user=lin, event="payments.sent") == {"inbox", "sms"}


def test_who_has_a_confirmed_number_is_asked_about_text_messages():
    lin = people.customer().user
    people.phone(lin)
    client = enter(lin)
    page = html(client, reverse("preferences_notices"))
    assert 'name="payments.sent:sms"' in page
    assert "138****2345" in page
    assert "00012345" not in page.replace(" ", "")
    client.post(reverse("preferences_notices"), {"payments.sent:sms": "on"})
    assert queries.channels(user=lin, event="payments.sent") == {"inbox", "sms"}


# ── The simplified layout ────────────────────────────────────────────────────


@pytest.mark.parametrize("standing", ["new", "verified"])
def test_the_simplified_home_has_at_most_six_tasks_and_no_menu(now, standing):
    owner = movers.customer(now=now)
    movers.account(owner, balance=1_234_00, now=now)
    type(owner).objects.filter(pk=owner.pk).update(standing=standing)
    services.keep(user=owner.user, name="simple", value=True, now=now)
    page = html(enter(owner.user), "/")
    assert 3 <= page.count('class="simple-task') - page.count('class="simple-tasks') <= 6
    assert '<nav class="rail"' not in page
    assert '<nav class="tabbar"' not in page
    assert 'value="1234.00"' in page


def test_every_simplified_page_has_a_way_to_a_person_and_back_to_the_full_layout(now, client):
    owner = movers.customer(now=now)
    account = movers.account(owner, balance=1_234_00, now=now)
    services.keep(user=owner.user, name="simple", value=True, now=now)
    inside = enter(owner.user)
    tel = "".join(char for char in settings.BRAND["phone"] if char.isdigit())
    places = ["/", "/me/", "/messages/", "/payees/", "/transfer/", reverse("statement", args=[account.public_id])]
    places += [reverse("preferences"), "/verify/"]
    client.post(reverse("simplified"), {"simplified": "on"})
    for visitor, address in [*((inside, place) for place in places), (client, "/"), (client, reverse("account_login"))]:
        page = html(visitor, address)
        assert re.search(rf'<nav class="keys".*href="tel:{tel}"', page, re.S), address
        assert 'name="simplified" value="off"' in page
    assert 'class="panel hero"' not in html(client, "/")  # nothing is advertised


def test_the_simplified_home_costs_no_more_queries(now):
    owner = movers.customer(now=now)
    movers.account(owner, balance=100_00, now=now)
    client, counts = enter(owner.user), []
    for simple in (False, True):
        services.keep(user=owner.user, name="simple", value=simple, now=now)
        html(client, "/")
        with CaptureQueriesContext(connection) as questions:
            html(client, "/")
        counts.append(len(questions))
    assert counts[0] == counts[1]

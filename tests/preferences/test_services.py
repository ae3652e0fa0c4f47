"""Choices are kept once, with their trail; nothing that is not on offer is kept."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from accounts.preferences import events, queries, quick, services
from accounts.preferences.models import Preferences
from core.audit.models import Row
from core.ui.look import Look
from tests.factories import access as people


@pytest.fixture
def lin(db):
    return people.person()


def trail():
    return list(Row.objects.filter(act=services.ACT).order_by("pk"))


def test_who_chose_nothing_has_plain_values_and_no_row(lin, django_assert_num_queries):
    with django_assert_num_queries(1):
        chosen = queries.of(lin)
    assert (chosen.look, chosen.quick, chosen.channels) == (Look(), None, {})
    assert not Preferences.objects.exists()


def test_a_choice_is_kept_with_its_trail_and_repeating_it_leaves_nothing(lin, now):
    assert services.keep(user=lin, name="mode", value="dark", now=now) is True
    assert services.keep(user=lin, name="mode", value="dark", now=now) is False
    assert queries.of(lin).look == Look(mode="dark")
    (row,) = trail()
    assert (row.before, row.after) == ({"mode": ""}, {"mode": "dark"})


def test_the_language_stands_on_the_person(lin, now):
    services.keep_all(user=lin, choices={"language": "zh-hans", "size": 150}, now=now)
    assert User.objects.get(pk=lin.pk).language == lin.language == "zh-hans"
    assert queries.of(lin).look.size == 150
    assert len(trail()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "purple"),
        ("colour", '"><script>'),
        ("size", 137),
        ("size", "200"),
        ("simple", "on"),
        ("language", "xx"),
        ("quick", ["transfer", "transfer"]),
        ("quick", [f"k{number}" for number in range(quick.MOST + 1)]),
        ("is_staff", True),
    ],
)
def test_what_is_not_offered_is_refused_and_nothing_of_the_rest_is_kept(lin, now, name, value):
    with pytest.raises(services.NotOffered):
        services.keep_all(user=lin, choices={"covered": True, name: value}, now=now)
    assert not Preferences.objects.exists()
    assert trail() == []


def test_one_persons_choice_is_nobody_elses(lin, now):
    other = people.person("other@example.com")
    services.keep(user=lin, name="colour", value="plum", now=now)
    assert queries.of(other).look == Look()


# ── Quick functions ──────────────────────────────────────────────────────────


def test_quick_functions_start_with_the_usual_ones_and_follow_the_buttons(lin, now):
    usual = quick.shown(None)
    assert usual == ["transfer", "payees", "transactions", "verify"]
    for act, key, wanted in [
        ("up", "payees", ["payees", "transfer", "transactions", "verify"]),
        ("up", "payees", ["payees", "transfer", "transactions", "verify"]),  # already the first
        ("down", "transfer", ["payees", "transactions", "transfer", "verify"]),
        ("remove", "verify", ["payees", "transactions", "transfer"]),
        ("remove", "verify", ["payees", "transactions", "transfer"]),
        ("add", "messages", ["payees", "transactions", "transfer", "messages"]),
        ("add", "messages", ["payees", "transactions", "transfer", "messages"]),
        ("down", "messages", ["payees", "transactions", "transfer", "messages"]),  # already the last
        ("up", "security", ["payees", "transactions", "transfer", "messages"]),  # not on the page
    ]:
        assert services.arrange(user=lin, act=act, key=key, now=now) == wanted
        assert quick.shown(queries.of(lin).quick) == wanted


def test_everything_may_be_taken_off(lin, now):
    for key in quick.shown(None):
        services.arrange(user=lin, act="remove", key=key, now=now)
    assert queries.of(lin).quick == ()
    assert quick.shown(()) == []


def test_a_home_page_holds_no_more_than_fits(lin, now):
    for one, _url in quick.offered():
        services.arrange(user=lin, act="add", key=one.key, now=now)
    assert len(quick.shown(queries.of(lin).quick)) == quick.MOST


@pytest.mark.parametrize(("act", "key"), [("add", "nosuch"), ("burn", "transfer"), ("", "")])
def test_an_act_or_function_nobody_offers_is_refused(lin, now, act, key):
    with pytest.raises(services.NotOffered):
        services.arrange(user=lin, act=act, key=key, now=now)
    assert not Preferences.objects.exists()


def test_a_function_that_is_offered_no_longer_is_left_out():
    assert quick.shown(["gone", "payees"]) == ["payees"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_both_kept(now):
    lin = people.person()
    start, failures = threading.Barrier(2), []

    def press(key):
        try:
            start.wait(30)
            services.arrange(user=lin, act="add", key=key, now=now)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a thread is shown below
            failures.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[key]) for key in ("messages", "security")]
    for one in presses:
        one.start()
    for one in presses:
        one.join(20)
    assert failures == []
    assert set(quick.shown(queries.of(lin).quick)) >= {"messages", "security"}


# ── Notices ──────────────────────────────────────────────────────────────────


def ways(user, event):
    return queries.channels(user=user, event=event)


def test_everything_reaches_the_inbox_and_the_mailbox_until_somebody_says_otherwise(lin, now):
    assert ways(lin, "payments.received") == {"inbox", "email"}
    services.choose_channels(user=lin, wishes={"payments.received": []}, now=now)
    assert ways(lin, "payments.received") == {"inbox"}
    assert ways(lin, "payments.sent") == {"inbox", "email"}
    services.choose_channels(user=lin, wishes={"payments.sent": ["sms", "email"]}, now=now)
    assert ways(lin, "payments.sent") == {"inbox", "email", "sms"}
    assert ways(lin, "payments.received") == {"inbox"}


def test_security_takes_every_way_whatever_stands_in_the_row(lin, now):
    everything_off = {"security.": [], "security.new_device": [], "*": []}
    services.keep(user=lin, name="channels", value=everything_off, now=now)
    assert ways(lin, "security.new_device") == {"inbox", "email", "sms"}
    with pytest.raises(services.NotOffered):
        services.choose_channels(user=lin, wishes={"security.": []}, now=now)


def test_an_earlier_no_to_mail_covers_every_event_not_chosen_since(lin, now):
    services.keep(user=lin, name="channels", value={"*": []}, now=now)
    assert ways(lin, "payments.received") == ways(lin, "something.new") == {"inbox"}
    services.choose_channels(user=lin, wishes={"payments.received": ["email"]}, now=now)
    assert ways(lin, "payments.received") == {"inbox", "email"}
    assert ways(lin, "something.new") == {"inbox"}


@pytest.mark.parametrize("wishes", [{"nosuch.event": []}, {"payments.sent": ["pigeon"]}, {"payments.sent": ["inbox"]}])
def test_an_event_or_way_nobody_offers_is_refused(lin, now, wishes):
    with pytest.raises(services.NotOffered):
        services.choose_channels(user=lin, wishes=wishes, now=now)
    assert trail() == []


def test_a_family_of_events_is_asked_about_once(lin, now):
    services.choose_channels(user=lin, wishes={"identity.": []}, now=now)
    assert ways(lin, "identity.approved") == ways(lin, "identity.declined") == {"inbox"}
    closest = events.declared_for("identity.approved")
    assert closest is not None
    assert closest.key == "identity."

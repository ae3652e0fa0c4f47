"""Messages reach the right person once, in the language they read, and their copies by e-mail."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import inbox
from accounts.inbox import handlers, queries
from accounts.inbox.models import Notice
from accounts.inbox.services import LeadsElsewhere
from accounts.models import User
from accounts.preferences import services as preferences
from core.outbox import relay
from core.outbox.models import Delivery


@pytest.fixture
def reader(db):
    return User.objects.create_user("li@customers.example", "x", language="en")


@pytest.fixture
def stranger(db):
    return User.objects.create_user("stranger@customers.example", "x")


def words():
    return gettext("Messages"), gettext("Sign in")


def send(user, now, key="k1", **more):
    return inbox.send(user=user, event="test.event", key=key, text=words, now=now, **more)


def test_a_message_is_left_once_however_often_it_is_sent(reader, now):
    assert send(reader, now) is True
    assert send(reader, now + timedelta(days=1)) is False
    notice = Notice.objects.get()
    assert notice.created_at == now
    assert Delivery.objects.count() == 1


def test_the_same_key_is_another_message_for_another_person(reader, stranger, now):
    assert send(reader, now)
    assert send(stranger, now)
    assert [queries.unread_count(user) for user in (reader, stranger)] == [1, 1]


def test_a_message_keeps_every_language_of_the_portal(reader, now, settings):
    from django.utils import translation

    def text():
        return translation.get_language(), "body"

    inbox.send(user=reader, event="test.event", key="k", text=text, now=now)
    notice = Notice.objects.get()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert notice.title == language


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example",
        "/\n/evil.example", "/\r\\evil.example", "data:text/html,x", "\t//evil.example", " /x", "/x\x00", "/x\r\nA: b",
    ],
)  # fmt: skip
def test_a_message_leads_only_into_the_portal(reader, now, link):
    with pytest.raises(LeadsElsewhere):
        send(reader, now, link=link)
    assert not Notice.objects.exists()


def test_the_bell_counts_what_is_unread_in_one_query_up_to_a_hundred(reader, now, django_assert_num_queries):
    for n in range(120):
        send(reader, now, key=f"k{n}")
    with django_assert_num_queries(1):
        assert queries.unread_count(reader) == 100


# ── The copy by e-mail ───────────────────────────────────────────────────────


def test_the_copy_goes_out_once_in_the_readers_language_with_a_lasting_id(reader, now):
    inbox.send(
        user=reader, event="test.event", key="k", text=lambda: ("Money\r\nBcc: evil@evil.example", "Body"), now=now
    )
    relay.drain(now=now)
    fact = Delivery.objects.get().fact
    handlers.mail_copy(fact)  # a second delivery of the same fact
    assert len(mail.outbox) == 1
    letter = mail.outbox[0]
    assert letter.to == ["li@customers.example"]
    assert "\n" not in letter.subject
    assert letter.bcc == []
    assert letter.extra_headers["Message-ID"] == handlers.message_id(Notice.objects.get())
    assert "never ask" in letter.body
    notice = Notice.objects.get()
    assert notice.mail_started_at <= notice.mailed_at


def test_a_copy_that_the_mail_server_refused_is_tried_again(reader, now, monkeypatch):
    from django.core.mail import EmailMessage

    sent = []

    def refuse_once(self, fail_silently=False):
        sent.append(self)
        if len(sent) == 1:
            raise ConnectionRefusedError("no mail server")
        return 1

    monkeypatch.setattr(EmailMessage, "send", refuse_once)
    send(reader, now)
    assert relay.drain(now=now) == 1
    assert Delivery.objects.get().state == "pending"
    assert Notice.objects.get().mailed_at is None
    assert relay.drain(now=now + timedelta(minutes=2)) == 1
    assert Delivery.objects.get().state == "done"
    assert len(sent) == 2
    assert sent[0].extra_headers["Message-ID"] == sent[1].extra_headers["Message-ID"]


def test_who_changes_their_mind_before_the_copy_leaves_gets_none(reader, now):
    send(reader, now)
    preferences.keep(user=reader, name="channels", value={"*": []}, now=now)
    relay.drain(now=now)
    assert mail.outbox == []


def test_who_wants_no_copies_gets_none_but_what_concerns_security(reader, now):
    preferences.keep(user=reader, name="channels", value={"*": []}, now=now)
    send(reader, now)
    inbox.send(user=reader, event="security.new_device", key="s", text=words, now=now)
    relay.drain(now=now)
    assert len(mail.outbox) == 1
    assert Notice.objects.get(mailed_at__isnull=False).event == "security.new_device"


# ── The page ─────────────────────────────────────────────────────────────────


def test_the_page_shows_newest_first_a_page_at_a_time(client, reader, now):
    for n in range(queries.PAGE + 3):
        inbox.send(
            user=reader,
            event="test.event",
            key=f"k{n}",
            text=lambda n=n: (f"Number {n}.", ""),
            now=now + timedelta(minutes=n),
        )
    client.force_login(reader)
    first = client.get(reverse("inbox"))
    assert [notice.title for notice in first.context["notices"]][:2] == ["Number 22.", "Number 21."]
    assert len(first.context["notices"]) == queries.PAGE
    second = client.get(first.context["older"])
    assert [notice.title for notice in second.context["notices"]] == ["Number 2.", "Number 1.", "Number 0."]
    assert second.context["older"] == ""


def test_messages_of_the_same_moment_are_neither_left_out_nor_shown_twice(client, reader, now):
    for n in range(queries.PAGE * 2 + 1):
        send(reader, now, key=f"k{n}")
    client.force_login(reader)
    seen, url = [], reverse("inbox")
    while url:
        page = client.get(url)
        seen += [notice.key for notice in page.context["notices"]]
        url = page.context["older"]
    assert sorted(seen) == sorted(f"k{n}" for n in range(queries.PAGE * 2 + 1))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_one_message_and_for_three(
    client, reader, now, count, django_assert_num_queries
):
    for n in range(count):
        send(reader, now, key=f"k{n}")
    client.force_login(reader)
    client.get(reverse("inbox"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("inbox"))


QUERIES = 4  # session, person, page, and bell with the look


def test_opening_marks_one_as_read_and_leads_to_what_it_is_about(client, reader, now):
    send(reader, now, key="a", link="/accounts/")
    send(reader, now, key="b")
    client.force_login(reader)
    notice = Notice.objects.get(key="a")
    answer = client.post(reverse("inbox-open", args=[notice.public_id]))
    assert (answer.status_code, answer.url) == (302, "/accounts/")
    assert Notice.objects.get(read_at__isnull=False) == notice
    read_at = Notice.objects.get(key="a").read_at
    client.post(reverse("inbox-open", args=[notice.public_id]))
    assert Notice.objects.get(key="a").read_at == read_at


def test_looking_changes_nothing(client, reader, now):
    send(reader, now)
    client.force_login(reader)
    client.get(reverse("inbox"))
    assert client.get(reverse("inbox-read-all")).status_code == 405
    assert queries.unread_count(reader) == 1


def test_marking_all_as_read_leaves_what_came_in_meanwhile(client, reader):
    now = timezone.now() - timedelta(hours=1)
    send(reader, now, key="seen")
    client.force_login(reader)
    newest = client.get(reverse("inbox")).context["newest"]
    send(reader, now + timedelta(minutes=5), key="meanwhile")
    client.post(reverse("inbox-read-all"), {"until": newest})
    assert list(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == ["meanwhile"]


@pytest.mark.parametrize("until", ["", "yesterday", "2026-13-45T00:00:00Z", "2026-11-23T10:00:00", "9" * 400, "\x00"])
def test_a_broken_moment_marks_nothing(client, reader, now, until):
    send(reader, now)
    client.force_login(reader)
    assert client.post(reverse("inbox-read-all"), {"until": until}).status_code == 302
    assert queries.unread_count(reader) == 1


def test_another_persons_message_does_not_exist(client, reader, stranger, now):
    send(stranger, now)
    theirs = Notice.objects.get()
    client.force_login(reader)
    foreign = client.post(reverse("inbox-open", args=[theirs.public_id]))
    absent = client.post(reverse("inbox-open", args=[uuid.uuid4()]))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    page = client.get(reverse("inbox"), {"before": str(theirs.public_id)})
    assert page.context["notices"] == []
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("before", ["x", "00000000-0000-0000-0000-000000000000", "' OR 1=1", "\x00"])
def test_a_page_mark_that_means_nothing_shows_the_newest(client, reader, now, before):
    send(reader, now)
    client.force_login(reader)
    page = client.get(reverse("inbox"), {"before": before})
    assert [notice.key for notice in page.context["notices"]] == ["k1"]


def test_who_is_not_signed_in_is_asked_to(client, db):
    answer = client.get(reverse("inbox"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


def test_markup_in_a_message_is_shown_as_text(client, reader, now):
    inbox.send(user=reader, event="test.event", key="k", text=lambda: ("<b>x</b>", "<script>y</script>"), now=now)
    client.force_login(reader)
    page = client.get(reverse("inbox")).content.decode()
    assert "<script>y" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page

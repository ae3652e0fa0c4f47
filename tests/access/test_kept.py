"""What was being typed when a session ended comes back to the same person, and to nobody else (U8, WCAG 2.2.6)."""

import re
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import kept, sessions
from accounts.access.models import KeptForm
from accounts.access.tasks import clear
from payments.models import Transfer
from tests.access.test_entrance import sign_in, signed_in
from tests.factories import access as make

pytestmark = pytest.mark.django_db

MEMO = "rent for the house by the river"


def typed():
    return {
        "key": str(uuid.uuid4()),
        "source": str(uuid.uuid4()),
        "to": f"payee:{uuid.uuid4()}",
        "amount": "1,250.50",
        "memo": MEMO,
        "stepup-code": "493817",
        "old_password": make.PASSWORD,
        "csrfmiddlewaretoken": "made-up",
    }


def too_late(client, clock, fields=None):
    """Send the transfer's form a second after the session has ended."""
    clock.shift(301)
    return client.post(reverse("transfer"), fields or typed())


def fields_of(page):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_form_sent_after_the_end_is_given_back_after_signing_in_again(client, clock):
    make.customer()
    sign_in(client)
    answer = too_late(client, clock)
    assert answer.url == f"{reverse('timed_out')}?next=%2Fsecurity%2Ftyped%2F"
    assert not signed_in(client)
    sign_in(client, next=reverse("kept_form"))
    page = client.get(reverse("kept_form")).content.decode()
    assert MEMO in page
    assert "1,250.50" in page
    fields = fields_of(page)
    assert f'action="{reverse("transfer")}"' in page
    again = client.post(  # as browsers send a form without files
        reverse("transfer"), urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    assert again.status_code == 200  # the transfer's own form judges it: the made-up account is not theirs
    assert again.context["typed"]["memo"] == MEMO
    assert not KeptForm.objects.exists()
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_it_goes_once_the_page_has_judged_it_and_no_sooner(client, clock, kind):
    person = make.customer()
    sign_in(client)
    kept.keep(
        user=person.user, path=reverse("preferences"), posted={"colour": ["plum"], "size": ["100"]}, now=timezone.now()
    )
    mark = str(kept.kept_of(user=person.user, now=timezone.now()).public_id)

    def send(**fields):
        content = {**fields, kept.MARK: mark}
        if kind == "multipart/form-data":
            return client.post(page, content)
        return client.post(page, urlencode(content), content_type=kind)

    page = reverse("change_email")
    assert send(new="zhou@example.com").url.startswith(reverse("account_reauthenticate"))
    page = "/nowhere/"
    assert send(amount="5").status_code == 404
    page = reverse("transfer")
    assert KeptForm.objects.exists()
    answer = send(memo="half written", amount="1")
    assert answer.status_code == 200
    assert not KeptForm.objects.exists()


def test_passwords_codes_and_tokens_are_not_kept(client, clock):
    customer = make.customer()
    sign_in(client)
    too_late(client, clock)
    found = kept.kept_of(user=customer.user, now=timezone.now())
    assert [name for name, _value in found.fields] == ["key", "source", "to", "amount", "memo"]


def test_what_is_kept_cannot_be_read_in_the_database(client, clock):
    make.customer()
    sign_in(client)
    too_late(client, clock)
    assert MEMO.encode() not in bytes(KeptForm.objects.get().sealed)


def test_somebody_else_on_the_same_browser_sees_nothing_of_it(client, clock):
    make.customer()
    make.customer("zhou@example.com")
    sign_in(client)
    too_late(client, clock)
    sign_in(client, "zhou@example.com", next=reverse("kept_form"))
    answer = client.get(reverse("kept_form"))
    assert answer.url == reverse("home")
    mark = str(KeptForm.objects.get().public_id)
    client.post(reverse("kept_form"))
    client.post(reverse("transfer"), {kept.MARK: mark})
    assert KeptForm.objects.get().user.email == "lin@example.com"
    assert MEMO not in client.get(answer.url).content.decode()


def test_a_form_from_a_foreign_page_is_not_kept(clock):
    make.customer()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make.User.objects.get(), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = browser.session
    sessions.stamp(session, staff=False, now=timezone.now())
    session.save()
    assert too_late(browser, clock).status_code == 403
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("where", ["account_change_password", "change_email", "kept_form"])
def test_pages_about_security_are_left_out(client, clock, where):
    make.customer()
    sign_in(client)
    clock.shift(301)
    client.post(reverse(where), {"contact": "thief@example.com"})
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"memo": "x" * 70_000}, {f"f{number}": "x" for number in range(201)}, {"memo": ""}],
    ids=["too long", "too many", "empty"],
)
def test_what_no_person_types_is_not_kept(client, clock, fields):
    make.customer()
    sign_in(client)
    too_late(client, clock, fields)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x", ""])
def test_the_page_can_have_a_form_kept_for_addresses_of_the_portal_only(client, clock, path):
    make.customer()
    sign_in(client)
    assert client.post(reverse("keep_typed"), {"_path": path, "memo": MEMO}).status_code == 422
    assert not KeptForm.objects.exists()


def test_the_page_has_a_form_kept_while_it_warns_and_that_is_no_activity(client, clock):
    customer = make.customer()
    sign_in(client)
    clock.shift(250)
    assert client.post(reverse("keep_typed"), {"_path": "/transfer/", "memo": MEMO}).status_code == 204
    clock.shift(51)
    assert client.get(reverse("security")).status_code == 302
    assert kept.kept_of(user=customer.user, now=timezone.now()).words == [MEMO]


def test_it_is_discarded_by_its_button_and_looking_changes_nothing(client, clock):
    make.customer()
    sign_in(client)
    too_late(client, clock)
    sign_in(client)
    client.get(reverse("kept_form"))
    client.get(reverse("kept_form"))
    assert KeptForm.objects.count() == 1
    client.post(reverse("kept_form"))
    assert not KeptForm.objects.exists()


def test_it_is_gone_after_a_day(client, clock):
    customer = make.customer()
    sign_in(client)
    too_late(client, clock)
    clock.shift(timedelta(hours=24).total_seconds() - 1)
    assert kept.kept_of(user=customer.user, now=timezone.now()) is not None
    clock.shift(1)
    assert kept.kept_of(user=customer.user, now=timezone.now()) is None
    clear()
    assert not KeptForm.objects.exists()

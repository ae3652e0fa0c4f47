"""The step-up on a page, by a bare HTTP client: it works without scripts and says a sentence for everything."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import StepUp
from core.audit.models import Row
from tests.access import test_passkey_journey as pages
from tests.access.test_entrance import sign_in
from tests.factories import access as make

pytestmark = pytest.mark.django_db
SEND = "/t/send/"


@pytest.fixture
def lin(client, clock, settings):
    """Signed in with the second factor, half a minute ago, so that the app shows a fresh code."""
    settings.ROOT_URLCONF = pages.__name__
    user = make.customer().user
    make.enrol_app(user)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})
    clock.shift(30)
    return user


def question(answer):
    return re.search(r'name="stepup-challenge" value="([^"]+)"', answer.content.decode())[1]


def send(client, challenge, **more):
    return client.post(SEND, {"amount": "10000", "stepup-challenge": challenge, **more})


def test_the_page_says_what_the_code_approves_and_a_right_code_does_it_once(client, lin):
    page = client.get(SEND)
    text = page.content.decode()
    assert "Send 100.00 CNY to 王芳" in text
    assert 'autocomplete="one-time-code"' in text
    assert 'inputmode="numeric"' in text
    code = make.app_code(timezone.now())
    assert b"Sent 10000" in send(client, question(page), **{"stepup-code": code}).content
    again = send(client, question(page), **{"stepup-code": code})
    assert "used already" in again.content.decode()


def test_a_wrong_code_says_that_nothing_was_done_and_the_same_question_waits(client, lin):
    asked = question(client.get(SEND))
    answer = send(client, asked, **{"stepup-code": make.wrong_code(timezone.now())})
    assert answer.status_code == 200
    assert "Nothing was done" in answer.content.decode()
    assert question(answer) == asked
    assert b"Sent" in send(client, asked, **{"stepup-code": make.app_code(timezone.now())}).content


def test_a_changed_amount_is_refused_audited_and_asked_anew(client, lin):
    asked = question(client.get(SEND))
    answer = send(client, asked, amount="10001", **{"stepup-code": make.app_code(timezone.now())})
    text = answer.content.decode()
    assert "no longer those you approved" in text
    assert "Send 100.01 CNY" in text
    assert question(answer) != asked
    assert Row.objects.get(act="access.stepup_refused").reason == "Changed"
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_an_answer_from_another_session_is_refused(client, lin, clock):
    asked = question(client.get(SEND))
    other = type(client)()
    sign_in(other)
    other.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})
    clock.shift(30)
    answer = send(other, asked, **{"stepup-code": make.app_code(timezone.now())})
    assert "no longer those you approved" in answer.content.decode()
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_an_answer_after_five_minutes_is_refused_and_asked_anew(client, lin, clock):
    asked = question(client.get(SEND))
    clock.shift(timedelta(minutes=4))
    client.get(SEND)
    clock.shift(timedelta(minutes=1, seconds=1))
    answer = send(client, asked, **{"stepup-code": make.app_code(timezone.now())})
    assert "More than five minutes have passed" in answer.content.decode()
    assert question(answer) != asked


def test_the_sixth_wrong_code_says_until_when_to_wait(client, lin):
    asked = question(client.get(SEND))
    for _ in range(5):
        answer = send(client, asked, **{"stepup-code": make.wrong_code(timezone.now())})
    assert "Wait until 10:01:15" in answer.content.decode()
    answer = send(client, question(answer), **{"stepup-code": make.app_code(timezone.now())})
    assert "Wait until 10:01:15" in answer.content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"stepup-code": ""},
        {"stepup-code": "12345"},
        {"stepup-code": "<script>alert(1)</script>"},
        {"stepup-code": "١٢٣٤٥٦"},
        {"stepup-code": "9" * 5000},
        {"stepup-code": "\x00"},
        {"stepup-assertion": "{"},
        {"stepup-assertion": "[1]"},
        {"stepup-assertion": "{}"},
        {"stepup-assertion": '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'},
        {"stepup-challenge": "nonsense", "stepup-code": "123456"},
        {"stepup-challenge": "00000000-0000-0000-0000-000000000000", "stepup-code": "123456"},
    ],
    ids=str,
)
def test_whatever_is_posted_gets_a_sentence_and_does_nothing(client, lin, posted):
    asked = question(client.get(SEND))
    answer = client.post(SEND, {"amount": "10000", "stepup-challenge": asked, **posted})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Sent" not in text
    assert "<script>alert" not in text
    assert "error-summary-title" in text
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_somebody_without_a_second_factor_is_led_to_set_one_up(client, clock, settings):
    settings.ROOT_URLCONF = pages.__name__
    make.customer()
    sign_in(client)
    text = client.get(SEND).content.decode()
    assert "You need a second step first" in text
    assert reverse("security") in text
    assert "stepup-code" not in text

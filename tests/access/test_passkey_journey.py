"""A passkey in a real browser: set up, sign in with it, approve exactly one act with it."""

import json
import re

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from accounts.access import stepup
from accounts.access.decorators import customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import Customer
from accounts.roles import Role
from portal.urls import urlpatterns as all_pages
from tests.factories import access as make
from tests.journeys.support import DESK, browser, check_screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = """{% extends "layouts/form.html" %}{% load static ui %}{% block title %}Check{% endblock %}
{% block heading %}Check your transfer{% endblock %}{% block summary %}{% error_summary stepup.form %}{% endblock %}
{% block content %}<form class="form" method="post" novalidate>{% csrf_token %}
<input type="hidden" name="amount" value="{{ amount }}">{% include "access/_stepup.html" with stepup=stepup %}
<div class="actions"><button class="button">Send money</button></div></form>{% endblock %}
{% block scripts %}<script src="{% static 'js/passkey.js' %}" defer></script>{% endblock %}"""


@customer_required
def send_money(request):
    """What a payments page does, with nothing but the step-up in it."""
    now = timezone.now()
    amount = int(request.POST.get("amount", "10000"))
    shown = {"payee": "王芳", "amount": amount, "currency": "CNY"}
    panel = StepUpPanel(
        request, operation="payments.transfer", payload=shown, words=f"Send {amount / 100:.2f} CNY to 王芳", now=now
    )
    if request.method == "POST" and panel.passed(now=now):
        try:
            with transaction.atomic():
                stepup.consume(
                    user=request.user,
                    challenge_id=panel.challenge_id,
                    operation="payments.transfer",
                    payload=shown,
                    session=panel.session,
                    now=now,
                )
            return HttpResponse(f"<h1>Sent {amount}</h1>")
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"stepup": panel, "amount": amount}, request))


urlpatterns = [path("t/send/", send_money), *all_pages]


@pytest.fixture(autouse=True)
def _pages(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs its own loop in this thread


@pytest.fixture
def page():
    with browser() as running:
        context = running.new_context(viewport=DESK, locale="en")
        page = context.new_page()
        page.violations = []
        page.expose_function("noteViolation", lambda text: page.violations.append(text))  # noqa: PLW0108
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => window.noteViolation(e.violatedDirective))"
        )
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        page.device = cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]
        page.cdp = cdp
        yield page
        assert page.violations == []


def sign_in(page, live_server, email):
    page.goto(f"{live_server.url}/auth/login/")
    page.get_by_label("E-mail or mobile number").fill(email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up_passkey(page, live_server):
    page.goto(f"{live_server.url}/auth/2fa/passkeys/add/")
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label(re.compile("Name of this passkey")).fill("My phone")
    check_screen(page)
    page.get_by_role("button", name="Set up on this device").click()
    page.wait_for_url("**/recovery-codes/**")
    check_screen(page)
    page.get_by_role("link", name="I have kept them").click()


def sign_in_with_passkey(page, live_server):
    page.goto(f"{live_server.url}/auth/login/")
    check_screen(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/auth/" not in url)


def test_a_passkey_is_set_up_and_signs_in_by_itself_into_the_back_office_too(page, live_server):
    make.person("reviewer@example.com", roles=(Role.REVIEWER,))
    sign_in(page, live_server, "reviewer@example.com")
    set_up_passkey(page, live_server)
    assert page.url.endswith("/security/")
    assert page.get_by_text("My phone").first.is_visible()
    check_screen(page)
    page.goto(f"{live_server.url}/admin/")
    assert page.url.endswith("/admin/")
    page.context.clear_cookies()
    sign_in_with_passkey(page, live_server)
    answer = page.goto(f"{live_server.url}/admin/")
    assert (answer.status, page.url.endswith("/admin/")) == (200, True)


def test_a_passkey_is_the_second_step_after_a_password(page, live_server):
    make.customer()
    sign_in(page, live_server, "lin@example.com")
    set_up_passkey(page, live_server)
    page.context.clear_cookies()
    sign_in(page, live_server, "lin@example.com")
    assert page.url.endswith("/auth/2fa/authenticate/")
    check_screen(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/auth/" not in url)


def test_a_passkey_approves_what_is_shown_and_nothing_else(page, live_server):
    make.customer()
    sign_in(page, live_server, "lin@example.com")
    set_up_passkey(page, live_server)
    page.goto(f"{live_server.url}/t/send/")
    assert page.get_by_text("Send 100.00 CNY to 王芳").is_visible()
    check_screen(page)
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.get_by_role("heading", name="Sent 10000").wait_for()

    page.goto(f"{live_server.url}/t/send/")
    page.evaluate("document.querySelector('[name=amount]').value = '10001'")
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.get_by_text("no longer those you approved").first.wait_for()
    check_screen(page)
    page.get_by_role("button", name="Confirm with a passkey").click()  # now it says 100.01, and that may be approved
    page.get_by_role("heading", name="Sent 10001").wait_for()


def test_a_signature_for_one_question_does_not_answer_another(page, live_server):
    """The challenge comes from the nonce and the payload, so a recorded signature fits nowhere else."""
    customer = make.customer()
    sign_in(page, live_server, "lin@example.com")
    set_up_passkey(page, live_server)
    page.goto(f"{live_server.url}/t/send/")
    page.evaluate("HTMLFormElement.prototype.requestSubmit = () => {}")
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.wait_for_function("document.querySelector('[name=stepup-assertion]').value !== ''")
    signed = json.loads(page.input_value("[name=stepup-assertion]"))
    own = page.input_value("[name=stepup-challenge]")
    host = live_server.url.removeprefix("http://")
    now = timezone.now()
    other = stepup.start(user=customer.user, operation="payments.transfer", payload={"amount": 99}, now=now)
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=customer.user, challenge_id=other.id, assertion=signed, host=host, now=now)
    with pytest.raises(stepup.WrongCode):  # another site's page could not have made it either
        stepup.answer(user=customer.user, challenge_id=own, assertion=signed, host="evil.example", now=now)
    stepup.answer(user=customer.user, challenge_id=own, assertion=signed, host=host, now=now)


def test_declining_the_passkey_says_so_and_a_code_still_works(page, live_server):
    customer = make.customer()
    make.enrol_app(customer.user)
    page.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})
    page.goto(f"{live_server.url}/auth/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not used").wait_for()
    check_screen(page)
    sign_in(page, live_server, "lin@example.com")
    page.get_by_label(re.compile("Code from your authenticator app")).fill(make.app_code(timezone.now()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/auth/" not in url)
    assert Customer.objects.count() == 1


def test_a_session_warns_before_it_ends_and_one_key_keeps_it(page, live_server):
    make.customer()
    sign_in(page, live_server, "lin@example.com")
    page.route("**/security/session/", lambda route: route.fulfill(json={"warning": 0, "end": 50}))
    page.clock.install()
    page.goto(f"{live_server.url}/security/")
    page.clock.run_for(241_000)
    page.get_by_role("heading", name="Still there?").wait_for()
    check_screen(page)
    page.unroute("**/security/session/")
    with page.expect_response("**/security/stay/") as kept:
        page.keyboard.press("Enter")
    assert kept.value.status == 204
    page.get_by_role("heading", name="Still there?").wait_for(state="hidden")
    page.context.clear_cookies()
    page.clock.run_for(301_000)
    page.wait_for_url("**/security/timed-out/?next=%2Fsecurity%2F")
    check_screen(page)

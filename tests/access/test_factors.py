"""One enrolment serves sign-in, payment signing and the back office; each proof works once."""

import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.access import backoff, codes, factors, stepup
from accounts.access.models import FactorDevice
from accounts.roles import Role
from core.audit.models import Row
from tests.access.test_entrance import sign_in, signed_in
from tests.factories import access as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return make.person("reviewer@example.com", roles=(Role.REVIEWER,))


def enter_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def enrol(client):
    """Set an authenticator app up as a person does: password again, key from the page, first code."""
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret[:4] in page.content.decode()
    answer = client.post(reverse("mfa_activate_totp"), {"code": make.app_code(timezone.now(), secret)})
    return secret, answer


# ── the back office ──────────────────────────────────────────────────────────


def test_a_password_alone_does_not_open_the_back_office(client, clock, reviewer):
    sign_in(client, "reviewer@example.com")
    led = client.get(reverse("admin:index"))
    assert led.url.startswith(reverse("security"))
    assert "Set up an authenticator app" in client.get(led.url).content.decode()
    assert client.get(reverse("admin:index")).status_code == 302


def test_enrolling_and_signing_in_with_the_code_opens_the_back_office(client, clock, reviewer):
    sign_in(client, "reviewer@example.com")
    secret, answer = enrol(client)
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("admin:index")).status_code == 200
    client.post(reverse("account_logout"))
    clock.shift(60)
    answer = sign_in(client, "reviewer@example.com", next=reverse("admin:index"))
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("admin:index")).status_code == 302
    answer = enter_code(client, make.app_code(timezone.now(), secret))
    assert answer.url == reverse("admin:index")
    assert client.get(answer.url).status_code == 200


def test_the_back_office_has_no_sign_in_form_of_its_own(client, clock):
    answer = client.get(reverse("admin:login"))
    assert answer.url.startswith(reverse("account_login"))
    assert client.post(reverse("admin:login"), {"username": "x", "password": "y"}).status_code == 302


def test_for_a_customer_the_back_office_does_not_exist(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    sign_in(client)
    enter_code(client, make.app_code(timezone.now()))
    assert client.get(reverse("admin:index"), follow=True).status_code == 404


def test_the_way_to_the_back_office_ends_on_the_own_host(client, clock, reviewer):
    answer = client.get(reverse("admin:login"), {"next": "https://evil.example/"})
    assert "evil" not in answer.url


def test_a_staff_session_opened_before_enrolment_elsewhere_proves_itself_once(client, clock, reviewer):
    sign_in(client, "reviewer@example.com")
    make.enrol_app(reviewer)
    answer = client.get(client.get(reverse("admin:index")).url)
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    answer = client.post(answer.url, {"code": make.app_code(timezone.now())})
    assert answer.url == reverse("admin:index")
    assert client.get(answer.url).status_code == 200


def test_a_recovery_code_opens_the_back_office_once(client, clock, reviewer):
    make.enrol_app(reviewer)
    code = make.recovery_codes(reviewer)[3]
    sign_in(client, "reviewer@example.com")
    enter_code(client, f"{code[:5]}-{code[5:]}")
    assert client.get(reverse("admin:index")).status_code == 200
    other = type(client)()
    sign_in(other, "reviewer@example.com")
    assert enter_code(other, code).status_code == 200
    assert not signed_in(other)


def test_removing_the_factor_unverifies_every_session_at_once(client, clock, reviewer):
    authenticator = make.enrol_app(reviewer)
    sign_in(client, "reviewer@example.com")
    enter_code(client, make.app_code(timezone.now()))
    assert client.get(reverse("admin:index")).status_code == 200
    authenticator.delete()
    assert client.get(reverse("admin:index")).status_code == 302


def test_another_persons_device_in_a_session_counts_for_nothing(client, clock, reviewer):
    other = make.person("other@example.com")
    device = FactorDevice.objects.get(authenticator=make.enrol_app(other))
    sign_in(client, "reviewer@example.com")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert client.get(reverse("admin:index")).status_code == 302


# ── codes ────────────────────────────────────────────────────────────────────


def test_the_code_that_signed_in_does_not_sign_a_payment(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    sign_in(client)
    code = make.app_code(timezone.now())
    enter_code(client, code)
    assert signed_in(client)
    challenge = stepup.start(user=user, operation="payments.transfer", payload={"amount": 1}, now=timezone.now())
    with pytest.raises(stepup.WrongCode):
        stepup.answer(user=user, challenge_id=challenge.id, code=code, now=timezone.now())


def test_the_code_that_enrolled_is_used_up(client, clock):
    user = make.customer().user
    sign_in(client)
    secret, _ = enrol(client)
    verdict = factors.verify_code(user=user, code=make.app_code(timezone.now(), secret), now=timezone.now())
    assert verdict.device is None


@pytest.mark.parametrize(("offset", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephones_clock_may_be_off_by_half_a_minute(now, offset, accepted):
    user = make.person()
    make.enrol_app(user)
    code = make.app_code(now + timedelta(seconds=offset))
    assert (factors.verify_code(user=user, code=code, now=now).device is not None) is accepted


def test_an_older_code_is_not_accepted_after_a_newer_one(now):
    user = make.person()
    make.enrol_app(user)
    assert factors.verify_code(user=user, code=make.app_code(now), now=now).device
    assert not factors.verify_code(user=user, code=make.app_code(now - timedelta(seconds=30)), now=now).device


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", " {}{} ", "{}\u2003{}"])
def test_a_code_may_be_typed_with_spaces_and_dashes(now, typed):
    user = make.person()
    make.enrol_app(user)
    code = make.app_code(now)
    assert factors.verify_code(user=user, code=typed.format(code[:3], code[3:]), now=now).device


def test_a_code_may_be_typed_in_full_width_digits(now):
    user = make.person()
    make.enrol_app(user)
    code = make.app_code(now).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert factors.verify_code(user=user, code=code, now=now).device


def test_after_five_wrong_codes_the_right_one_waits_and_the_wait_doubles(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    sign_in(client)
    for _ in range(5):
        enter_code(client, make.wrong_code(timezone.now()))
    answer = enter_code(client, make.app_code(timezone.now()))
    assert "Too many wrong codes. Wait until 10:00:45" in answer.content.decode()
    assert not signed_in(client)
    clock.shift(30)
    enter_code(client, make.wrong_code(timezone.now()))
    clock.shift(59)
    enter_code(client, make.app_code(timezone.now()))
    assert not signed_in(client)
    clock.shift(1)
    enter_code(client, make.app_code(timezone.now()))
    assert signed_in(client)
    assert FactorDevice.objects.get().throttling_failure_count == 0
    assert Row.objects.filter(act="access.code_refused", reason="sign-in").count() == 8


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (13, 3600), (10_000, 3600)],
)
def test_the_wait_grows_from_half_a_minute_to_an_hour(failures, seconds):
    assert backoff.wait_after(failures) == timedelta(seconds=seconds)


def test_the_app_shows_what_the_standard_says():
    """RFC 6238, appendix B, SHA-1, last six digits."""
    import base64
    from datetime import UTC, datetime

    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, code in [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]:
        assert codes.code_at(secret=secret, moment=datetime.fromtimestamp(seconds, UTC)) == code


def test_the_key_is_nowhere_in_the_database_in_the_clear(now):
    authenticator = make.enrol_app(make.person())
    assert make.SECRET not in str(Authenticator.objects.values().get(pk=authenticator.pk))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_eight_uses_of_one_code_at_once_exactly_one_wins(now):
    user = make.person()
    make.enrol_app(user)
    code, gate, wins = make.app_code(now), threading.Barrier(8), []

    def use():
        gate.wait()
        wins.append(factors.verify_code(user=user, code=code, now=now).device is not None)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == [False] * 7 + [True]


# ── changes ──────────────────────────────────────────────────────────────────


def test_setting_up_the_app_is_audited_told_and_ends_the_other_sessions(client, clock):
    user = make.customer().user
    other = type(client)()
    sign_in(other)
    sign_in(client)
    enrol(client)
    assert signed_in(client)
    assert other.get(reverse("security")).status_code == 302
    assert Row.objects.filter(act="access.factor_added", actor_id=user.pk).count() == 1
    assert user.notices.filter(event="security.factor_added").count() == 1


def test_changing_security_asks_who_has_a_factor_for_it_and_not_for_the_password(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    sign_in(client)
    enter_code(client, make.app_code(timezone.now()))
    for name in ["mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "account_change_password"]:
        answer = client.get(reverse(name))
        assert answer.url.startswith(reverse("mfa_reauthenticate")), name
    answer = client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    clock.shift(30)
    client.post(reverse("mfa_reauthenticate"), {"code": make.app_code(timezone.now())})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert Row.objects.filter(act="access.factor_removed").count() == 1


def test_recovery_codes_are_made_shown_and_the_old_ones_stop(client, clock):
    user = make.customer().user
    make.enrol_app(user)
    old = make.recovery_codes(user)
    sign_in(client)
    enter_code(client, make.app_code(timezone.now()))
    clock.shift(30)
    client.post(reverse("mfa_reauthenticate"), {"code": make.app_code(timezone.now())})
    answer = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    new = answer.context["unused_codes"]
    assert len(new) == 10
    assert not set(old) & set(new)
    assert f"{new[0][:5]} {new[0][5:]}" in answer.content.decode()
    assert factors.verify_code(user=user, code=old[0], now=timezone.now()).device is None
    assert Row.objects.filter(act="access.recovery_codes_made").count() == 1
    saved = client.get(reverse("mfa_download_recovery_codes"))
    assert f"{new[9][:5]} {new[9][5:]}" in saved.content.decode()


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, clock):
    user = make.customer().user
    other = type(client)()
    sign_in(other)
    theirs = other.session.session_key
    sign_in(client)
    client.post(reverse("account_change_password"), {"oldpassword": make.PASSWORD, "password1": "a quite new phrase"})
    assert not UserSession.objects.filter(session_key=theirs).exists()
    assert client.get(reverse("security")).status_code == 200
    assert other.get(reverse("security")).status_code == 302
    assert user.notices.filter(event="security.password_changed").count() == 1
    assert Row.objects.filter(act="access.password_changed").count() == 1


def test_another_persons_passkey_does_not_exist(client, clock):
    other = make.person("other@example.com")
    passkey = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    make.customer()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    for name in ["mfa_remove_webauthn", "mfa_edit_webauthn"]:
        assert client.get(reverse(name, args=[passkey.device.public_id])).status_code == 404
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "1",
        "null",
        "{}",
        '{"id": 1}',
        '{"response": []}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA","userHandle":"Mg"}}',
    ],
)
def test_whatever_is_posted_as_a_passkey_gets_a_sentence(client, clock, credential):
    make.customer()
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


# ── the demo bank ────────────────────────────────────────────────────────────


def test_the_demo_bank_shows_codes_and_no_other_bank_does(client, clock, settings):
    from django.core.management import CommandError, call_command

    from accounts.access import demo

    user = make.customer().user
    settings.DEMO = True
    demo.enrol_totp(user, make.SECRET)
    demo.enrol_totp(user, make.SECRET)
    assert demo.codes_now(now=timezone.now()) == {user.email: make.app_code(timezone.now())}
    settings.DEMO = False
    assert client.get(reverse("demo")).status_code == 404
    with pytest.raises(demo.NotADemo):
        demo.enrol_totp(user, make.SECRET)
    with pytest.raises(demo.NotADemo):
        demo.codes_now(now=timezone.now())
    with pytest.raises(CommandError):
        call_command("demo_code", user.email)


def test_the_demo_command_prints_the_present_code(clock, settings, capsys):
    from django.core.management import CommandError, call_command

    from accounts.access import demo

    settings.DEMO = True
    demo.enrol_totp(make.customer().user, make.SECRET)
    call_command("demo_code", "LIN@example.com")
    assert capsys.readouterr().out.strip() == make.app_code(timezone.now())
    with pytest.raises(CommandError):
        call_command("demo_code", "nobody@example.com")

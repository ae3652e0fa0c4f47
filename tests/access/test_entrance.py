"""Registering, signing in, making a new password."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.urls import reverse

from accounts.access import services
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox.models import FactRecord as Fact
from tests.factories import access as make

pytestmark = pytest.mark.django_db
NEW = {"contact": "new@example.com", "password1": "seven herons over the paddy", "language": "en"}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), {**NEW, **changes})


def sign_in(client, email="lin@example.com", password=make.PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def confirm(client, code):
    return client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": code})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_somebody_registers_with_a_code_by_mail_and_is_a_customer_from_then_on(client, clock, mailed_code):
    answer = sign_up(client)
    assert answer.url == reverse("account_email_verification_sent")
    user = User.objects.get(email="new@example.com")
    customer = Customer.objects.get(user=user)
    assert (customer.standing, user.language) == ("new", "en")
    assert not signed_in(client)
    assert b"new@example.com" in client.get(answer.url).content
    confirm(client, " ".join(mailed_code()))
    assert signed_in(client)
    assert EmailAddress.objects.get(user=user).verified
    rows = Row.objects.filter(subject=f"accounts.user:{user.public_id}").order_by("id")
    assert list(rows.values_list("act", flat=True)) == [
        "access.registered",
        "access.signed_in",
    ]
    assert Fact.objects.get(kind="accounts.registered").payload == {"customer": str(customer.public_id)}


def test_registering_stands_as_a_whole_or_not_at_all(now, monkeypatch):
    def fail(**_):
        raise RuntimeError("the outbox is broken")

    monkeypatch.setattr(services.outbox, "record", fail)
    with pytest.raises(RuntimeError):
        services.register(email="new@example.com", password="x" * 20, language="en", now=now)
    assert not User.objects.exists()
    assert not Customer.objects.exists()
    assert not Row.objects.filter(act__startswith="access.").exists()


def test_without_the_code_nobody_gets_in(client, clock, mailed_code):
    sign_up(client)
    answer = sign_in(client, "new@example.com", NEW["password1"])
    assert answer.url == reverse("account_email_verification_sent")
    assert not signed_in(client)


def test_a_code_by_mail_is_good_for_ten_minutes(client, clock, mailed_code):
    sign_up(client)
    clock.shift(601)
    confirm(client, mailed_code())
    assert not signed_in(client)


def test_a_code_works_in_the_session_that_asked_for_it_only(client, clock, mailed_code):
    sign_up(client)
    code = mailed_code()
    other = type(client)()
    confirm(other, code)
    assert not signed_in(other)
    confirm(client, code)
    assert signed_in(client)


def test_a_new_code_voids_the_one_before_and_does_not_set_the_tries_back(client, clock, mailed_code):
    sign_up(client)
    first = mailed_code()
    wrong = "000000" if first != "000000" else "000001"
    for _ in range(3):
        confirm(client, wrong)
    clock.shift(61)
    client.post(reverse("account_email_verification_sent"), {"action": "resend"})
    second = mailed_code()
    assert len(mail.outbox) == 2
    if first != second:
        confirm(client, first)
    confirm(client, wrong)
    confirm(client, second)  # the sixth try of this person for this purpose
    assert not signed_in(client)


def test_tries_are_counted_per_person_across_sessions(client, clock, mailed_code):
    """Signing in again gives a new code and a new session, but not new tries."""
    sign_up(client)
    for _ in range(5):
        confirm(client, "000000")
    clock.shift(61)
    other = type(client)()
    sign_in(other, "new@example.com", NEW["password1"])
    code = mailed_code()
    answer = confirm(other, code)
    assert "Too many wrong codes" in answer.content.decode()
    assert not signed_in(other)
    clock.shift(601)
    third = type(client)()
    sign_in(third, "new@example.com", NEW["password1"])
    confirm(third, mailed_code())
    assert signed_in(third)


def test_the_code_is_nowhere_in_the_database_in_the_clear(client, clock, mailed_code):
    from django.contrib.sessions.models import Session
    from django.core import signing

    sign_up(client)
    raw = Session.objects.get().session_data
    sealed = signing.b64_decode(raw.split(":")[0].lstrip(".").encode())
    assert mailed_code().encode() not in sealed
    assert b"new@example.com" not in sealed


@pytest.mark.parametrize(
    "password",
    ["short", "lanternbank2026", "明灯银行-密码-2026!", "neu@example.com", "passwordpassword", "1qaz2wsx3edc"],
)
def test_a_weak_password_is_refused_in_words_and_nobody_is_registered(client, clock, password):
    answer = sign_up(client, password1=password)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="error-summary-title"' in page
    assert password not in page
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["x" * 3 + " 长城外古道边芳草碧连天 " + "é" * 100, "correct horse battery staple"])
def test_long_passphrases_in_any_script_work_and_nothing_is_cut_off(client, clock, mailed_code, password):
    sign_up(client, password1=password)
    confirm(client, mailed_code())
    assert signed_in(client)
    other = type(client)()
    sign_in(other, "new@example.com", password[:72] if len(password) > 72 else password[:-1])
    assert not signed_in(other)
    sign_in(other, "new@example.com", password)
    assert signed_in(other)


def test_what_was_typed_stays_when_the_form_comes_back(client, clock):
    page = sign_up(client, password1="short", language="zh-hans").content.decode()
    assert 'value="new@example.com"' in page
    assert re.search(r'value="zh-hans"[^>]*checked', page)


def test_signing_in_leads_back_to_the_own_host_only(client, clock):
    make.customer()
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ]:
        answer = sign_in(type(client)(), next=target)
        assert "evil" not in answer.url
        assert answer.url == reverse("home")
    assert sign_in(client, next="/security/?x=1").url == "/security/?x=1"


def test_signing_in_gives_a_new_session_and_the_old_one_is_dead(client, clock):
    """Nobody can plant a session and wait for its owner to sign in."""
    make.customer()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before
    thief = type(client)()
    thief.cookies["sessionid"] = before
    assert thief.get(reverse("security")).status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(client, clock):
    make.customer()
    sign_in(client)
    key = client.session.session_key
    client.get(reverse("account_logout"))
    assert signed_in(client)
    answer = client.post(reverse("account_logout"))
    assert "cache" in answer["Clear-Site-Data"]
    thief = type(client)()
    thief.cookies["sessionid"] = key
    assert thief.get(reverse("security")).status_code == 302
    assert Row.objects.filter(act="access.session_ended", reason="signed out").count() == 1


def test_a_new_password_by_code_ends_every_session_tells_the_person_and_skips_no_factor(client, clock, mailed_code):
    user = make.customer().user
    make.enrol_app(user)
    elsewhere = type(client)()
    sign_in(elsewhere)
    elsewhere.post(reverse("mfa_authenticate"), {"code": make.app_code(clock_now())})
    assert signed_in(elsewhere)
    client.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code()})
    client.post(reverse("account_complete_password_reset"), {"password1": "a quite different phrase"})
    assert elsewhere.get(reverse("security")).status_code == 302
    assert not signed_in(client)
    sign_in(client, password="a quite different phrase")
    assert not signed_in(client)  # the second step is still asked for
    assert Row.objects.filter(act="access.password_reset").count() == 1
    assert user.notices.get().event == "security.password_reset"


def clock_now():
    from django.utils import timezone

    return timezone.now()


def test_a_reset_code_works_once_and_tries_are_counted_across_sessions(client, clock, mailed_code):
    make.customer()
    client.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    for _ in range(4):
        client.post(reverse("account_confirm_password_reset_code"), {"code": "000000"})
    clock.shift(61)
    other = type(client)()
    other.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    other.post(reverse("account_confirm_password_reset_code"), {"code": "000000"})
    answer = other.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code()})
    assert "Too many wrong codes" in answer.content.decode()
    assert other.get(reverse("account_complete_password_reset")).status_code == 302


def test_after_five_wrong_passwords_even_the_right_one_waits_from_any_address(client, clock):
    make.customer()
    for number in range(5):
        answer = client.post(
            reverse("account_login"),
            {"login": "lin@example.com", "password": "wrong"},
            REMOTE_ADDR=f"198.51.100.{number}",
        )
        assert answer.status_code == 200
    other = type(client)()
    answer = other.post(
        reverse("account_login"),
        {"login": "LIN@example.com ", "password": make.PASSWORD},
        REMOTE_ADDR="203.0.113.9",
        HTTP_HOST="localhost",
    )
    assert "Too many wrong tries" in answer.content.decode()
    clock.shift(31)
    sign_in(other)
    assert signed_in(other)


def test_wrong_passwords_of_one_person_do_not_lock_out_another(client, clock):
    make.customer()
    make.customer("wang@example.com")
    for _ in range(6):
        sign_in(client, password="wrong")
    sign_in(client, "wang@example.com")
    assert signed_in(client)


def test_asking_too_often_answers_when_to_come_back(client, clock):
    make.customer()
    client.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    answer = client.post(reverse("account_reset_password"), {"contact": "lin@example.com"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_a_mail_server_that_does_not_answer_is_said_plainly(client, clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    answer = sign_up(client)
    assert answer.status_code == 503
    assert "We could not send the e-mail" in answer.content.decode()


def test_a_wrong_password_leaves_a_row_that_does_not_name_the_address(client, clock):
    make.customer()
    sign_in(client, password="wrong")
    row = Row.objects.get(act="access.sign_in_failed")
    assert "lin@example.com" not in f"{row.subject}{row.actor_label}{row.after}"


@pytest.mark.parametrize(
    "name",
    ["account_email", "mfa_index", "mfa_list_webauthn"],
)
def test_what_is_not_offered_leads_to_the_security_page(client, clock, name):
    make.customer()
    sign_in(client)
    assert client.get(reverse(name)).url == reverse("security")


def test_a_sign_in_with_a_new_device_is_told_and_a_known_one_is_not(client, clock):
    user = make.customer().user
    sign_in(client)  # the first of all
    client.post(reverse("account_logout"))
    sign_in(client)
    assert not user.notices.exists()
    phone = type(client)(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36")
    sign_in(phone)
    notice = user.notices.get()
    assert notice.event == "security.new_device"
    assert "Chrome on Android" in str(notice.texts)
    phone.post(reverse("account_logout"))
    sign_in(phone)
    assert user.notices.count() == 1
    assert phone.cookies["device"]["httponly"]
    from accounts.access.models import KnownDevice

    assert phone.cookies["device"].value not in str(list(KnownDevice.objects.values()))


def test_one_persons_device_is_not_known_for_another(client, clock):
    make.customer()
    wang = make.customer("wang@example.com").user
    sign_in(client)
    sign_in(type(client)(), "wang@example.com")
    client.post(reverse("account_logout"))
    sign_in(client, "wang@example.com")
    assert wang.notices.get().event == "security.new_device"


def test_without_the_count_of_tries_nobody_signs_in_and_a_sentence_says_so(client, clock, settings):
    make.customer()
    sign_in(client)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    other = type(client)()
    answer = sign_in(other)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "your money is where it was" in answer.content.decode()
    assert client.get(reverse("security")).status_code == 200  # who is signed in goes on


def test_an_older_hash_of_a_password_is_renewed_by_the_next_sign_in(client, clock, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    user = make.customer().user
    user.password = make_password(make.PASSWORD, hasher="pbkdf2_sha256")
    user.save(update_fields=["password"])
    sign_in(client)
    assert signed_in(client)
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")
    client.post(reverse("account_logout"))
    sign_in(client)
    assert signed_in(client)

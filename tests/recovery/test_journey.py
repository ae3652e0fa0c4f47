"""“I lost my phone and my recovery codes”: the password, who one is, people, a wait, and a way to stop it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import KnownDevice
from accounts.inbox.models import Dispatch
from accounts.models import Customer, PastContact
from accounts.recovery import notices, queries, services
from accounts.recovery.models import Recovery
from core import policy
from core.audit.models import Row
from core.reviews import errors
from core.reviews.models import Case
from tests.factories import access as make
from tests.factories import outbox
from tests.factories import policy as figures
from tests.recovery.conftest import ask, decide, drain, evidence, new_app, to_second_step

pytestmark = pytest.mark.django_db
WAIT = 72 * 3600


def factors(user):
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def elsewhere(user):
    """The owner, signed in on another device with both steps."""
    client = Client()
    to_second_step(client)
    client.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})
    assert client.get(reverse("security")).status_code == 200
    return client


def test_a_person_who_lost_everything_gets_back_in_after_people_and_the_wait(client, lin, clock, reviewer, approver):
    before = set(Authenticator.objects.filter(user=lin).values_list("pk", flat=True))
    ask(client)
    assert Recovery.objects.get().state == "sent"
    decide([reviewer, approver])  # from a browser never seen: two people
    assert Recovery.objects.get().state == "approved"
    assert new_app(client).status == 302  # approved, but the wait is not over
    clock.shift(WAIT + 1)
    again = Client()
    to_second_step(again)
    again.post(reverse("recover_begin"))
    assert "Set up the new second step" in again.get(reverse("recover_status")).content.decode()
    app = new_app(again)
    answer = again.post(reverse("recover_factor"), {"code": make.app_code(timezone.now(), app.secret)})
    assert answer.url == reverse("recover_done")
    assert "_auth_user_id" not in again.session  # nobody is signed in by this
    assert factors(lin) == ["recovery_codes", "totp"]
    assert not before & set(Authenticator.objects.filter(user=lin).values_list("pk", flat=True))
    clock.shift(30)
    to_second_step(again)
    again.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now())})
    assert "_auth_user_id" not in again.session  # the lost app opens nothing any more
    again.post(reverse("mfa_authenticate"), {"code": make.app_code(timezone.now(), app.secret)})
    assert "_auth_user_id" in again.session
    acts = Row.objects.filter(act__startswith="recovery.").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["recovery.begun", "recovery.sent", "recovery.approved", "recovery.done"]


def test_nothing_old_works_the_moment_the_new_step_stands(client, lin, clock, reviewer, approver):
    ask(client)
    decide([reviewer, approver])
    clock.shift(WAIT + 1)
    open_ones = [elsewhere(lin)]
    clock.shift(31)  # another code of the app
    open_ones.append(elsewhere(lin))
    assert KnownDevice.objects.filter(user=lin).exists()
    client = Client()
    to_second_step(client)
    client.post(reverse("recover_begin"))
    app = new_app(client)
    code = make.app_code(timezone.now(), app.secret)
    assert [one.get(reverse("security")).status_code for one in open_ones] == [200, 200]
    client.post(reverse("recover_factor"), {"code": code})
    assert [one.get(reverse("security")).status_code for one in open_ones] == [302, 302]
    assert not UserSession.objects.filter(user=lin).exists()
    assert not KnownDevice.objects.filter(user=lin).exists()
    to_second_step(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" not in client.session  # the code that set it up is used up


@pytest.mark.parametrize("page", ["recover_evidence", "recover_check", "recover_status", "recover_factor"])
def test_without_the_password_no_page_of_it_opens(client, lin, page):
    assert client.get(reverse(page)).url == reverse("recover")
    assert client.post(reverse("recover_begin")).url == reverse("account_login")
    to_second_step(client, password="not this one at all")
    assert client.post(reverse("recover_begin")).url == reverse("account_login")
    assert not Recovery.objects.exists()


def test_the_pages_say_the_same_whoever_is_named(client, lin, clock):
    """Nobody can learn here whether somebody banks here, has a second step, or has asked."""
    seen = set()
    for email in ("lin@example.com", "nobody@example.com"):
        visitor = Client()
        to_second_step(visitor, email, "not this one at all")
        page = visitor.get(reverse("recover"))
        answer = visitor.post(reverse("recover_begin"))
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
        seen.add((page.status_code, body, answer.status_code, answer.url))
    assert len(seen) == 1


def test_the_proof_of_the_password_lasts_an_hour_and_dies_with_the_password(client, lin, clock):
    to_second_step(client)
    client.post(reverse("recover_begin"))
    assert client.get(reverse("recover_evidence")).status_code == 200
    assert client.get(reverse("security")).status_code == 302  # it opens nothing else
    clock.shift(3601)
    assert client.get(reverse("recover_evidence")).url == reverse("recover")
    to_second_step(client)
    client.post(reverse("recover_begin"))
    lin.set_password("another phrase altogether")
    lin.save()
    assert client.get(reverse("recover_evidence")).url == reverse("recover")


def test_a_new_password_by_code_leads_to_the_second_step_and_from_there_to_the_request(client, lin, clock, monkeypatch):
    from accounts.access import sentcodes

    monkeypatch.setattr(sentcodes.secrets, "randbelow", lambda _: 271828)
    client.post(reverse("account_reset_password"), {"contact": "138 0001 2345"})
    client.post(reverse("account_confirm_password_reset_code"), {"code": "271828"})
    client.post(reverse("account_complete_password_reset"), {"password1": "quite another phrase"})
    assert "_auth_user_id" not in client.session
    to_second_step(client, password="quite another phrase")
    assert reverse("recover") in client.get(reverse("mfa_authenticate")).content.decode()
    client.post(reverse("recover_begin"))
    assert client.get(reverse("recover_evidence")).status_code == 200


def test_every_place_is_told_at_once_halfway_and_at_the_end_also_the_former_ones(
    client, lin, clock, reviewer, approver
):
    old = make.contacts.email("lin.former@example.com")
    PastContact.objects.create(user=lin, kind="email", sealed=old.seal(), replaced_at=timezone.now())
    ask(client)
    drain()
    told = {letter.to[0] for letter in mail.outbox if "second step" in letter.subject}
    assert told == {"lin@example.com", "lin.former@example.com"}
    assert Dispatch.objects.filter(kind="phone", user=lin).count() == 1
    assert all("/recover/stop/" in letter.body for letter in mail.outbox if "second step" in letter.subject)
    mail.outbox.clear()
    clock.shift(WAIT // 2 - 60)
    assert services.tell_halfway(now=timezone.now()) == 0
    clock.shift(61)
    assert services.tell_halfway(now=timezone.now()) == 1
    assert services.tell_halfway(now=timezone.now()) == 0  # once
    drain()
    assert {letter.to[0] for letter in mail.outbox} == {"lin@example.com", "lin.former@example.com"}
    mail.outbox.clear()
    decide([reviewer, approver])
    assert {letter.to[0] for letter in mail.outbox} >= {"lin@example.com", "lin.former@example.com"}
    events = set(lin.notices.values_list("event", flat=True))
    assert events >= {"security.recovery_begun", "security.recovery_halfway", "security.recovery_approved"}


def test_looking_at_the_link_changes_nothing_and_pressing_its_button_stops_everything(client, lin, clock):
    owner = elsewhere(lin)
    ask(client)
    link = reverse("recover_stop", args=[notices.stop_token(Recovery.objects.get())])
    visitor = Client()
    assert visitor.get(link).status_code == 200
    assert Recovery.objects.get().state == "sent"
    visitor.post(link)
    assert Recovery.objects.get().state == "stopped"
    assert Case.objects.get(subject="recovery").state == "withdrawn"
    assert factors(lin) == ["recovery_codes", "totp"]
    assert client.get(reverse("recover_status")).url == reverse("recover")  # the thief's page is dead
    to_second_step(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 302  # and so is the password
    assert owner.get(reverse("security")).status_code == 302
    drain()
    assert any("was stopped" in letter.subject for letter in mail.outbox)
    visitor.post(link)  # again
    assert Row.objects.filter(act="recovery.stopped").count() == 1


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ":" + "a" * 43])
def test_a_made_up_link_is_no_page(client, lin, token):
    assert client.get(reverse("recover_stop", args=[token])).status_code == 404
    assert client.post(reverse("recover_stop", args=[token])).status_code == 404


def test_a_link_signed_for_something_else_is_no_page(client, lin, clock):
    from django.core import signing

    ask(client)
    other = signing.Signer(salt="another purpose").sign(Recovery.objects.get().public_id.hex)
    assert client.post(reverse("recover_stop", args=[other])).status_code == 404
    assert Recovery.objects.get().state == "sent"


def test_the_owner_stops_it_from_a_session_and_stays_signed_in_there(client, lin, clock):
    owner = elsewhere(lin)
    ask(client)
    assert "Somebody asked for it with your password" in owner.get(reverse("recovery_own")).content.decode()
    owner.post(reverse("recovery_own"), {"why": "not_me"})
    lin.refresh_from_db()
    assert not lin.has_usable_password()
    assert Recovery.objects.get().state == "stopped"


def test_somebody_who_found_the_phone_withdraws_and_keeps_the_password(client, lin, clock):
    ask(client)
    client.post(reverse("recover_withdraw"))
    lin.refresh_from_db()
    assert lin.has_usable_password()
    assert (Recovery.objects.get().state, Recovery.objects.get().ended_how) == ("stopped", "requester")


@pytest.mark.parametrize("approved", [False, True])
def test_after_it_was_stopped_neither_approval_nor_waiting_helps(client, lin, clock, reviewer, approver, approved):
    ask(client)
    if approved:
        decide([reviewer, approver])
    found = Recovery.objects.get()
    services.stop(
        recovery=found, ending=services.Ending(how="notice", not_me=True), keep_session=None, now=timezone.now()
    )
    if not approved:
        with pytest.raises(errors.Refused):
            decide([reviewer])
    clock.shift(WAIT + 1)
    with pytest.raises(services.NothingToChange):
        services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())
    assert factors(lin) == ["recovery_codes", "totp"]


def test_the_wait_cannot_be_skipped_by_any_way_in(client, lin, clock, reviewer, approver):
    ask(client)
    decide([reviewer, approver])
    clock.shift(WAIT - 60)
    with pytest.raises(services.NotYet):
        services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())
    assert client.post(reverse("recover_factor"), {"code": "123456"}).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.update(state="done", ended_at=timezone.now())
    assert factors(lin) == ["recovery_codes", "totp"]


def test_somebody_who_may_not_sign_in_gets_no_new_step_either(client, lin, clock, reviewer, approver):
    ask(client)
    decide([reviewer, approver])
    clock.shift(WAIT + 1)
    lin.is_active = False
    lin.save()
    assert client.get(reverse("recover_status")).url == reverse("recover")
    with pytest.raises(services.NotYet):
        services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())
    assert factors(lin) == ["recovery_codes", "totp"]


def test_without_the_desk_no_wait_is_long_enough(client, lin, clock):
    ask(client)
    clock.shift(WAIT * 2)
    with pytest.raises(services.NotYet):
        services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.update(state="approved")


def test_a_number_that_is_not_the_verified_one_cannot_be_approved(client, lin, clock, reviewer):
    ask(client, number="110101199003074514")
    check = Case.objects.get(subject="recovery").checks.get(name="number")
    assert check.outcome == "fail"
    with pytest.raises(errors.CheckFailed):
        decide([reviewer])
    assert Recovery.objects.get().state == "sent"


def test_a_known_device_takes_one_pair_of_eyes_a_strange_one_two(client, lin, clock, reviewer):
    owner = elsewhere(lin)
    owner.post(reverse("account_logout"))
    ask(owner)
    assert Recovery.objects.get().from_known_device
    decide([reviewer])
    assert Recovery.objects.get().state == "approved"


def test_nobody_decides_their_own_request(client, lin, clock, reviewer):
    from django.contrib.auth.models import Group

    ask(client)
    lin.is_staff = True
    lin.save()
    lin.groups.set([Group.objects.get(name="reviewer")])
    with pytest.raises(errors.OwnCase):
        decide([lin])


def test_a_refusal_names_its_reason_and_leaves_everything_as_it_was(client, lin, clock, reviewer):
    ask(client)
    decide([reviewer], "decline")
    assert Recovery.objects.get().state == "declined"
    assert "could not recognise you" in client.get(reverse("recover_status")).content.decode()
    assert any("could not recognise you" in letter.body for letter in mail.outbox)
    assert factors(lin) == ["recovery_codes", "totp"]


def test_a_handler_that_is_called_twice_tells_once(client, lin, clock, reviewer, approver):
    from accounts.recovery import handlers

    ask(client)
    decide([reviewer, approver])
    handlers.settle(outbox.newest("reviews.decided", now=timezone.now()))
    assert lin.notices.filter(event="security.recovery_approved").count() == 1


def test_requests_are_few_a_month(client, lin, clock):
    for _ in range(3):
        ask(client)
        client.post(reverse("recover_withdraw"))
    to_second_step(client)
    assert "Not once more this month" in client.post(reverse("recover_begin")).content.decode()
    assert Recovery.objects.count() == 3


def test_staff_get_a_second_step_in_person_only(client, clock, db):
    make.enrol_app(make.person("staff@example.com", staff=True))
    to_second_step(client, "staff@example.com")
    assert "in person" in client.post(reverse("recover_begin")).content.decode()
    assert not Recovery.objects.exists()


def test_afterwards_only_small_sums_leave_for_a_while(client, lin, clock, reviewer, approver):
    customer = Customer.objects.get(user=lin)
    assert queries.daily_most(customer=customer, currency="CNY", now=timezone.now()) is None
    ask(client)
    decide([reviewer, approver])
    clock.shift(WAIT + 1)
    services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())
    customer.refresh_from_db()
    assert queries.daily_most(customer=customer, currency="CNY", now=timezone.now()) == 500_000
    assert queries.daily_most(customer=customer, currency="EUR", now=timezone.now()) == 0
    clock.shift(WAIT + 1)
    assert queries.daily_most(customer=customer, currency="CNY", now=timezone.now()) is None


def test_the_wait_is_the_policys_and_frozen_when_it_was_asked(client, lin, clock, reviewer, approver):
    figures.add_figure("recovery.waiting_hours", "24", now=timezone.now())
    try:
        ask(client)
        found = Recovery.objects.get()
        assert (found.ready_at - found.sent_at).total_seconds() == 24 * 3600
    finally:
        policy.forget()


def test_what_nobody_used_in_time_lapses(client, lin, clock, reviewer, approver):
    ask(client)
    decide([reviewer, approver])
    clock.shift(WAIT + 14 * 86400 + 1)
    assert services.lapse(now=timezone.now()) == 1
    assert services.lapse(now=timezone.now()) == 0
    assert Recovery.objects.get().state == "lapsed"
    with pytest.raises(services.NothingToChange):
        services.finish(user=lin, secret=make.SECRET, step=1, now=timezone.now())


def test_a_draft_of_yesterday_is_forgotten_with_its_photos(
    client, lin, clock, settings, django_capture_on_commit_callbacks
):
    to_second_step(client)
    client.post(reverse("recover_begin"))
    client.post(reverse("recover_evidence"), evidence())

    def files():
        return len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()])

    assert files() == 5
    clock.shift(86401)
    with django_capture_on_commit_callbacks(execute=True):
        services.lapse(now=timezone.now())
    assert not Recovery.objects.exists()
    assert files() == 3  # those of the enrolment


def test_what_was_given_is_sealed_and_no_other_person_sees_it(client, lin, clock):
    from django.db import connection

    to_second_step(client)
    client.post(reverse("recover_begin"))
    client.post(reverse("recover_evidence"), evidence())
    assert client.get(reverse("recover_photo", args=["selfie"])).status_code == 200
    assert Client().get(reverse("recover_photo", args=["selfie"])).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM recovery_recovery r")
        row = cursor.fetchone()[0]
    from tests.factories.identity import PERSON

    assert PERSON.number not in row
    assert PERSON.number.encode().hex() not in row


def test_what_is_missing_is_asked_again_and_what_is_in_order_is_kept(client, lin, clock):
    to_second_step(client)
    client.post(reverse("recover_begin"))
    given = evidence()
    del given["selfie"]
    page = client.post(reverse("recover_evidence"), given).content.decode()
    assert "Choose the photo of your face" in page
    answer = client.post(reverse("recover_evidence"), {"number": "", "selfie": evidence()["selfie"]})
    assert answer.url == reverse("recover_check")
    assert client.post(reverse("recover_check"), {}).status_code == 200  # consent is asked for
    assert Recovery.objects.get().state == "draft"

"""A colleague comes in by one link, sets up a second factor first, is away, leaves; a manager confirms who may what."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.staff import errors, queries, services
from accounts.staff.models import AccessReview, Departure, Invitation
from core.audit.models import Row
from core.changes.models import Change
from core.outbox import relay
from core.outbox.models import FactRecord
from core.reviews import services as desk
from core.reviews.models import Case
from tests.factories import access
from tests.factories import changes as make
from tests.factories import identity as desk_make

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "nine slow boats past the old bridge"
NEW = {"email": "Wei@Bank.example", "full_name": "何伟", "employee_number": " lb2001 ", "reason": "new at the counter"}


def invited(actor: User, now: datetime, *roles: str) -> Invitation:
    return services.invite(**{**NEW, "roles": roles}, actor=actor, now=now)


def link(now: datetime) -> str:
    """Let the worker mail, and read the link out of the last letter."""
    relay.drain(now=now + timedelta(seconds=1))
    found = re.search(r"http\S+(/staff/welcome/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


class TestComingIn:
    def test_from_the_mail_to_the_second_factor(self, administrator: User, client: Client, now: datetime) -> None:
        invited(administrator, now)
        address = link(now)
        assert mail.outbox[-1].to == ["wei@bank.example"]
        page = client.get(address, follow=True)
        assert "何伟" in page.content.decode()
        assert address.split("/")[-2] not in page.request["PATH_INFO"]  # the token has left the address
        answer = client.post(reverse("staff_join"), {"password": PASSWORD})
        assert answer.url == reverse("account_login")
        user = User.objects.get(email="wei@bank.example")
        assert (user.is_active, user.is_staff, user.employee_number) == (True, True, "LB2001")
        assert user.check_password(PASSWORD)
        client.force_login(user)
        for name in ("home", "inbox", "admin:index", "me"):
            assert client.get(reverse(name)).url.startswith(reverse("security") + "?next=")
        assert client.get(reverse("security")).status_code == 200
        access.enrol_app(user)
        assert client.get(reverse("home")).status_code == 200

    def test_the_link_opens_once(self, administrator: User, client: Client, now: datetime) -> None:
        invited(administrator, now)
        token = link(now).split("/")[-2]
        services.accept(token=token, password=PASSWORD, language="en", now=now)
        with pytest.raises(errors.LinkDead):
            services.accept(token=token, password="another one of twelve", language="en", now=now)
        client.get(reverse("staff_welcome", args=[token]))
        answer = client.get(reverse("staff_join"))
        assert answer.status_code == 410
        assert User.objects.get(email="wei@bank.example").check_password(PASSWORD)

    def test_the_link_expires_by_the_policy_figure(self, administrator: User, now: datetime) -> None:
        invitation = invited(administrator, now)
        token = link(now).split("/")[-2]
        assert invitation.expires_at == now + timedelta(hours=72)
        services.opened_by(token=token, now=now + timedelta(hours=72, seconds=-1))
        with pytest.raises(errors.LinkDead):
            services.accept(token=token, password=PASSWORD, language="en", now=now + timedelta(hours=72))
        assert not User.objects.get(email="wei@bank.example").is_active

    def test_a_new_link_makes_the_former_one_worthless(self, administrator: User, now: datetime) -> None:
        invitation = invited(administrator, now)
        old = link(now).split("/")[-2]
        services.invite_again(public_id=invitation.user.public_id, actor=administrator, now=now)
        new = link(now).split("/")[-2]
        with pytest.raises(errors.LinkDead):
            services.opened_by(token=old, now=now)
        assert services.opened_by(token=new, now=now).user == invitation.user

    def test_no_copy_of_the_link_lies_in_the_database(self, administrator: User, now: datetime) -> None:
        invitation = invited(administrator, now)
        token = link(now).split("/")[-2]
        assert len(token) >= 40  # 256 bits
        invitation.refresh_from_db()
        kept = [invitation.token_digest, *map(str, FactRecord.objects.values_list("payload", flat=True))]
        assert all(token not in str(text) for text in kept)
        assert token not in str(list(Row.objects.values_list("after", "before", "reason")))

    @pytest.mark.parametrize("token", ["x", "", "a" * 43, "../../admin"])
    def test_a_made_up_link_opens_nothing(self, token: str, administrator: User, now: datetime) -> None:
        invited(administrator, now)
        link(now)
        with pytest.raises(errors.LinkDead):
            services.accept(token=token, password=PASSWORD, language="en", now=now)

    def test_the_account_is_shut_until_then(self, administrator: User, client: Client, now: datetime) -> None:
        user = invited(administrator, now).user
        assert not user.has_usable_password()
        assert not client.login(email=user.email, password="")

    def test_roles_wait_for_other_people(self, administrator: User, approver: User, now: datetime) -> None:
        user = invited(administrator, now, "teller").user
        assert list(user.groups.all()) == []
        change = Change.objects.get()
        assert change.payload == {"user": str(user.public_id), "role": "teller", "act": "give"}
        make.decide(change, approver, now=now)
        make.settle(change, now=now)
        assert [group.name for group in user.groups.all()] == ["teller"]

    def test_a_weak_password_is_refused_and_the_link_stays(
        self, administrator: User, client: Client, now: datetime
    ) -> None:
        invited(administrator, now)
        client.get(link(now))
        answer = client.post(reverse("staff_join"), {"password": "short"})
        assert answer.status_code == 200
        assert "12" in answer.content.decode()
        assert client.post(reverse("staff_join"), {"password": PASSWORD}).status_code == 302

    @pytest.mark.parametrize("number", ["LB2001", "lb2001", "ｌｂ２００１"])
    def test_one_person_has_one_account(self, number: str, administrator: User, now: datetime) -> None:
        invited(administrator, now)
        again = {**NEW, "email": "other@bank.example", "employee_number": number, "roles": ()}
        with pytest.raises(errors.NumberTaken):
            services.invite(**again, actor=administrator, now=now)
        assert not User.objects.filter(email="other@bank.example").exists()

    def test_nobody_is_invited_to_an_address_in_use(self, administrator: User, now: datetime) -> None:
        desk_make.make_customer(now=now)
        taken = User.objects.filter(is_staff=False).get().email
        with pytest.raises(errors.EmailTaken):
            services.invite(**{**NEW, "email": taken, "roles": ()}, actor=administrator, now=now)
        assert not Invitation.objects.exists()

    def test_the_page_invites_and_only_an_administrator_has_it(
        self, administrator: User, approver: User, client: Client, now: datetime
    ) -> None:
        desk_make.enter(client, approver)
        assert client.get(reverse("admin:staff_invite")).status_code == 404
        desk_make.enter(client, administrator)
        answer = client.post(reverse("admin:staff_invite"), {**NEW, "roles": ["teller"], "is_superuser": "on"})
        user = User.objects.get(email="wei@bank.example")
        assert answer.url == reverse("admin:staff_colleague", args=[user.public_id])
        assert not user.is_superuser
        again = client.post(reverse("admin:staff_invite"), NEW)
        assert "One person has one account" in again.content.decode()


class TestBeingAway:
    def test_the_desk_gives_nobody_who_is_away_a_case(self, manager: User, approver: User, now: datetime) -> None:
        today = now.date()
        services.enter_leave(
            public_id=approver.public_id, starts_on=today, ends_on=today, deputy=None, actor=manager, now=now
        )
        people = [approver.pk, manager.pk]
        assert queries.absent(people, now=now) == {approver.pk}
        assert queries.absent(people, now=now + timedelta(days=1)) == frozenset()
        make.ask("policy.figure", make.figure(since=today), by=make.staff("risk_officer"), now=now)
        desk.assign(now=now)
        assert Case.objects.get().assignee_id != approver.pk

    def test_an_absence_that_is_taken_back_counts_no_more(self, manager: User, approver: User, now: datetime) -> None:
        today = now.date()
        leave = services.enter_leave(
            public_id=approver.public_id, starts_on=today, ends_on=today, deputy=manager, actor=manager, now=now
        )
        for _again in range(2):
            services.cancel_leave(public_id=leave.public_id, actor=manager, now=now)
        assert queries.absent([approver.pk], now=now) == frozenset()
        assert Row.objects.filter(act="staff.leave_cancelled").count() == 1

    @pytest.mark.parametrize(
        ("first", "last", "error"), [(3, 1, errors.WrongDays), (-9, -1, errors.WrongDays), (2, 9, errors.Overlaps)]
    )
    def test_days_that_make_no_sense_are_refused(
        self, first: int, last: int, error: type[Exception], manager: User, approver: User, now: datetime
    ) -> None:
        def enter(since: int, until: int) -> Any:
            return services.enter_leave(
                public_id=approver.public_id, starts_on=now.date() + timedelta(days=since),
                ends_on=now.date() + timedelta(days=until), deputy=None, actor=manager, now=now,
            )  # fmt: skip

        enter(5, 6)
        with pytest.raises(error):
            enter(first, last)
        assert approver.leaves.count() == 1

    def test_nobody_is_their_own_deputy(self, manager: User, approver: User, now: datetime) -> None:
        with pytest.raises(errors.NotOneself):
            services.enter_leave(
                public_id=approver.public_id, starts_on=now.date(), ends_on=now.date(), deputy=approver, actor=manager,
                now=now,
            )  # fmt: skip

    def test_the_page_hands_the_desk_to_the_deputy(
        self, manager: User, approver: User, risk: User, client: Client, now: datetime
    ) -> None:
        change = make.ask("policy.figure", make.figure(since=now.date()), by=make.staff("risk_officer"), now=now)
        case = make.case_of(change)
        desk.claim(public_id=case.public_id, user=approver, now=now)
        desk_make.enter(client, manager)
        day = now.date().isoformat()
        client.post(
            reverse("admin:staff_leave", args=[approver.public_id]),
            {"starts_on": day, "ends_on": day, "deputy": str(risk.public_id)},
        )
        case.refresh_from_db()
        assert (case.holder_id, case.assignee_id) == (None, risk.pk)


class TestLeaving:
    def test_the_door_is_shut_at_once(self, manager: User, administrator: User, client: Client, now: datetime) -> None:
        gone = make.staff("risk_officer", email="gone@bank.example")
        asker = make.staff("risk_officer")
        own = make.ask("policy.figure", make.figure("payee.most", "50", since=now.date()), by=gone, now=now)
        case = make.case_of(make.ask("policy.figure", make.figure(since=now.date()), by=asker, now=now))
        desk.claim(public_id=case.public_id, user=gone, now=now)
        client.post(reverse("account_login"))  # a session of the client's own
        desk_make.enter(client, gone)
        assert client.get(reverse("admin:index")).status_code == 200
        departure = services.end_access(public_id=gone.public_id, reason="resigned", actor=administrator, now=now)
        assert client.get(reverse("admin:index")).status_code == 302
        gone.refresh_from_db()
        assert (gone.is_active, gone.has_usable_password(), list(gone.groups.all())) == (False, False, [])
        case.refresh_from_db()
        assert (case.state, case.holder_id, case.assignee_id) == ("open", None, None)
        own.refresh_from_db()
        assert own.state == Change.State.WITHDRAWN
        assert (departure.cases, departure.roles) == ([case.number], ["risk_officer"])
        row = Row.objects.get(act="staff.left")
        assert (row.actor_id, row.reason) == (administrator.pk, "resigned")

    def test_it_happens_once_and_nobody_shuts_themselves_out(self, administrator: User, now: datetime) -> None:
        with pytest.raises(errors.NotOneself):
            services.end_access(public_id=administrator.public_id, reason="x", actor=administrator, now=now)
        gone = make.staff("reviewer")
        services.end_access(public_id=gone.public_id, reason="x", actor=administrator, now=now)
        with pytest.raises(errors.AlreadyLeft):
            services.end_access(public_id=gone.public_id, reason="x", actor=administrator, now=now)
        assert Departure.objects.count() == 1

    def test_a_number_of_somebody_who_left_is_not_given_again(self, administrator: User, now: datetime) -> None:
        gone = make.staff("reviewer")
        services.end_access(public_id=gone.public_id, reason="x", actor=administrator, now=now)
        with pytest.raises(errors.NumberTaken):
            services.invite(
                **{**NEW, "employee_number": gone.employee_number, "roles": ()}, actor=administrator, now=now
            )

    def test_the_page_asks_first_and_only_two_roles_have_it(
        self, administrator: User, approver: User, client: Client, now: datetime
    ) -> None:
        gone = make.staff("reviewer")
        address = reverse("admin:staff_departure", args=[gone.public_id])
        desk_make.enter(client, approver)
        assert client.post(address, {"reason": "x"}).status_code == 404
        desk_make.enter(client, administrator)
        assert client.get(address).status_code == 200
        gone.refresh_from_db()
        assert gone.is_active
        assert client.post(address, {"reason": "resigned"}).status_code == 302
        gone.refresh_from_db()
        assert not gone.is_active


class TestConfirmingAccess:
    def test_the_list_says_since_when_and_when_it_was_last_used(
        self, administrator: User, approver: User, now: datetime, django_assert_num_queries: Any
    ) -> None:
        target = make.staff("reviewer")
        make.carried_out(
            "staff.role", make.role(target, "service_agent"), by=administrator, approved_by=[approver], now=now
        )
        with django_assert_num_queries(1):
            lines = {(line.employee_number, line.role): line for line in queries.holdings(now=now)}
        assert lines[target.employee_number, "service_agent"].since == now
        assert lines[target.employee_number, "reviewer"].since is None
        assert lines[approver.employee_number, "approver"].last_decision == now
        assert lines[administrator.employee_number, "administrator"].last_act == now
        assert lines[target.employee_number, "reviewer"].last_act is None

    def test_a_manager_confirms_exactly_what_they_read_and_what_is_struck_out_goes_to_others(
        self, manager: User, approver: User, client: Client, now: datetime
    ) -> None:
        target = make.staff("reviewer")
        desk_make.enter(client, manager)
        address = reverse("admin:staff_access")
        page = client.get(address)
        seen = page.context["seen"]
        struck = f"{target.public_id}:reviewer"
        assert client.post(address, {"seen": seen, "take": [struck], "note": "moved on"}).status_code == 302
        review = AccessReview.objects.get()
        assert (review.period, review.confirmed_by_id, review.digest) == ("2026Q4", manager.pk, seen)
        assert [line["kept"] for line in review.lines if line["user"] == str(target.public_id)] == [False]
        change = Change.objects.get()
        assert change.payload == {"user": str(target.public_id), "role": "reviewer", "act": "take"}
        make.decide(change, approver, now=now)
        make.settle(change, now=now)
        assert list(target.groups.all()) == []

    def test_a_list_that_has_changed_since_is_read_again(self, manager: User, client: Client, now: datetime) -> None:
        desk_make.enter(client, manager)
        address = reverse("admin:staff_access")
        seen = client.get(address).context["seen"]
        make.staff("teller")
        answer = client.post(address, {"seen": seen})
        assert "Read it again" in answer.content.decode()
        assert not AccessReview.objects.exists()

    def test_once_a_quarter_and_it_stays_as_it_was(self, manager: User, now: datetime) -> None:
        seen = services.digest_of(queries.holdings(now=now))
        services.confirm_access(seen=seen, take=[], note="", actor=manager, now=now)
        with pytest.raises(errors.AlreadyConfirmed):
            services.confirm_access(seen=seen, take=[], note="", actor=manager, now=now)
        with pytest.raises((IntegrityError, Exception), match="permission denied"), transaction.atomic():
            AccessReview.objects.update(note="rewritten")
        assert not queries.review_overdue(now=now + timedelta(days=91))
        assert queries.review_overdue(now=now + timedelta(days=92))

    def test_an_administrator_reads_the_list_and_does_not_confirm_it(
        self, administrator: User, client: Client, now: datetime
    ) -> None:
        desk_make.enter(client, administrator)
        address = reverse("admin:staff_access")
        seen = client.get(address).context["seen"]
        assert client.post(address, {"seen": seen}).status_code == 403
        assert not AccessReview.objects.exists()


def test_the_list_of_colleagues_costs_the_same_for_one_and_three(
    administrator: User, client: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    desk_make.enter(client, administrator)
    address = reverse("admin:staff_colleague_changelist")
    client.get(address)
    with time_machine.travel(now, tick=False):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as once:
            client.get(address)
        for _more in range(3):
            make.staff("reviewer")
        with CaptureQueriesContext(connection) as thrice:
            client.get(address)
    assert len(once) == len(thrice) <= 15

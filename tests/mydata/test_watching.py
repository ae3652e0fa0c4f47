"""Covered records ask why, and tell; broken glass is loud, short, and leaves a mark on everything."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.inbox.models import Notice
from accounts.models import Customer, User
from accounts.mydata import emergency, looking, protection
from accounts.mydata.models import Emergency, Look, Protection
from core.audit.models import Row
from core.outbox import relay
from core.reviews import services as reviews
from core.reviews.errors import OwnCase
from core.reviews.models import Case
from tests.factories import changes
from tests.factories import identity as desk
from tests.factories import mydata as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The court asks for the file, letter 2026-118"


@pytest.fixture(autouse=True)
def clock(now: datetime, time_machine: Any) -> Any:
    time_machine.move_to(now, tick=False)
    return time_machine


@pytest.fixture
def auditor() -> User:
    return desk.make_staff("auditor@example.com", "auditor")


@pytest.fixture
def reviewer() -> User:
    return desk.make_staff("reviewer@example.com", "reviewer")


def famous(*, now: datetime) -> Customer:
    customer = money.customer("欧阳志远", now=now)
    Protection.objects.create(customer=customer, reason="sings", since=now)
    return customer


def record(customer: Customer) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])


def test_a_protected_record_opens_with_a_reason_alone_and_the_auditors_are_told(
    now: datetime, reviewer: User, auditor: User, clock: Any
) -> None:
    customer = famous(now=now)
    account = money.account(customer, now=now)
    client = desk.enter(Client(), reviewer)
    for url in (record(customer), reverse("admin:accounts_bankaccount_change", args=[account.pk])):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("staff_reason", args=[customer.public_id]))
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert "欧阳志远" not in page.content.decode()
    short = client.post(answer["Location"], {"reason": "because"})
    assert short.status_code == 200
    assert not Look.objects.exists()
    opened = client.post(
        f"{reverse('staff_reason', args=[customer.public_id])}?next={record(customer)}", {"reason": REASON}
    )
    assert opened["Location"] == record(customer)
    assert "欧阳志远" in client.get(record(customer)).content.decode()
    look = Look.objects.get()
    assert (look.staff_id, look.reason, look.ground) == (reviewer.pk, REASON, "reason")
    assert Row.objects.get(act="mydata.covered_record_opened").reason == REASON
    told = Notice.objects.get(event="keeping.looked")
    assert told.user_id == auditor.pk
    assert REASON in told.texts["en"]["body"]
    listed = desk.enter(Client(), auditor).get(reverse("admin:mydata_look_changelist")).content.decode()
    assert REASON in listed
    clock.move_to(now + timedelta(minutes=31), tick=False)
    assert not looking.is_open(customer=customer, staff=reviewer, now=now + timedelta(minutes=30))
    colleague = desk.enter(Client(), desk.make_staff("other@example.com", "reviewer"))
    assert colleague.get(record(customer)).status_code == 302, "one colleague's reason opens nothing for another"


def test_who_holds_a_case_about_the_customer_needs_no_reason_and_stands_on_record(
    now: datetime, reviewer: User, auditor: User
) -> None:
    customer = famous(now=now)
    make.corrected(customer, now=now)
    case = Case.objects.get(subject="correction")
    client = desk.enter(Client(), reviewer)
    assert client.get(record(customer)).status_code == 302
    reviews.claim(public_id=case.public_id, user=reviewer, now=now)
    assert client.get(record(customer)).status_code == 200
    assert Look.objects.get().ground == "task"
    assert Look.objects.get().reason == case.number
    assert not Notice.objects.filter(user=auditor, event="keeping.looked").exists()
    other = famous(now=now)
    assert client.get(record(other)).status_code == 302, "a case about one is no task about another"


def test_whoever_has_left_is_covered_in_lists_and_searches_and_read_with_a_reason(
    now: datetime, reviewer: User
) -> None:
    gone, here = make.left(now=now), money.customer("王小明", now=now)
    Customer.objects.filter(pk=gone.pk).update(external_ref="OLD-17")
    client = desk.enter(Client(), reviewer)
    listed = client.get(reverse("admin:accounts_customer_changelist")).content.decode()
    assert gone.legal_name not in listed
    assert here.legal_name in listed
    searched = reverse("admin:accounts_customer_changelist")
    assert record(gone) not in client.get(searched, {"q": gone.legal_name}).content.decode()
    assert record(gone) in client.get(searched, {"q": "OLD-17"}).content.decode()
    assert client.get(record(gone)).status_code == 302
    looking.open_with_reason(customer=gone, staff=reviewer, reason=REASON, now=now)
    assert client.get(record(gone)).status_code == 200
    assert client.get(record(here)).status_code == 200


def test_two_people_protect_a_record_and_two_people_end_that(now: datetime) -> None:
    customer = money.customer("欧阳志远", now=now)
    manager, approver = changes.staff("manager"), changes.staff("approver")
    on = {"customer": str(customer.public_id), "act": protection.ON, "why": "well known"}
    change = changes.ask("mydata.protection", on, by=manager, now=now)
    assert looking.covered(customer) == ""
    changes.decide(change, approver, now=now)
    changes.settle(change, now=now)
    assert looking.covered(customer) == "protected"
    changes.carried_out("mydata.protection", {**on, "act": protection.OFF}, by=manager, approved_by=[approver], now=now)
    assert looking.covered(customer) == ""
    assert list(
        Row.objects.filter(act__startswith="mydata.protection").order_by("id").values_list("act", flat=True)
    ) == [
        "mydata.protection_on",
        "mydata.protection_off",
    ]


# ── Emergency access ────────────────────────────────────────────────────────
NEED = "She is on the line, her phone was stolen ten minutes ago"


def begin(client: Client) -> Any:
    return client.post(reverse("staff_emergency"), {"duty": "customers", "reason": NEED})


def test_broken_glass_opens_for_an_hour_tells_somebody_at_once_and_marks_every_act(
    now: datetime, auditor: User, clock: Any
) -> None:
    customer = money.customer("王小明", now=now)
    teller, agent = (
        desk.make_staff("teller@example.com", "teller"),
        desk.make_staff("agent@example.com", "service_agent"),
    )
    client, other = desk.enter(Client(), teller), Client()
    other.force_login(teller)
    session = other.session
    session[DEVICE_ID_SESSION_KEY] = client.session[DEVICE_ID_SESSION_KEY]
    session.save()
    assert client.get(record(customer)).status_code == 403
    assert begin(client)["Location"] == reverse("staff_emergency")
    begun = Emergency.objects.get()
    assert begun.told == [auditor.pk]
    assert begun.until == now + timedelta(minutes=60)
    assert Notice.objects.get(event="keeping.emergency").user_id == auditor.pk
    assert Case.objects.get(subject="emergency").opened_by_id == teller.pk

    page = client.get(record(customer))
    assert page.status_code == 200
    assert "Emergency access" in page.content.decode()
    assert "Emergency access" in client.get(reverse("home")).content.decode()
    assert other.get(record(customer)).status_code == 403, "another browser of the same person has nothing of it"
    assert desk.enter(Client(), agent).get(record(customer)).status_code == 403
    seen = Row.objects.filter(act="emergency.request", after__emergency=str(begun.public_id))
    assert record(customer) in [row.after["path"] for row in seen if row.after]
    assert not Row.objects.exclude(after__emergency=str(begun.public_id)).filter(act="emergency.request").exists()

    assert client.get(reverse("staff_takeouts")).status_code == 404, "it lends looking up, and nothing else"
    assert client.get(reverse("admin:audit_row_changelist")).status_code == 403

    clock.move_to(now + timedelta(minutes=60), tick=False)
    desk_page = client.get(record(customer))
    assert desk_page.status_code in {302, 403}, "it ends by itself, whatever the sweeper does"
    assert emergency.running(public_id=str(begun.public_id), staff=teller, now=now + timedelta(minutes=60)) is None
    assert emergency.end_due(now=now + timedelta(minutes=60)) == 1
    assert emergency.end_due(now=now + timedelta(minutes=61)) == 0
    begun.refresh_from_db()
    assert begun.ended_at == begun.until


def test_a_flag_stands_on_whatever_is_done_meanwhile(now: datetime, auditor: User) -> None:
    customer = famous(now=now)
    client = desk.enter(Client(), desk.make_staff("teller@example.com", "teller"))
    begin(client)
    assert client.get(record(customer)).status_code == 200
    row = Row.objects.get(act="mydata.covered_record_opened")
    assert row.after is not None
    assert row.after["emergency"] == str(Emergency.objects.get().public_id)
    assert Look.objects.get().ground == "emergency"
    assert Notice.objects.filter(user=auditor, event="keeping.looked").count() == 1
    client.post(reverse("staff_emergency_end"))
    assert client.get(record(customer)).status_code == 403


def test_without_a_second_person_or_a_reason_no_glass_is_broken(now: datetime) -> None:
    teller = desk.make_staff("teller@example.com", "teller")
    for refused, how in (
        (emergency.NobodyToTell, {"duty": "customers", "reason": NEED}),
        (emergency.ReasonMissing, {"duty": "customers", "reason": "quick"}),
        (emergency.NotYours, {"duty": "vault", "reason": NEED}),
    ):
        with pytest.raises(refused):
            emergency.begin(staff=teller, now=now, **how)
    auditor = desk.make_staff("auditor@example.com", "auditor")
    with pytest.raises(emergency.NotYours):
        emergency.begin(staff=auditor, duty="customers", reason=NEED, now=now)
    assert not Emergency.objects.exists()
    assert not Case.objects.exists()
    assert emergency.begin(staff=teller, duty="customers", reason=NEED, now=now)
    with pytest.raises(emergency.Running):
        emergency.begin(staff=teller, duty="customers", reason=NEED, now=now)


def test_a_second_person_looks_into_it_when_it_has_ended_and_never_who_took_it(now: datetime) -> None:
    officer = desk.make_staff("officer@example.com", "risk_officer")
    approver = desk.make_staff("approver@example.com", "approver")
    desk.make_staff("auditor@example.com", "auditor")
    emergency.begin(staff=officer, duty="customers", reason=NEED, now=now)
    case = Case.objects.get(subject="emergency")
    with pytest.raises(OwnCase):
        reviews.claim(public_id=case.public_id, user=officer, now=now)
    later = now + timedelta(hours=2)
    emergency.end_due(now=later)
    desk.decide_now(case, approver, now=later)
    relay.drain(now=later + timedelta(seconds=1))
    relay.drain(now=later + timedelta(seconds=2))
    assert Row.objects.filter(act="emergency.reviewed", after__needed=True).count() == 1
    assert Notice.objects.filter(user=officer, event="keeping.emergency").count() == 1

"""Nobody approves what they asked for or what is about them: each kind of change, by each way in.

The ways: the desk's page, the back office's own pages for records, many at once, the service itself from a shell, the
worker's handler with a made-up fact, and SQL as the application's role.
"""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import get_commands
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.mydata import protection, takeouts
from accounts.mydata.models import Protection, Takeout
from accounts.staff import grants
from core import audit
from core.audit.models import Row
from core.changes import errors, handlers, kinds, services
from core.changes.models import Change
from core.outbox import Fact
from core.policy.models import Figure
from core.reviews import errors as desk_errors
from core.reviews import services as desk
from core.reviews.models import Decision, ReasonText
from ledger import chart, posting
from ledger.models import Entry
from payments.clearing.models import RepairItem
from payments.counter.models import TillDay
from payments.counter.services import branches, operations, tills
from payments.monitoring.models import RuleVersion
from tests.factories import changes as make
from tests.factories import clearing, counter
from tests.factories import identity as desk_make
from tests.factories import monitoring as drafts
from tests.factories import payments as money
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (
    "policy.figure", "staff.role", "review.reason", "books.entry", "books.reversal", "clearing.repair",
    "mydata.protection", "mydata.takeout", "counter.operation", "counter.reversal", "counter.difference",
    "monitoring.rule", "monitoring.pause",
)  # fmt: skip


def stray(now: datetime) -> RepairItem:
    """Money on the correspondent's statement that nobody sent."""
    clearing.fund_nostro(now)
    with tempfile.TemporaryDirectory() as folder:
        other = clearing.OtherSide(Path(folder))
        other.put(other.statement((88_00, ""), now=now))
        other.round(now)
    return RepairItem.objects.latest("pk")


def two_rows(now: datetime) -> str:
    """Two rows of the trail, one more than anybody may take out alone; answers the word that finds them."""
    add_figure("keeping.export_alone_rows", "1", now=now)
    with transaction.atomic():
        for number in (1, 2):
            audit.record(act="test.two_rows", subject=f"x:{number}", actor="a test", now=now)
    return "test.two_rows"


def at_the_counter(teller: User, now: datetime) -> dict[str, Callable[[], Any]]:
    """What somebody at an open till would ask a second person for."""

    def till(kind: str, *, confirm: bool) -> Any:
        house = counter.branch(now=now)
        branches.place(user=teller, branch=house, actor="a test", now=now)
        keeper = counter.colleague(house, "branch_supervisor", now=now)
        at = counter.reopened(counter.Counter(house, keeper, teller, TillDay()), now=now)
        _someone, account = counter.customer(now=now)
        made = counter.drafted(at, counter.visit(at, account, now=now), counter.order(kind, account, 50_00), now=now)
        if confirm:
            operations.confirm(teller=teller, operation_id=made.public_id, now=now)
        return made

    def asked(*, confirm: bool, **more: str) -> dict[str, str]:
        made = till("deposit", confirm=confirm)
        return {"operation": str(made.public_id), "version": operations.version(made), **more}

    def counted() -> Any:
        till("deposit", confirm=False)
        return tills.difference_payload(tills.count(teller=teller, counted={"10000": 1}, now=now))

    return {
        "counter.operation": lambda: asked(confirm=False),
        "counter.reversal": lambda: asked(confirm=True, narrative="keyed in for somebody else"),
        "counter.difference": counted,
    }


class Act:
    """One change, asked for by somebody who holds every role that would decide it too."""

    def __init__(self, kind: str, now: datetime) -> None:
        self.kind, self.now = kind, now
        offer = kinds.offer_of(kind)
        self.maker = make.staff(
            *{*offer.asks, *(role for step in offer.decides for role in step)}, email="m@bank.example"
        )
        ids = chart.ensure("CNY", now=now)
        self.target = make.staff("reviewer", email="target@bank.example")
        posted = posting.post(
            key="first", kind="test.entry", channel="system", business_date=now.date(),
            lines=[posting.Line(ids["cash"], -500), posting.Line(ids["suspense"], 500)],
        )  # fmt: skip
        payloads: dict[str, Callable[[], Any]] = {
            "policy.figure": lambda: make.figure(since=now.date()),
            "staff.role": lambda: make.role(self.target, "service_agent"),
            "review.reason": lambda: make.words("identity/photo_unreadable", since=now.date()),
            "books.entry": lambda: make.entry(
                ("cash:CNY", "debit", "10.00"), ("suspense:CNY", "credit", "10.00"), on=now.date()
            ),
            "books.reversal": lambda: {
                "entry": posted.entry_id, "business_date": now.date().isoformat(), "narrative": "undo",
            },
            "monitoring.rule": lambda: drafts.wish(drafts.tried(by=self.maker, now=now, mode="live"), since=now),
            "monitoring.pause": lambda: drafts.pause(drafts.alerted(now=now), now=now),
            "clearing.repair": lambda: {"item": str(stray(now).public_id), "action": "suspense", "payment": ""},
            "mydata.protection": lambda: {
                "customer": str(money.customer("欧阳志远", now=now).public_id), "act": protection.ON, "why": "known",
            },
            "mydata.takeout": lambda: takeouts.prepared(
                kind="audit", wanted={"words": two_rows(now)}, purpose="A court asks for these rows", case="R100012",
                staff=self.maker, now=now,
            ),
        }  # fmt: skip
        payload = (payloads | at_the_counter(self.maker, now))[kind]()
        self.before = self.world()
        self.change = make.ask(kind, payload, by=self.maker, now=now)
        self.case = make.case_of(self.change)

    def world(self) -> list[Any]:
        """Everything any of the kinds could have changed."""
        return [
            Figure.objects.count(),
            grants.held(self.target),
            Entry.objects.count(),
            ReasonText.objects.filter(version__gt=1).count(),
            RepairItem.objects.filter(state="repaired").count(),
            Protection.objects.count(),
            Takeout.objects.count(),
            RuleVersion.objects.count(),
        ]

    def nothing_happened(self) -> bool:
        make.settle(self.change, now=self.now)
        return self.change.waits and self.world() == self.before and not Decision.objects.exists()


@pytest.fixture(params=KINDS)
def act(request: pytest.FixtureRequest, now: datetime) -> Act:
    return Act(request.param, now)


def test_every_kind_on_the_board_is_tried_here() -> None:
    assert set(kinds.board()) == set(KINDS)


def test_by_the_desks_page(act: Act, client: Client) -> None:
    desk_make.enter(client, act.maker)
    client.post(reverse("admin:reviews_claim", args=[act.case.public_id]))
    client.post(
        reverse("admin:reviews_decide", args=[act.case.public_id]), {"verdict": "approve", "note": "", "seen": "0" * 64}
    )
    assert act.nothing_happened()
    assert Row.objects.filter(act="reviews.conflict_refused", actor_id=act.maker.pk).exists()  # and somebody is told


def test_by_the_pages_for_records_one_or_many(act: Act, client: Client) -> None:
    desk_make.enter(client, act.maker)
    many = {"action": "approve", "_selected_action": [str(act.change.pk)], "state": "applied", "index": "0"}
    for address in (
        reverse("admin:changes_change_changelist"),
        reverse("admin:changes_change", args=[act.change.public_id]),
        f"/admin/changes/change/{act.change.pk}/change/",
        f"/admin/changes/change/{act.change.pk}/delete/",
        "/admin/changes/change/add/",
    ):
        assert client.post(address, many).status_code in {404, 405}
    assert act.nothing_happened()


def test_by_the_desks_list_many_at_once(act: Act, client: Client) -> None:
    desk_make.enter(client, act.maker)
    answer = client.post(
        reverse("admin:reviews_case_changelist"), {"action": "approve", "_selected_action": [str(act.case.pk)]}
    )
    assert answer.status_code in {404, 405}
    assert act.nothing_happened()


def test_by_the_service_from_a_shell(act: Act) -> None:
    with pytest.raises(desk_errors.OwnCase):
        desk.claim(public_id=act.case.public_id, user=act.maker, now=act.now)
    with pytest.raises(desk_errors.Refused):
        desk.decide(public_id=act.case.public_id, user=act.maker, verdict="approve", digest="0" * 64, now=act.now)
    with transaction.atomic(), pytest.raises(errors.NotApproved):
        services.settle(public_id=act.change.public_id, now=act.now)
    assert act.nothing_happened()


def test_by_a_made_up_fact_handed_to_the_worker(act: Act) -> None:
    payload = {
        "case": str(act.case.public_id), "subject": "change", "subject_id": str(act.change.public_id),
        "verdict": "approve", "reasons": [],
    }  # fmt: skip
    fact = Fact(id=1, kind="reviews.decided", payload=payload, owner="", created_at=act.now, now=act.now)
    with pytest.raises(errors.NotApproved), transaction.atomic():
        handlers.settle(fact)
    assert act.nothing_happened()


def test_by_sql_as_the_applications_role(act: Act) -> None:
    """Every row that would have to lie is refused by the database."""
    lies = [
        ("UPDATE changes_change SET state = 'applied', settled_at = now() WHERE id = %s", [act.change.pk]),
        ("UPDATE changes_change SET asked_by_id = %s WHERE id = %s", [act.target.pk, act.change.pk]),
        (
            "UPDATE reviews_case SET state = 'approved', approvals = 1, closed_at = now() WHERE id = %s",
            [act.case.pk],
        ),
        (
            "UPDATE reviews_case SET state = 'claimed', holder_id = %s, claimed_at = now() WHERE id = %s;"
            "INSERT INTO reviews_decision (case_id, step, reviewer_id, verdict, reasons, note, digest, decided_at)"
            " VALUES (%s, 1, %s, 'approve', '{}', '', repeat('0', 64), now())",
            [act.maker.pk, act.case.pk, act.case.pk, act.maker.pk],
        ),
    ]
    for sql, values in lies:
        with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    assert act.nothing_happened()


def test_no_command_decides_or_carries_out() -> None:
    """The list of commands is closed: a new one that decides must be looked at here."""
    own = {name for name, app in get_commands().items() if app in {"core.changes", "core.reviews", "accounts.staff"}}
    assert own <= {"access_review", "review_desk"}


def test_a_second_account_of_the_same_person_is_refused(act: Act) -> None:
    """Number and spelling of a second account differ only in what people do not see."""
    other = make.staff(
        *act.maker.groups.values_list("name", flat=True),
        number=f" {(act.maker.employee_number or '').lower()}-",
        email="second@bank.example",
    )
    with pytest.raises(desk_errors.OwnCase):
        desk.claim(public_id=act.case.public_id, user=other, now=act.now)
    assert act.nothing_happened()


def test_an_account_of_nobody_knows_whose_neither_asks_nor_decides(act: Act) -> None:
    nobody = make.staff(*act.maker.groups.values_list("name", flat=True), number=None, email="unknown@bank.example")
    with pytest.raises(desk_errors.OwnCase):
        desk.claim(public_id=act.case.public_id, user=nobody, now=act.now)
    with pytest.raises(errors.NoNumber):
        make.ask(act.kind, act.change.payload, by=nobody, now=act.now)
    assert act.nothing_happened()


def test_one_person_is_not_two_approvals(now: datetime, approver: User, risk: User) -> None:
    """A figure that guards the bank takes two; the same person under another number comes in vain."""
    twin = make.staff("risk_officer", "manager", number=f"{approver.employee_number}.", email="twin@bank.example")
    change = make.ask("policy.figure", make.figure("stepup.tries", "3", since=now.date()), by=risk, now=now)
    make.decide(change, approver, now=now)
    with pytest.raises(desk_errors.DecidedBefore):
        make.decide(change, twin, now=now)
    assert make.settle(change, now=now).waits


def test_who_a_role_is_for_neither_asks_for_it_nor_decides_on_it(now: datetime, administrator: User) -> None:
    target = make.staff("risk_officer", "approver", email="wants@bank.example")
    with pytest.raises(errors.Refused, match="about yourself"):
        make.ask("staff.role", make.role(administrator, "service_agent"), by=administrator, now=now)
    change = make.ask("staff.role", make.role(target, "reviewer"), by=administrator, now=now)
    with pytest.raises(desk_errors.OwnCase):
        make.decide(change, target, now=now)
    assert make.settle(change, now=now).waits
    assert "reviewer" not in grants.held(target)


def test_what_let_a_wrong_approval_through_is_found_when_it_is_carried_out(
    now: datetime, approver: User, risk: User
) -> None:
    """The asker's number is put onto the approver's account after the fact: one person has decided alone."""
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    make.decide(change, approver, now=now)
    User.objects.filter(pk=approver.pk).update(employee_number=f"{risk.employee_number}-")
    change = make.settle(change, now=now)
    assert change.state == Change.State.FAILED
    assert "approved by the person who asked" in change.outcome["en"]
    assert not Figure.objects.filter(change=change.public_id).exists()


def test_no_group_is_edited_in_the_back_office(client: Client) -> None:
    root = make.staff(*Group.objects.values_list("name", flat=True), is_superuser=True, email="root@bank.example")
    desk_make.enter(client, root)
    assert client.get("/admin/auth/group/").status_code == 404

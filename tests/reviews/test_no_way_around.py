"""No case is closed past its decisions: not by SQL, a shell, a bulk update, the admin, an address, or a forged fact."""

import ast
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from accounts.models import User
from core import outbox
from core.outbox.models import FactRecord
from core.reviews import errors
from core.reviews import services as desk
from core.reviews.models import Case, Decision
from core.reviews.rules import Rule
from core.reviews.subject import leads_of, subject_of
from portal import wiring
from tests.factories import identity as make
from tests.factories.reviews import TWO, open_matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("matters")]
AS_BOTH = pytest.mark.parametrize("as_owner", [False, pytest.param(True, marks=pytest.mark.as_owner)])
ROOMS = ("core", "accounts", "ledger", "payments", "loans", "products", "analytics", "portal")


def refused_by_database(act: Callable[[], Any]) -> None:
    before = list(Case.objects.values()), Decision.objects.count(), FactRecord.objects.count()
    with pytest.raises(DatabaseError):
        _to_the_end(act)
    assert (list(Case.objects.values()), Decision.objects.count(), FactRecord.objects.count()) == before


def _to_the_end(act: Callable[[], Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def decision_of(case: Case, user: User, now: datetime, **fields: Any) -> Decision:
    return Decision.objects.create(**{
        "case": case, "step": 1, "reviewer": user, "verdict": "approve", "reasons": [], "digest": "a" * 64,
        "decided_at": now, **fields,
    })  # fmt: skip


@AS_BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"state": "approved", "approvals": 1, "holder": None, "claimed_at": None},
        {"state": "declined", "holder": None, "claimed_at": None},
        {"approvals": 1},
        {"due_at": datetime.fromisoformat("2030-01-01T00:00+08:00")},
        {"skills": []},
        {"rule": {}},
        {"opened_by": None},
    ],
    ids="+".join,
)
def test_a_bulk_update_closes_nothing_and_changes_no_terms(
    as_owner: bool, changes: dict[str, Any], reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now, opened_by=make.make_user("asks@example.com"))
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    closes = {"closed_at": now} if changes.get("state") else {}
    refused_by_database(lambda: Case.objects.filter(pk=case.pk).update(**changes, **closes))


@AS_BOTH
def test_a_case_is_not_brought_in_as_approved(as_owner: bool, now: datetime) -> None:
    case = open_matter(now=now)
    values = {"subject": "matter", "subject_id": "2", "title": "X", "rule": case.rule, "needs": ["reviewer"]}
    times = {"opened_at": now, "due_at": now}
    refused_by_database(lambda: Case.objects.create(**values, **times, state="approved", approvals=1, closed_at=now))
    refused_by_database(lambda: Case.objects.bulk_create([Case(**values, **times, approvals=1)]))


@AS_BOTH
def test_a_decision_is_made_by_the_holder_on_what_was_seen_and_never_by_who_asked(
    as_owner: bool, reviewer: User, approver: User, now: datetime
) -> None:
    case = open_matter(now=now, opened_by=approver)
    refused_by_database(lambda: decision_of(case, reviewer, now))  # nobody holds it
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    refused_by_database(lambda: decision_of(case, approver, now))
    refused_by_database(lambda: decision_of(case, reviewer, now, step=2))
    refused_by_database(lambda: decision_of(case, reviewer, now, digest=""))
    refused_by_database(lambda: decision_of(case, reviewer, now))  # and the case has to move with it
    Case.objects.filter(pk=case.pk).update(holder=approver)
    refused_by_database(lambda: decision_of(case, approver, now))  # the holder, but the maker


@AS_BOTH
def test_one_approval_is_not_two(as_owner: bool, reviewer: User, now: datetime) -> None:
    case = open_matter(now=now, steps=TWO)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)

    def approve_alone() -> None:
        decision_of(case, reviewer, now)
        closed = {"closed_at": now, "holder": None, "claimed_at": None}
        Case.objects.filter(pk=case.pk).update(state="approved", approvals=1, **closed)

    refused_by_database(approve_alone)


@pytest.mark.django_db(transaction=True)
@pytest.mark.as_owner
def test_an_old_decision_closes_nothing_in_a_later_transaction(reviewer: User, now: datetime) -> None:
    """Only the transaction that made a decision counts it: a decision put there with triggers off closes nothing."""
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_decision DISABLE TRIGGER USER")
        try:
            decision_of(case, reviewer, now, made_in=1)
        finally:
            cursor.execute("ALTER TABLE reviews_decision ENABLE TRIGGER USER")
    closed = {"closed_at": now, "holder": None, "claimed_at": None}
    refused_by_database(lambda: Case.objects.filter(pk=case.pk).update(state="approved", approvals=1, **closed))


@AS_BOTH
@pytest.mark.parametrize("verdict", ["approve", "decline"])
def test_nobody_tells_the_rooms_of_a_decision_that_does_not_stand(as_owner: bool, verdict: str, now: datetime) -> None:
    case = open_matter(now=now)
    said = {"case": str(case.public_id), "subject": "matter", "subject_id": "1", "verdict": verdict, "reasons": []}
    refused_by_database(lambda: outbox.record(kind=desk.DECIDED, payload=said, owner=case, now=now))
    refused_by_database(
        lambda: outbox.record(kind=desk.DECIDED, payload={**said, "case": str(uuid.uuid4())}, owner=case, now=now)
    )
    refused_by_database(lambda: outbox.record(kind="reviews.expired", payload=said, owner=case, now=now))


def test_the_admin_edits_adds_deletes_and_acts_on_no_case(lead: User) -> None:
    at = admin.site._registry[Case]
    request = RequestFactory().post("/")
    request.user = lead
    allowed = (at.has_add_permission, at.has_change_permission, at.has_delete_permission)
    assert not any(may(request) for may in allowed)
    assert at.get_actions(request) == {}
    named = {model._meta.label for model in admin.site._registry if model._meta.app_label == "reviews"}
    assert named == {"reviews.Case"}


def _addresses() -> Iterator[str]:
    for prefix in ("admin:",):
        names = get_resolver().namespace_dict[prefix.rstrip(":")][1].reverse_dict
        yield from (name for name in names if isinstance(name, str) and name.startswith("reviews_"))


def test_the_maker_finds_no_address_that_approves_their_own_case(client: Client, now: datetime) -> None:
    maker = make.make_staff("maker@bank.example", "reviewer", "approver")
    case = open_matter(now=now, opened_by=maker)
    make.enter(client, maker)
    tried = 0
    for name in _addresses():
        for args in ([case.public_id], [case.public_id, "front"], []):
            try:
                url = _reverse(name, args)
            except LookupError:
                continue
            tried += 1
            body = {"verdict": "approve", "seen": "a" * 64, "person": maker.pk, "to": maker.pk, "note": "x"}
            client.post(url, body)
            client.post(url, {**body, "action": "approve", "_selected_action": case.pk})
    assert tried > 15
    case.refresh_from_db()
    assert (case.state, case.approvals) == ("open", 0)
    assert not Decision.objects.exists()


def _reverse(name: str, args: list[Any]) -> str:
    from django.urls import NoReverseMatch

    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch as error:
        raise LookupError(name) from error


def test_the_services_refuse_the_maker_at_every_step(now: datetime) -> None:
    maker = make.make_staff("maker@bank.example", "reviewer", "approver")
    case = open_matter(now=now, opened_by=maker)
    digest = desk.seen(case, checks=[])
    for act in (
        lambda: desk.claim(public_id=case.public_id, user=maker, now=now),
        lambda: desk.decide(public_id=case.public_id, user=maker, verdict="approve", digest=digest, now=now),
        lambda: desk.hand_over(public_id=case.public_id, user=maker, to=maker, note="mine", now=now),
    ):
        with pytest.raises(errors.OwnCase):
            act()
    assert desk.claim_next(user=maker, now=now) is None
    assert desk.assign(now=now) == 0
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("open", None)


def _everybodys_roles(kind: str) -> list[str]:
    subject = subject_of(kind)
    return sorted({*subject.roles, *leads_of(subject)})


@pytest.mark.parametrize("twin", [False, True], ids=["the maker", "a second account of the maker"])
@pytest.mark.parametrize("kind", sorted(wiring.REVIEW_SUBJECTS))
def test_whatever_the_kind_nobody_gets_their_own_case_by_any_way(
    kind: str, twin: bool, client: Client, now: datetime
) -> None:
    """Each kind of matter on the board: by page, next case, hand-over, the worker that gives cases out, and a shell."""
    roles = _everybodys_roles(kind)
    maker = make.make_staff("maker@bank.example", *roles, employee_number="T1")
    user = make.make_staff("twin@bank.example", *roles, employee_number=" t1") if twin else maker
    case = desk.open_case(
        subject=kind, subject_id=str(uuid.uuid4()), title="own", opened_by=maker, skills=[], now=now,
        rule=Rule(steps=(tuple(roles),), hours=24, claim_minutes=30),
    )  # fmt: skip
    make.enter(client, user)
    body = {"verdict": "approve", "seen": "0" * 64, "to": user.pk, "note": "x", "cases": [case.public_id]}
    client.raise_request_exception = False  # nothing stands behind this case, so its page has nothing to show
    for act in ("claim", "decide", "hand_over"):
        client.post(reverse(f"admin:reviews_{act}", args=[case.public_id]), body)
    client.post(reverse("admin:reviews_next"))
    client.post(reverse("admin:reviews_team_hand_over"), {**body, "person": user.pk})
    for step in (
        lambda: desk.claim(public_id=case.public_id, user=user, now=now),
        lambda: desk.decide(public_id=case.public_id, user=user, verdict="approve", digest="0" * 64, now=now),
    ):
        with pytest.raises(errors.OwnCase):
            step()
    assert desk.claim_next(user=user, now=now) is None
    assert desk.assign(now=now) == 0
    assert desk.hand_over_queue(person=user, by=user, to=user, note="x", now=now).items == ()
    case.refresh_from_db()
    assert (case.state, case.approvals, case.holder, case.assignee) == ("open", 0, None, None)
    assert not Decision.objects.exists()


TABLES = ("reviews_case", "reviews_decision")
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def _writers() -> set[str]:
    """Every function of the portal that writes a case or a decision, or says so in SQL."""
    found = set()
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            module = ast.parse(path.read_text())
            for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
                if _writes(function):
                    found.add(f"{path.relative_to(settings.BASE_DIR)}::{function.name}")
            for text in (node.value for node in ast.walk(module) if isinstance(node, ast.Constant)):
                if isinstance(text, str) and any(f"{verb} {table}" in " ".join(text.split())
                                                 for verb in ("INSERT INTO", "UPDATE", "DELETE FROM", "COPY")
                                                 for table in TABLES):  # fmt: skip
                    found.add(f"{path.relative_to(settings.BASE_DIR)}::SQL")
    return found


def _writes(function: ast.FunctionDef) -> bool:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
            target = ast.unparse(call.func.value)
            if target.startswith(("Case.", "Decision.", "case.decisions", "case")) and target != "case_sensitive":
                return True
    return False


def test_every_writer_of_cases_and_decisions_is_listed_here() -> None:
    """A new writer fails this test: it belongs into core.reviews.services, behind the same guards."""
    assert _writers() == {
        "core/reviews/services/opening.py::open_case",
        "core/reviews/services/opening.py::correct",
        "core/reviews/services/moves.py::save",
        "core/reviews/services/deciding.py::decide",
    }

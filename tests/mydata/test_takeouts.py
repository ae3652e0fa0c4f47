"""Files that colleagues take out: small ones alone, large ones with a second person; each is named and written down."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.mydata import looking, takeouts
from accounts.mydata.models import Takeout
from core import audit, policy
from core.audit.models import Row
from core.changes.errors import NoRole, Refused
from core.changes.models import Change
from core.reviews.errors import OwnCase
from tests.factories import changes
from tests.factories import identity as desk
from tests.factories import mydata as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)
PURPOSE = "The prosecutor asks for these rows"


@pytest.fixture(autouse=True)
def clock(now: datetime, time_machine: Any) -> Any:
    time_machine.move_to(now, tick=False)
    return time_machine


@pytest.fixture
def auditor() -> User:
    return changes.staff("auditor", email="auditor@example.com")


def rows(number: int, *, now: datetime, act: str = "test.thing") -> None:
    """So many rows of the trail."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_row (act, subject, actor_label, reason, reference, acted_at)
               SELECT %s, 'x', 'somebody', '', '', %s FROM generate_series(1, %s)""",
            [act, now, number],
        )


def ask(staff: User, *, now: datetime, kind: str = "audit", case: str = "R100012", **wanted: str) -> takeouts.Outcome:
    wanted = wanted or {"words": "test.thing"}
    return takeouts.ask(kind=kind, wanted=wanted, purpose=PURPOSE, case=case, staff=staff, now=now)


def content(takeout: Takeout, staff: User, *, now: datetime) -> list[list[str]]:
    found = takeouts.opened(staff=staff, public_id=takeout.public_id, now=now)
    assert found is not None
    return list(csv.reader(io.StringIO(found[1].decode("utf-8-sig"))))


def test_a_thousand_rows_are_made_at_once_and_name_who_when_and_what_for_on_both_ends(
    now: datetime, auditor: User
) -> None:
    rows(1000, now=now)
    made = ask(auditor, now=now).takeout
    assert made is not None
    assert ask(auditor, now=now).takeout == made, "a double click is one file"
    lines = content(made, auditor, now=now)
    assert len(lines) == 1003
    assert lines[0] == lines[-1]
    for part in ("Auditor", str(auditor.employee_number), "2026-11-23T10:00:00+08:00", "R100012", PURPOSE):
        assert part in lines[0][0]
    row = Row.objects.get(act="mydata.taken_out")
    assert row.after is not None
    assert (row.after["rows"], row.after["filter"]["words"], row.after["case"]) == (1000, "test.thing", "R100012")
    assert (row.actor_id, row.reason) == (auditor.pk, PURPOSE)
    assert Row.objects.filter(act="mydata.takeout_downloaded").count() == 1
    assert not Change.objects.exists()


def test_one_row_more_waits_for_a_second_person_who_approves_exactly_those_rows(now: datetime, auditor: User) -> None:
    officer = changes.staff("risk_officer")
    rows(1001, now=now)
    asked = ask(auditor, now=now)
    assert asked.takeout is None
    assert asked.change is not None
    assert not Takeout.objects.exists()
    assert not Row.objects.filter(act="mydata.taken_out").exists()
    rows(5, now=now)
    changes.decide(asked.change, officer, now=now)
    changes.settle(asked.change, now=now)
    made = Takeout.objects.get()
    assert (made.rows, made.change, made.asked_by_id) == (1001, asked.change.public_id, auditor.pk)
    assert len(content(made, auditor, now=now)) == 1004
    assert takeouts.opened(staff=officer, public_id=made.public_id, now=now) is None, "the file is who asked's alone"


def test_who_asked_does_not_approve_and_what_was_declined_is_never_made(now: datetime) -> None:
    approver, other = changes.staff("approver"), changes.staff("approver")
    customer = money.customer("王小明", now=now)
    account = money.account(customer, now=now)
    for _number in range(4):
        money.pay_in(account, 1, now=now)
    with Alone(3):
        asked = ask(approver, kind="movements", account=str(account.public_id), now=now).change
        assert asked is not None
        with pytest.raises(OwnCase):
            changes.decide(asked, approver, now=now)
        changes.decide(asked, other, "decline", now=now)
        changes.settle(asked, now=now)
    assert not Takeout.objects.exists()


def test_there_is_a_most_and_a_purpose_and_a_case_and_a_role(now: datetime, auditor: User) -> None:
    rows(6, now=now)
    with Alone(2, most=5), pytest.raises(Refused, match="more than 5"):
        ask(auditor, now=now)
    for wrong in ({"purpose": "because", "case": "R1000"}, {"purpose": PURPOSE, "case": ""}):
        with pytest.raises(Refused):
            takeouts.ask(kind="audit", wanted={"words": "test."}, staff=auditor, now=now, **wrong)
    with pytest.raises(Refused):
        ask(auditor, now=now, words=" ")
    with pytest.raises(NoRole):
        ask(changes.staff("reviewer"), now=now)
    assert not Takeout.objects.exists()
    assert not Change.objects.exists()


def test_no_cell_runs_on_the_readers_machine_and_figures_stay_figures(now: datetime) -> None:
    reviewer = changes.staff("reviewer")
    pair = money.pair(balance=500_00, now=now)
    money.enrol(pair.payer)
    make.send(pair, 100_00, memo='=HYPERLINK("http://x")', now=now)
    with transaction.atomic():
        audit.record(act="test.cell", subject="=1+1", reason="@SUM(A1)", now=now)
    auditor = changes.staff("auditor")
    made = ask(auditor, words="test.cell", now=now).takeout
    assert made is not None
    line = content(made, auditor, now=now)[2]
    assert "'=1+1" in line
    assert "'@SUM(A1)" in line
    moved = ask(reviewer, kind="movements", account=str(pair.source.public_id), now=now).takeout
    assert moved is not None
    lines = content(moved, reviewer, now=now)
    assert "-100.00" in lines[2]
    assert not any(cell.startswith(("=", "@", "+")) for line in lines for cell in line)


def test_a_covered_customers_movements_ask_for_the_reason_first(now: datetime) -> None:
    reviewer = changes.staff("reviewer")
    gone = make.left(now=now)
    account = money.account(gone, now=now)
    with pytest.raises(Refused, match="covered"):
        ask(reviewer, kind="movements", account=str(account.public_id), now=now)
    looking.open_with_reason(customer=gone, staff=reviewer, reason=PURPOSE, now=now)
    assert ask(reviewer, kind="movements", account=str(account.public_id), now=now).takeout is not None


def test_the_file_is_gone_after_a_day(now: datetime, auditor: User, tmp_path: Path) -> None:
    rows(1, now=now)
    made = ask(auditor, now=now).takeout
    assert made is not None
    assert [path for path in tmp_path.rglob("*") if path.is_file()]
    later = now + timedelta(hours=24)
    assert takeouts.opened(staff=auditor, public_id=made.public_id, now=later) is None
    assert takeouts.delete_expired(now=later) == 1
    assert takeouts.delete_expired(now=later) == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_page_takes_the_wish_and_says_what_comes_of_it(now: datetime, auditor: User) -> None:
    rows(3, now=now)
    client = desk.enter(Client(), auditor)
    url = reverse("staff_takeouts")
    typed = {"kind": "audit", "words": "test.thing", "purpose": PURPOSE, "case": "R100012"}
    refused = client.post(url, {**typed, "words": ""})
    assert refused.status_code == 200
    assert PURPOSE in refused.content.decode()
    assert client.post(url, typed).status_code == 302
    made = Takeout.objects.get()
    page = client.get(url).content.decode()
    assert reverse("staff_takeout", args=[made.public_id]) in page
    answer = client.get(reverse("staff_takeout", args=[made.public_id]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert desk.enter(Client(), desk.make_staff("b@example.com", "auditor")).get(
        reverse("staff_takeout", args=[made.public_id])
    ).status_code == 404  # fmt: skip


class Alone:
    """Other figures for a moment: so few rows are made alone."""

    def __init__(self, alone: int, *, most: int = 100_000) -> None:
        self.figures = {"keeping.export_alone_rows": alone, "keeping.export_most_rows": most}

    def __enter__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        value = policy.value
        self.patch.setattr(policy, "value", lambda key, *, on: self.figures.get(key) or value(key, on=on))

    def __exit__(self, *_: object) -> None:
        self.patch.undo()

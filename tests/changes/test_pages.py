"""The pages: ask, look, ask for it; what one may see; nothing typed is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.changes.models import Change
from core.policy.models import Figure
from ledger import chart
from tests.factories import changes as make
from tests.factories import identity as desk_make

pytestmark = pytest.mark.django_db(transaction=True)
ASK = reverse("admin:changes_ask", args=["policy.figure"])


def typed(now: datetime, **more: str) -> dict[str, str]:
    return {**make.figure(since=now.date()), "reason": "the board decided", "step": "look", **more}


def test_from_the_form_over_the_look_to_the_wish_to_the_desk_to_the_result(
    risk: User, approver: User, client: Client, now: datetime
) -> None:
    desk_make.enter(client, risk)
    look = client.post(ASK, typed(now)).content.decode()
    assert "20 transfers" in look
    assert "7 transfers" in look
    assert "1 other person must approve it" in look
    assert not Change.objects.exists()
    answer = client.post(ASK, typed(now, step="ask"))
    change = Change.objects.get()
    assert answer.url == reverse("admin:changes_change", args=[change.public_id])
    assert "Withdraw" in client.get(answer.url).content.decode()
    desk_make.enter(client, approver)
    case = make.case_of(change)
    client.post(reverse("admin:reviews_claim", args=[case.public_id]))
    page = client.get(reverse("admin:reviews_case", args=[case.public_id]))
    assert "20 transfers → 7 transfers" in page.content.decode()
    assert "The colleague who asked reads it" in page.content.decode()
    assert "The customer reads it" not in page.content.decode()
    client.post(
        reverse("admin:reviews_decide", args=[case.public_id]),
        {"verdict": "approve", "note": "", "seen": page.context["seen"]},
    )
    make.settle(change, now=now)
    shown = client.get(reverse("admin:changes_change", args=[change.public_id])).content.decode()
    assert "Carried out" in shown
    assert Figure.objects.get(change=change.public_id).value == "7"


def test_the_look_cannot_be_skipped_into_something_that_makes_no_sense(
    risk: User, client: Client, now: datetime
) -> None:
    desk_make.enter(client, risk)
    for step in ("ask", "look", "", "other"):
        page = client.post(ASK, typed(now, value="many", step=step)).content.decode()
        if step in {"ask", "look"}:
            assert "This figure is a whole number" in page
        assert 'value="many"' in page  # what was typed is still there
        assert "the board decided" in page
    assert not Change.objects.exists()


def test_to_correct_gives_the_form_back_as_it_was_typed(risk: User, client: Client, now: datetime) -> None:
    desk_make.enter(client, risk)
    page = client.post(ASK, typed(now, step="back")).content.decode()
    assert 'value="7"' in page
    assert "the board decided" in page


def test_a_change_that_waits_is_named_to_the_next_who_asks(risk: User, client: Client, now: datetime) -> None:
    first = make.ask("policy.figure", make.figure(since=now.date()), by=make.staff("risk_officer"), now=now)
    desk_make.enter(client, risk)
    page = client.post(ASK, typed(now, step="ask")).content.decode()
    assert f"{first.number} waits for a decision about the same thing" in page


def test_what_was_not_asked_for_is_ignored(risk: User, client: Client, now: datetime) -> None:
    desk_make.enter(client, risk)
    client.post(ASK, typed(now, step="ask", state="applied", asked_by="1", object_key="x", expires_at="2099-01-01"))
    change = Change.objects.get()
    assert (change.state, change.asked_by_id, change.object_key) == ("asked", risk.pk, "transfer.daily_count")
    assert change.expires_at == now + timedelta(days=7)


@pytest.mark.parametrize("kind", ["policy.figure", "staff.role", "books.entry", "books.reversal", "never"])
def test_whoever_may_not_ask_finds_no_form(kind: str, client: Client) -> None:
    desk_make.enter(client, make.staff("reviewer"))
    assert client.get(reverse("admin:changes_ask", args=[kind])).status_code == 404
    assert client.post(reverse("admin:changes_ask", args=[kind]), {"step": "ask"}).status_code == 404


def test_a_booking_is_asked_for_line_by_line(teller: User, client: Client, now: datetime) -> None:
    chart.ensure("CNY", now=now)
    desk_make.enter(client, teller)
    address = reverse("admin:changes_ask", args=["books.entry"])
    assert client.get(address).status_code == 200
    rows = {
        "business_date": now.date().isoformat(), "narrative": "cash counted", "reason": "till difference",
        "account_1": "cash:CNY", "debit_1": "1,234.50", "account_2": "suspense:CNY", "credit_2": "１２３４．５",
    }  # fmt: skip
    look = client.post(address, {**rows, "step": "look"}).content.decode()
    assert "Debit cash:CNY" in look
    wrong = client.post(address, {**rows, "credit_2": "1,234.51", "step": "look"}).content.decode()
    assert "differ by ¥0.01" in wrong
    both = client.post(address, {**rows, "credit_1": "5", "step": "look"}).content.decode()
    assert "either a debit or a credit" in both
    client.post(address, {**rows, "step": "ask"})
    assert [line["amount"] for line in Change.objects.get().payload["lines"]] == ["1234.50", "1234.50"]


def test_an_auditor_sees_every_change_and_asks_for_files_alone(risk: User, client: Client, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    desk_make.enter(client, make.staff("auditor"))
    page = client.get(reverse("admin:changes_change_changelist")).content.decode()
    assert change.number in page
    assert page.count("/admin/changes/change/ask/") == page.count("/admin/changes/change/ask/mydata.takeout/") == 1
    assert client.get(reverse("admin:changes_change", args=[change.public_id])).status_code == 200
    assert client.post(reverse("admin:changes_withdraw", args=[change.public_id])).status_code == 404


def test_a_teller_does_not_see_changes_of_other_kinds(risk: User, teller: User, client: Client, now: datetime) -> None:
    change = make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    desk_make.enter(client, teller)
    page = client.get(reverse("admin:changes_change_changelist")).content.decode()
    assert change.number not in page
    assert client.get(reverse("admin:changes_change", args=[change.public_id])).status_code == 404


def test_the_list_costs_the_same_for_one_change_and_three(
    risk: User, client: Client, now: datetime, unhurried: None
) -> None:
    address = reverse("admin:changes_change_changelist")
    desk_make.enter(client, risk)
    make.ask("policy.figure", make.figure(since=now.date()), by=risk, now=now)
    client.get(address)
    counted: list[Any] = []
    for key in ("payee.most", "receipt.checks_per_minute", None):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
        if key:
            make.ask("policy.figure", make.figure(key, "9", since=now.date()), by=risk, now=now)
    assert counted[0] == counted[-1] <= 13

"""Large files of transactions: made by a worker part by part, whole or not at all, and only for whoever asked."""

import csv
import io
import threading
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer, Disposition
from accounts.statements import exporting, tasks
from accounts.statements.models import MovementFile, MovementFilePart
from core import policy as policies
from core.audit.models import Row
from core.outbox import relay
from tests.factories import access, policy, statements

pytestmark = pytest.mark.django_db
HOSTILE = [
    "=HYPERLINK(1)",
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\ttab",
    "-2+3",
    "＝1+1",
    'quote " and , comma',
    "line\nbreak",
]


@pytest.fixture(autouse=True)
def _figures_as_they_were() -> Iterator[None]:
    yield
    policies.forget()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    monkeypatch.setattr(exporting, "PART", {"csv": 4, "xlsx": 4, "pdf": 4})


@pytest.fixture
def holder() -> Customer:
    return access.customer()


@pytest.fixture
def account(holder: Customer, now: datetime) -> BankAccount:
    found = statements.account(holder, now=now)
    statements.move(found, [5_00, 5_00, -1_00, 2_50, 3_00, -2_00, 1_00, 1_00], narratives=HOSTILE, now=now)
    return found


@pytest.fixture
def browser(holder: Customer, client: Client) -> Client:
    client.force_login(holder.user)
    client.cookies["django_language"] = "en"
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def downloaded(browser: Client, file: MovementFile) -> bytes:
    answer = browser.get(reverse("movement_file_download", args=[file.public_id]))
    assert answer.status_code == 200
    return body(answer)


def test_a_large_file_is_asked_for_made_told_of_downloaded_and_deleted(
    browser: Client, holder: Customer, account: BankAccount
) -> None:
    now = timezone.now()
    policy.add_figure("statement.csv_rows", "3", now=now)
    at_once = reverse("statement_csv", args=[account.public_id])
    answer = browser.get(at_once)
    ask = reverse("movement_file_ask", args=[account.public_id]) + "?kind=csv"
    assert (answer.status_code, answer["Location"]) == (302, ask)
    page = browser.get(ask)
    assert (page.context["shown"].count, page.context["shown"].money_in.minor) == ("8", 17_50)
    assert not MovementFile.objects.exists()  # looking makes nothing
    key = str(page.context["form"].initial["key"])
    for _twice in range(2):
        answer = browser.post(ask, {"key": key, "kind": "csv"})
    file = MovementFile.objects.get()
    assert answer["Location"] == reverse("movement_file", args=[file.public_id])
    assert b"being prepared" in browser.get(answer["Location"]).content
    download = reverse("movement_file_download", args=[file.public_id])
    assert browser.get(download).status_code == 404  # not before it is whole
    relay.drain(now=timezone.now())
    file.refresh_from_db()
    assert (file.state, file.done, file.parts.count()) == ("ready", 8, 2)
    state = browser.get(reverse("movement_file_state", args=[file.public_id])).json()
    assert state == {"state": "ready", "percent": 100}
    assert Notice.objects.filter(user=holder.user, event="statements.file_ready").count() == 1
    content = downloaded(browser, file).decode()
    policy.add_figure("statement.csv_rows", "100", since=timezone.localdate(), now=now)
    assert content == body(browser.get(at_once)).decode()  # what a small file would have held, to the letter
    assert file.expires_at == file.ready_at + timedelta(days=7)
    sealed = [Path(settings.MEDIA_ROOT, part.stored) for part in file.parts.all()]
    assert all(path.exists() and b"HYPERLINK" not in path.read_bytes() for path in sealed)
    exporting.delete_expired(now=file.expires_at)
    assert not any(path.exists() for path in sealed)
    assert browser.get(download).status_code == 404
    assert b"has been deleted" in browser.get(reverse("movement_file", args=[file.public_id])).content
    acts = Row.objects.filter(act__startswith="statements.file").order_by("id").values_list("act", flat=True)
    assert list(acts) == [f"statements.file_{what}" for what in ("asked", "made", "downloaded", "deleted")]


def test_no_text_of_somebody_else_is_a_formula_in_any_kind_of_file(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    made = {}
    for kind in ("csv", "xlsx", "pdf"):
        file = statements.ask(holder, account, kind=kind, now=now)
        assert exporting.make(public_id=file.public_id, now=timezone.now()) == "ready"
        made[kind] = downloaded(browser, file)
    assert made["csv"].startswith("\ufeffLine number".encode())  # opens right in Excel
    rows = list(csv.reader(io.StringIO(made["csv"].decode().removeprefix("\ufeff"), newline="")))
    assert len(rows) == 9
    dangerous = ("=", "+", "-", "@", "\t", "＝")
    assert not any(cell.startswith(dangerous) for row in rows for cell in row[:6])
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(8, 0, -1)]
    with zipfile.ZipFile(io.BytesIO(made["xlsx"])) as packed:
        books = [load_workbook(io.BytesIO(packed.read(name))) for name in packed.namelist()]
    cells = [cell for book in books for row in book.active.iter_rows(min_row=2) for cell in row]
    assert len(cells) == 8 * 9
    assert {cell.data_type for cell in cells} == {"n", "d", "s"}  # no formula
    with zipfile.ZipFile(io.BytesIO(made["pdf"])) as packed:
        assert [packed.read(name)[:5] for name in packed.namelist()] == [b"%PDF-"] * 2
        assert all(b"/JavaScript" not in packed.read(name) for name in packed.namelist())


def test_what_is_booked_after_the_file_was_asked_for_is_not_in_it(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    file = statements.ask(holder, account, now=now)
    statements.move(account, [99_00], narratives=["later"], now=now, key="later")
    exporting.make(public_id=file.public_id, now=timezone.now())
    file.refresh_from_db()
    assert (file.state, file.count, file.money_in, file.money_out) == ("ready", 8, 17_50, 3_00)
    assert b"later" not in downloaded(browser, file)


def test_a_search_with_a_moving_period_means_the_days_it_was_asked_on(
    holder: Customer, account: BankAccount, now: datetime
) -> None:
    file = statements.ask(holder, account, now=now, period="this_month", direction="in")
    assert file.query == {"from": "2026-11-01", "to": "2026-11-23", "direction": "in"}
    assert (file.count, file.money_out) == (6, 0)
    assert exporting.make(public_id=file.public_id, now=now + timedelta(days=30)) == "ready"


class Killed(BaseException):
    """Nothing in the code can catch it on the way."""


def test_a_worker_killed_in_the_middle_goes_on_behind_the_last_part(
    holder: Customer, account: BankAccount, now: datetime
) -> None:
    file = statements.ask(holder, account, now=now)
    real, written = exporting._written, []

    def dies_at_the_second(*args: Any) -> bytes:
        if written:
            raise Killed
        written.append(args)
        return real(*args)

    with mock.patch.object(exporting, "_written", dies_at_the_second), pytest.raises(Killed):
        exporting.make(public_id=file.public_id, now=now)
    first = file.parts.get()
    with mock.patch.object(exporting, "_written", side_effect=real) as again:
        assert exporting.make(public_id=file.public_id, now=now) == "ready"
    assert again.call_count == 1  # the first part was not written anew
    assert file.parts.get(number=1).stored == first.stored
    assert exporting.make(public_id=file.public_id, now=now) == "ready"  # called once more: nothing happens
    assert file.parts.count() == 2
    assert Notice.objects.filter(user=holder.user, event="statements.file_ready").count() == 1


def test_a_worker_whose_time_is_up_hands_the_rest_back(holder: Customer, account: BankAccount, now: datetime) -> None:
    file = statements.ask(holder, account, now=now)
    assert exporting.make(public_id=file.public_id, now=now, at_most=0) == "waiting"
    assert file.parts.count() == 1
    relay.drain(now=timezone.now())
    file.refresh_from_db()
    assert (file.state, file.parts.count()) == ("ready", 2)


def test_a_file_that_does_not_come_to_what_was_counted_is_never_handed_out(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    file = statements.ask(holder, account, now=now)
    MovementFile.objects.filter(pk=file.pk).update(money_in=17_51)
    with pytest.raises(exporting.DoesNotAddUp):
        exporting.make(public_id=file.public_id, now=now)
    file.refresh_from_db()
    assert file.state == "waiting"
    assert browser.get(reverse("movement_file_download", args=[file.public_id])).status_code == 404
    with mock.patch.object(exporting, "GIVEN_UP", timedelta()):
        tasks.delete_files()
    file.refresh_from_db()
    assert file.state == "failed"
    assert not file.parts.exclude(stored="").exists()
    statements.ask(holder, account, now=now)  # the way is free for another one


def test_one_at_a_time_and_only_so_many_a_day(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    first = statements.ask(holder, account, now=now)
    with pytest.raises(exporting.Busy) as busy:
        statements.ask(holder, account, now=now)
    assert busy.value.file == first
    ask = reverse("movement_file_ask", args=[account.public_id])
    answer = browser.post(ask, {"key": str(uuid.uuid4()), "kind": "pdf"})
    assert reverse("movement_file", args=[first.public_id]).encode() in answer.content
    assert browser.post(ask, {"key": "x", "kind": "exe"}).status_code == 200
    exporting.make(public_id=first.public_id, now=now)
    policy.add_figure("statement.files_per_day", "1", now=now)
    with pytest.raises(exporting.TooOften) as often:
        statements.ask(holder, account, now=now)
    assert often.value.until == now + timedelta(days=1)
    assert MovementFile.objects.count() == 1


def test_too_many_or_no_transactions_are_said_before_anything_is_made(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    with pytest.raises(exporting.Nothing):
        statements.ask(holder, account, now=now, q="nowhere")
    policy.add_figure("statement.file_most_rows", "7", now=now)
    with pytest.raises(exporting.TooMany):
        statements.ask(holder, account, now=now)
    ask = reverse("movement_file_ask", args=[account.public_id])
    answer = browser.post(ask, {"key": str(uuid.uuid4()), "kind": "csv"}).content.decode()
    assert "at most 7 transactions" in answer
    assert not MovementFile.objects.exists()


def test_another_customers_file_does_not_exist(browser: Client, account: BankAccount, now: datetime) -> None:
    other = access.customer("other@example.com")
    theirs = statements.account(other, now=now, key="theirs")
    statements.move(theirs, [1_00], now=now, key="theirs")
    file = statements.file_of(other, theirs, now=timezone.now())
    for route in ("movement_file", "movement_file_state", "movement_file_download"):
        assert browser.get(reverse(route, args=[file.public_id])).status_code == 404
        assert browser.get(reverse(route, args=[uuid.uuid4()])).status_code == 404
    assert browser.get(reverse("movement_file_ask", args=[theirs.public_id])).status_code == 404
    assert browser.get(reverse("statement_pdf", args=[theirs.public_id])).status_code == 404
    assert not Row.objects.filter(act="statements.file_downloaded").exists()


def test_whoever_may_no_longer_see_the_account_no_longer_gets_its_file(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    ready = statements.file_of(holder, account, now=timezone.now())
    waiting = statements.ask(holder, account, now=now)
    Disposition.objects.filter(customer=holder).delete()
    assert browser.get(reverse("movement_file_download", args=[ready.public_id])).status_code == 404
    assert exporting.make(public_id=waiting.public_id, now=now) == "failed"


def test_a_pdf_of_a_search_is_made_at_once(browser: Client, account: BankAccount) -> None:
    answer = browser.get(reverse("statement_pdf", args=[account.public_id]), {"direction": "in"})
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_asked_and_made_by_many_at_once_there_is_one_file_with_each_line_once(
    holder: Customer, account: BankAccount, now: datetime
) -> None:
    keys = [uuid.uuid4(), uuid.uuid4()]
    outcomes: list[str] = []

    def run(act: Any) -> None:
        try:
            outcomes.append(act())
        except exporting.Busy:
            outcomes.append("busy")
        finally:
            connection.close()

    def together(acts: list[Any]) -> None:
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together([lambda key=key: statements.ask(holder, account, key=key, now=now) and "asked" for key in keys * 3])
    assert sorted(outcomes) == ["asked"] * 3 + ["busy"] * 3
    file = MovementFile.objects.get()
    outcomes.clear()
    together([lambda: exporting.make(public_id=file.public_id, now=now)] * 4)
    exporting.make(public_id=file.public_id, now=now)
    file.refresh_from_db()
    assert file.state == "ready"
    assert sorted(file.parts.values_list("number", "count", "last_line")) == [(1, 4, 5), (2, 4, 1)]
    assert Notice.objects.filter(event="statements.file_ready").count() == 1
    stored = {part.stored for part in MovementFilePart.objects.all()}
    on_disk = {
        str(path.relative_to(settings.MEDIA_ROOT)) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()
    }
    assert on_disk == stored  # who gave way took their piece away

"""When a relationship has ended and its years are over, the person is gone from every table and the books stay."""

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from accounts.identity.models import Document, Verification
from accounts.inbox.models import Notice
from accounts.models import Customer, User
from accounts.mydata import closing, consents, disclosure
from accounts.mydata.models import Closing, Forgotten
from accounts.mydata.retention import carrying, table, unfinished
from core.audit.models import Row
from core.intake.models import Refusal, Run
from core.outbox import relay
from core.reviews.models import Case
from ledger import balances, checks
from ledger.models import Line
from payments.models import Transfer
from portal.celery import app as celery
from tests.factories import access
from tests.factories import identity as desk
from tests.factories import mydata as make
from tests.factories import payments as money

NAME = "欧阳志远"
LATER = timedelta(days=3700)  # ten years and more


@pytest.fixture(autouse=True)
def _read_anew() -> Any:
    table.lines.cache_clear()
    yield
    table.lines.cache_clear()


def test_every_field_about_people_is_deleted_by_one_sweeper_that_runs_or_says_why_it_is_kept() -> None:
    assert table.problems() == [], "add a line to portal/retention.csv"
    assert table.sweepers() <= {*celery.conf.beat_schedule}
    assert "mydata-retain" in celery.conf.beat_schedule


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("inbox.Notice,*,ended", "inbox.Tally,*,ended", "inbox.Notice.texts is in no line of retention.csv"),
        ("accounts.Disposition,role,", "accounts.Disposition,*,", "accounts.Disposition.external_ref is in 2 lines"),
        ("cards.Card,external_ref", "cards.Card,ghost", "cards.Card.ghost is in retention.csv and not in the data"),
    ],
)
def test_a_field_nobody_deletes_or_two_delete_fails_the_build(
    settings: Any, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    text = Path(settings.RETENTION_FILE).read_text()
    assert old in text
    settings.RETENTION_FILE = tmp_path / "retention.csv"
    settings.RETENTION_FILE.write_text(text.replace(old, new))
    assert any(found.startswith(problem) for found in table.problems())


def test_what_is_kept_says_why(settings: Any, tmp_path: Path) -> None:
    settings.RETENTION_FILE = tmp_path / "retention.csv"
    settings.RETENTION_FILE.write_text("model,fields,by,owner,then,note\naccounts.User,email,kept,,,\n")
    with pytest.raises(table.WrongTable):
        table.lines()


def _lived_and_left(now: datetime) -> tuple[Customer, list[str]]:
    """Somebody with something in every corner, who has left; and every text they could be known again by."""
    leaver, landlord = money.customer(NAME, email="gone@example.com", now=now), money.customer("李明", now=now)
    source = money.account(leaver, balance=500_00, now=now)
    theirs = money.account(landlord, now=now)
    two = money.Pair(leaver, source, money.payee(leaver, theirs, alias="My landlord Li", now=now), landlord, theirs)
    back = money.Pair(landlord, theirs, money.payee(landlord, source, now=now), leaver, source)
    for one in (leaver, landlord):
        money.enrol(one)
    access.phone(leaver.user, "13800138000")  # type: ignore[arg-type]
    make.send(two, 500_00, memo=f"Rent of {NAME}", now=now)
    make.send(back, 1_00, memo="Too much", now=now)
    make.send(two, 1_00, now=now)
    Customer.objects.filter(pk=leaver.pk).update(standing="new")
    draft = desk.fill_in(Customer.objects.get(pk=leaver.pk), now=now)
    Customer.objects.filter(pk=leaver.pk).update(standing="verified")
    Customer.objects.filter(pk=leaver.pk).update(born_on="1971-02-03", sex="f")
    consents.give(customer=leaver, purpose="offers", version=1, language="en", now=now)
    reader = desk.make_staff("reader@example.com", "reviewer")
    disclosure.reveal(customer=leaver, staff=reader, what="phone", why="asked", reason=f"{NAME} asked for it", now=now)
    make.ready(leaver, now=now)
    make.corrected(leaver, now=now)
    case = Case.objects.get(subject="correction")
    desk.decide_now(case, reader, now=now)
    relay.drain(now=now)
    texts = [NAME, "gone@example.com", source.number, "My landlord Li", draft.number, draft.address, draft.legal_name]
    asked = Closing.objects.create(customer=leaver, asked_at=now, due_at=now)
    assert closing.carry_out(public_id=asked.public_id, now=now)
    relay.drain(now=now)
    return leaver, texts


def _where(text: str) -> set[str]:
    """Every table with a row that says a text, the audit trail apart: it is chained, and covers who signed in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = {name for (name,) in cursor.fetchall()} - {"audit_row", "django_session"}
        found = set()
        for name in sorted(tables):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}" t WHERE strpos(t::text, %s) > 0)', [text])
            if cursor.fetchone()[0]:
                found.add(name)
    return found


def _books() -> list[Any]:
    said = ("account_id", "number", "entry_id", "amount", "balance_after")
    return [list(Line.objects.order_by("account_id", "number").values_list(*said)), balances.trial()]


@pytest.mark.django_db(transaction=True)
def test_ten_years_after_the_end_the_person_is_in_no_table_and_the_books_stand_as_they_stood(
    now: datetime, time_machine: Any, tmp_path: Path
) -> None:
    leaver, texts = _lived_and_left(now)
    ended = Closing.objects.get(customer=leaver)
    assert ended.keep_until is not None
    assert {"accounts_customer", "ledger_line", "payments_transfer"} <= _where(NAME)
    last_day = now.replace(year=ended.keep_until.year, month=ended.keep_until.month, day=ended.keep_until.day)
    assert carrying.due(now=last_day, customer_id=leaver.pk) == []
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mydata_forget(%s, %s)", [leaver.pk, ended.keep_until])

    books, photos = _books(), [path for path in tmp_path.rglob("*") if path.is_file()]
    assert photos
    later = last_day + timedelta(days=1)
    time_machine.move_to(later, tick=False)
    told = io.StringIO()
    call_command("retain", dry_run=True, json=True, stdout=told)
    listed = json.loads(told.getvalue().splitlines()[0])
    assert listed["customer"] == str(leaver.public_id)
    assert Customer.objects.get(pk=leaver.pk).legal_name == NAME, "a dry run changes nothing"
    before = {model: _keys(model) for model in listed["removed"]}

    call_command("retain", stdout=io.StringIO())

    for model, keys in listed["removed"].items():
        assert sorted(before[model] - _keys(model)) == sorted(map(str, keys)), model
    kept = Forgotten.objects.get(customer=leaver)
    assert set(listed["removed"]) | set(listed["emptied"]) <= set(kept.rows)
    assert _where(NAME) == {"inbox_notice"}, "what others were told when they were paid is theirs"
    assert not Notice.objects.filter(user=leaver.user_id).exists()
    for text in texts[1:]:
        assert _where(text) == set(), text
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert _books() == books
    assert checks.drift() == []
    shell = Customer.objects.select_related("user").get(pk=leaver.pk)
    assert (shell.legal_name, shell.born_on, shell.sex) == ("", None, "")
    assert shell.user is not None
    assert not shell.user.is_active
    assert not shell.user.has_usable_password()
    assert Customer.objects.get(legal_name="李明"), "whom they paid stays"
    assert Transfer.objects.filter(payer=leaver, payee_name="李明").exists()
    row = Row.objects.get(act="mydata.forgotten")
    assert row.after is not None
    assert row.after["ground"] == "ended"
    assert "gone@example.com" not in "".join(Row.objects.values_list("actor_label", flat=True))
    assert list(carrying.run(now=later, at_most=10)) == []
    assert Row.objects.filter(act="mydata.forgotten").count() == 1


def _keys(model: str) -> set[str]:
    return {str(key) for key in table.apps.get_model(model)._base_manager.values_list("pk", flat=True)}


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_loses_nothing_and_the_next_run_ends_it(now: datetime, monkeypatch: Any) -> None:
    leaver, texts = _lived_and_left(now)
    later = now + LATER
    apply, calls = carrying._apply, list[str]()

    def dies(line: table.Line, *rest: Any) -> None:
        calls.append(line.model)
        if len(calls) > 20:
            raise KeyboardInterrupt
        apply(line, *rest)

    monkeypatch.setattr(carrying, "_apply", dies)
    with pytest.raises(KeyboardInterrupt):
        list(carrying.run(now=later, at_most=10))
    assert not Forgotten.objects.exists()
    assert Customer.objects.get(pk=leaver.pk).legal_name == NAME
    monkeypatch.undo()
    assert len(list(carrying.run(now=later, at_most=10))) == 1
    assert _where(texts[1]) == set()


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_keeps_what_is_not_due(now: datetime) -> None:
    here = money.customer(NAME, now=now)
    consents.give(customer=here, purpose="offers", version=1, language="en", now=now)
    for statement in (
        "SELECT * FROM mydata_forget(%s, '2090-01-01')",
        "SELECT mydata_forget_narratives(%s, '2090-01-01', '{}', 10)",
    ):
        with pytest.raises(ProgrammingError, match="still kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [here.pk])
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM mydata_consent WHERE customer_id = %s", [here.pk])
    assert consents.given(customer=here, purpose="offers", on=now)


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_and_left_goes_after_its_days_and_what_was_touched_stays(now: datetime, tmp_path: Path) -> None:
    left = desk.fill_in(desk.make_customer("left@example.com", now=now), now=now)
    back = desk.fill_in(desk.make_customer("back@example.com", now=now), now=now)
    Document.objects.filter(verification=back).update(uploaded_at=now + timedelta(days=60))
    run = Run.objects.create(
        source="berka", source_name="b", as_of=now.date(), started_at=now, finished_at=now, state="finished"
    )
    Refusal.objects.create(run=run, file="client", line=3, value="a name", reason="no")
    assert unfinished.drafts_due(now=now + timedelta(days=89)) == []
    later = now + timedelta(days=91)
    assert unfinished.drafts_due(now=later) == [left.pk]
    assert unfinished.delete_drafts(now=later) == 1
    assert unfinished.delete_drafts(now=later) == 0
    assert unfinished.delete_refused(now=later) == 1
    assert [draft.pk for draft in Verification.objects.all()] == [back.pk]
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == set(Document.objects.values_list("file", flat=True))


@pytest.mark.django_db(transaction=True)
def test_who_registered_and_never_came_back_is_forgotten_and_may_register_anew(now: datetime) -> None:
    gone = desk.make_customer("visitor@example.com", now=now)
    colleague = Customer.objects.create(user=desk.make_staff("both@example.com", "teller"), created_at=now)
    seen = desk.make_customer("seen@example.com", now=now)
    User.objects.filter(pk=seen.user_id).update(last_login=now + timedelta(days=300))
    later = now + timedelta(days=366)
    assert [found.customer_id for found in carrying.due(now=later)] == [gone.pk]
    assert len(list(carrying.run(now=later, at_most=10))) == 1
    assert _where("visitor@example.com") == set()
    assert desk.make_customer("visitor@example.com", now=later).pk != gone.pk
    assert Customer.objects.filter(pk=colleague.pk, forgotten=None).exists()


@pytest.mark.django_db
def test_the_application_may_do_what_the_table_says_it_does() -> None:
    wrong = []
    with connection.cursor() as cursor:
        for line in table.ended():
            name = line.of._meta.db_table
            if line.then == table.DELETE:
                cursor.execute("SELECT has_table_privilege(%s, %s, 'DELETE')", [settings.DATABASE_APP_ROLE, name])
                wrong += [] if cursor.fetchone()[0] else [f"{name}: DELETE"]
                continue
            for field in line.fields:
                column = line.of._meta.get_field(field).column
                cursor.execute(
                    "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')", [settings.DATABASE_APP_ROLE, name, column]
                )
                wrong += [] if cursor.fetchone()[0] else [f"{name}.{column}: UPDATE"]
    assert wrong == [], "the room's privileges forbid it: let mydata_forget do it (then: function)"

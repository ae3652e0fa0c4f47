"""Figures are dated, typed, loaded once, never edited, and printed in the documentation."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from core import policy
from core.audit.models import Row as AuditRow
from core.policy import document, figures, file, loader
from core.policy.models import Figure
from tests.factories.policy import add_figure

DAY = date(2026, 11, 23)
HEAD = ",".join(file.COLUMNS) + "\n"


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    policy.forget()
    yield
    policy.forget()


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.django_db
def test_a_figure_comes_in_its_own_type(now: datetime) -> None:
    add_figure("test.count", "3", type="int", now=now)
    add_figure("test.rate", "0.0350", type="decimal", now=now)
    add_figure("test.asked", "false", type="bool", now=now)
    add_figure("test.words", "next day", type="text", now=now)
    assert policy.value("test.count", on=DAY) == 3
    assert policy.value("test.rate", on=DAY) == Decimal("0.0350")
    assert policy.value("test.asked", on=DAY) is False
    assert policy.value("test.words", on=DAY) == "next day"


@pytest.mark.django_db
def test_a_later_row_takes_over_on_its_day_and_the_past_stays_as_it_was(now: datetime) -> None:
    add_figure("test.limit", "100", since=date(2026, 1, 1), now=now)
    add_figure("test.limit", "80", since=DAY, now=now)
    assert policy.value("test.limit", on=date(2026, 11, 22)) == 100
    assert policy.value("test.limit", on=DAY) == 80


@pytest.mark.django_db
def test_a_missing_figure_stops_the_act_instead_of_waving_it_through(now: datetime) -> None:
    add_figure("test.limit", "100", since=DAY, now=now)
    with pytest.raises(policy.UnknownPolicy):
        policy.value("test.never_written", on=DAY)
    with pytest.raises(policy.UnknownPolicy):
        policy.value("test.limit", on=date(2026, 11, 22))


@pytest.mark.django_db
def test_all_figures_are_read_by_one_query_and_kept_for_a_few_seconds(
    now: datetime, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(figures.time, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):  # type: ignore[operator]
        policy.value("transfer.daily_limit.cny", on=DAY)
        policy.value("transfer.daily_count", on=DAY)
    with django_assert_num_queries(0):  # type: ignore[operator]
        clock[0] += figures.KEEP - 1
        policy.value("transfer.daily_count", on=DAY)
    with django_assert_num_queries(1):  # type: ignore[operator]
        clock[0] += 1
        policy.value("transfer.daily_count", on=DAY)


@pytest.mark.django_db
def test_loading_twice_adds_once_and_leaves_one_audit_row(tmp_path: Path, now: datetime) -> None:
    path = write(tmp_path, "test.a,2026-01-01,int,1,days,rule,one,一", "test.b,2026-01-01,bool,true,,rule,two,二")
    assert loader.load(path, now=now) == loader.Loaded(added=2, known=0)
    assert loader.load(path, now=now) == loader.Loaded(added=0, known=2)
    assert Figure.objects.filter(key__startswith="test.").count() == 2
    assert AuditRow.objects.filter(act="policy.loaded", subject="file:figures.csv", acted_at=now).count() == 1


@pytest.mark.django_db
def test_a_figure_in_force_cannot_be_edited_by_the_file_and_nothing_of_that_file_is_loaded(
    tmp_path: Path, now: datetime
) -> None:
    loader.load(write(tmp_path, "test.a,2026-01-01,int,1,days,rule,one,一"), now=now)
    edited = write(tmp_path, "test.a,2026-01-01,int,2,days,rule,one,一", "test.c,2026-01-01,int,3,,rule,new,新")
    with pytest.raises(loader.FigureEdited, match=r"test\.a"):
        loader.load(edited, now=now)
    assert policy.value("test.a", on=DAY) == 1
    assert not Figure.objects.filter(key="test.c").exists()


@pytest.mark.django_db
def test_a_load_counts_at_once_in_this_process(tmp_path: Path, now: datetime) -> None:
    loader.load(write(tmp_path, "test.a,2026-01-01,int,1,,rule,one,一"), now=now)
    assert policy.value("test.a", on=DAY) == 1
    loader.load(
        write(tmp_path, "test.a,2026-01-01,int,1,,rule,one,一", "test.a,2026-11-23,int,5,,rule,one,一"), now=now
    )
    assert policy.value("test.a", on=DAY) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE policy_figure SET value = '9'", "DELETE FROM policy_figure"])
def test_the_applications_role_cannot_edit_or_remove_a_figure(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "text"), [("int", "1.5"), ("int", ""), ("bool", "yes"), ("decimal", "NaN")])
def test_the_database_refuses_a_figure_that_is_not_of_its_type(kind: str, text: str, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_figure("test.bad", text, type=kind, now=now)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("test.a,2026-01-01,int,1.5,,rule,one,一", "line 2.*not int"),
        ("test.a,2026-02-30,int,1,,rule,one,一", "line 2"),
        ("test.a,2026-01-01,int,1,,,one,一", "line 2.*source"),
        ("test.a,2026-01-01,int,1,,rule,one", "line 2.*columns"),
        ("Test A,2026-01-01,int,1,,rule,one,一", "line 2.*no key"),
        ("test.a,2026-01-01,int,1,,r,one,一\ntest.a,2026-01-01,int,2,,r,one,一", "twice"),
        ("test.a,2026-01-01,int,1,,r,one,一\ntest.a,2027-01-01,bool,true,,r,one,一", "changes its type"),
        ("test.a,2026-01-01,int,1,days,r,one,一\ntest.a,2027-01-01,int,1,hours,r,one,一", "changes its type or unit"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(file.WrongFile, match=words):
        file.read(write(tmp_path, line))


def test_the_documentation_shows_exactly_the_figures_of_the_file() -> None:
    page = settings.BASE_DIR / "docs" / "policy.md"
    assert page.read_text(encoding="utf-8") == document.page(file.read(settings.POLICY_FILE))
    call_command("document_policy", "--check")


@pytest.mark.django_db
def test_staff_look_figures_up_but_have_no_way_to_edit_them() -> None:
    from django.contrib import admin
    from django.test import RequestFactory

    from core.policy.admin import FigureAdmin

    page, request = FigureAdmin(Figure, admin.site), RequestFactory().get("/")
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert Client().get("/admin/policy/figure/").status_code == 302  # to sign-in

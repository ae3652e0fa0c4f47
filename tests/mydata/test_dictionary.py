"""Every field is declared: what for, on what ground, how long; and what is declared as shown is shown, nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import models

from accounts.models import Customer
from accounts.mydata import collecting, dictionary
from accounts.mydata.groups import BY_KEY, GROUPS


@pytest.fixture(autouse=True)
def _read_anew() -> Any:
    dictionary.entries.cache_clear()
    yield
    dictionary.entries.cache_clear()


def test_every_field_of_every_model_is_in_the_dictionary() -> None:
    assert dictionary.problems() == [], "add a line to portal/personal_data.csv, then run manage.py document_data"


def test_a_field_without_a_line_is_a_problem(settings: Any, tmp_path: Path) -> None:
    before = set(dictionary.problems())
    dictionary.entries.cache_clear()
    lines = Path(settings.PERSONAL_DATA_FILE).read_text().splitlines(keepends=True)
    settings.PERSONAL_DATA_FILE = tmp_path / "personal_data.csv"
    settings.PERSONAL_DATA_FILE.write_text("".join(line for line in lines if "legal_name born_on sex" not in line))
    found = set(dictionary.problems()) - before
    assert "accounts.Customer.legal_name is in no line of personal_data.csv" in found
    assert len(found) == 3


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("payments.Payee,*,-,,,not about anybody\n", "payments.Payee points at a person: name its fields one by one"),
        ("accounts.Ghost,name,person,C1,yes,\n", "accounts.Ghost.name: there is no such model"),
        ("accounts.Customer,ghost,person,C1,yes,\n", "accounts.Customer.ghost: there is no such field"),
        ("auth.Group,name,security,C3,yes,\n", "auth.Group.name: a secret is never shown"),
    ],
)
def test_a_line_may_not_say_what_is_untrue(settings: Any, tmp_path: Path, line: str, problem: str) -> None:
    before = set(dictionary.problems())
    dictionary.entries.cache_clear()
    text = Path(settings.PERSONAL_DATA_FILE).read_text()
    settings.PERSONAL_DATA_FILE = tmp_path / "personal_data.csv"
    settings.PERSONAL_DATA_FILE.write_text(text + line)
    assert set(dictionary.problems()) - before == {problem}


def test_what_is_not_shown_says_why(settings: Any, tmp_path: Path) -> None:
    settings.PERSONAL_DATA_FILE = tmp_path / "personal_data.csv"
    settings.PERSONAL_DATA_FILE.write_text("model,fields,group,class,shown,note\na.B,c,person,C1,no,\n")
    with pytest.raises(dictionary.WrongDictionary):
        dictionary.entries()


def test_every_group_has_a_purpose_a_ground_and_a_time() -> None:
    assert len(BY_KEY) == len(GROUPS)
    for group in GROUPS:
        assert group.title
        assert group.purpose
        assert group.basis
        assert group.kept
    assert {entry.group for entry in dictionary.entries().values()} == {*BY_KEY, dictionary.NOBODY}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_and_copies_hold_what_is_marked_as_shown_and_nothing_else(language: str) -> None:
    nobody = Customer(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    sections = collecting.sections(customer=nobody, language=language)
    named = {column.field for section in sections for column in section.columns if column.field}
    assert sorted(dictionary.shown() - named) == [], "a room's personal.py leaves these out"
    assert sorted(named - dictionary.shown()) == [], "the dictionary does not say that these are shown"
    keys = [section.key for section in sections]
    assert len(keys) == len(set(keys))
    for section in sections:
        assert section.group in BY_KEY
        assert len({column.key for column in section.columns}) == len(section.columns)


def test_the_documentation_is_what_the_command_writes() -> None:
    call_command("document_data", check=True)


def test_links_between_records_need_no_line() -> None:
    assert not any(isinstance(field, models.ForeignKey) for field in dictionary._columns(Customer))

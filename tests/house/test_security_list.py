"""The list of controls in docs/security.md is whole, and every test it names exists."""

import ast
import importlib
import re
import sys
from functools import cache
from typing import Any

import pytest
from django.utils.module_loading import import_string

from portal.settings import base
from tests.house.test_rules import ROOT

PAGE = ROOT / "docs" / "security.md"
TABLES = {"ASVS 5.0 rows and their tests": 80, "Hostile acts": 44}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@cache
def named_in(path: str) -> frozenset[str]:
    file = ROOT / "tests" / path
    if not file.is_file():
        return frozenset()
    found = ast.walk(ast.parse(file.read_text()))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def rows(title: str) -> list[tuple[int, str, str]]:
    """Number, words and tests of each row of a table."""
    text = PAGE.read_text().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return [(int(number), words, tests) for number, words, tests in found]


@pytest.mark.parametrize(("title", "last"), TABLES.items(), ids=["rows", "acts"])
def test_every_row_is_listed_once_and_in_order(title: str, last: int) -> None:
    assert [number for number, _words, _tests in rows(title)] == list(range(1, last + 1))


@pytest.mark.parametrize("title", TABLES, ids=["rows", "acts"])
def test_every_test_that_is_named_exists(title: str) -> None:
    missing = [
        f"{number}: {path}::{test}"
        for number, _words, tests in rows(title)
        for path, test in NAMED.findall(tests)
        if test not in named_in(path)
    ]
    assert missing == []


@pytest.mark.parametrize("title", TABLES, ids=["rows", "acts"])
def test_a_row_without_a_test_says_why(title: str) -> None:
    silent = [
        number
        for number, _words, tests in rows(title)
        if not NAMED.search(tests) and not re.match(r"not yet: \w.{10,}", tests)
    ]
    assert silent == []


def test_passwords_are_hashed_with_argon2id() -> None:
    """The first hasher of the settings makes the hashes: Argon2id, nineteen megabytes and two passes at the least."""
    hasher = import_string(base.PASSWORD_HASHERS[0])()
    assert hasher.algorithm == "argon2"
    made = hasher.encode("a long pass phrase", hasher.salt())
    figures = re.search(r"argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)", made)
    assert figures
    memory, passes, _lanes = (int(figure) for figure in figures.groups())
    assert memory >= 19_456
    assert passes >= 2


def controls() -> Any:
    """The list of removals: script/house/controls, which is no package of the portal."""
    folder = str(ROOT / "script" / "house")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("controls")
    finally:
        sys.path.remove(folder)


def test_every_row_has_a_removal_that_was_seen_red() -> None:
    """Each of the eighty rows has its control in the list of what is taken out (script/house/mutations.py)."""
    listed = {one.row for one in controls().MUTATIONS}
    assert [number for number in range(1, 81) if f"row {number}" not in listed] == []


def test_what_is_taken_out_stands_where_the_list_says_and_its_test_exists() -> None:
    gone = []
    for one in controls().MUTATIONS:
        path, _, test = one.test.partition("::")
        if test.partition("[")[0].rpartition("::")[2] not in named_in(path):
            gone.append(f"{one.row}: {one.test}")
        gone += [f"{one.row}: {name}: {old!r}" for name, old, _new in one.edits if old not in (ROOT / name).read_text()]
    assert gone == [], "change the list in script/house/controls with the control, and see the test go red once more"

"""The list of controls in docs/security.md is whole, and every test it names exists."""

import ast
import re
from functools import cache

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

"""How much is shown where: one module, used everywhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import masks

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (masks.document_short, "11010119900307002X", "1…X"),
        (masks.document_short, "1X", "…"),
        (masks.document_short, "", ""),
        (masks.document_long, "11010119900307002X", "110…002X"),
        (masks.document_long, "G1234567", "G1…67"),
        (masks.phone, "+8613800011234", "138****1234"),
        (masks.phone, "13800011234", "138****1234"),
        (masks.phone, "+447700900123", "+44****23"),
        (masks.phone, "+4477009", "+44****09"),
        (masks.phone, "+447", "****"),
        (masks.phone, "", ""),
        (masks.email_short, "lin@example.com", "l…@example.com"),
        (masks.email_long, "lin@example.com", "l***n@example.com"),
        (masks.email_long, "li@example.com", "l***@example.com"),
        (masks.email_short, "", ""),
        (masks.account_short, "8810123412341234", "…1234"),
        (masks.account_long, "8810123412341234", "**** 1234"),
        (masks.account_long, "1234", "****"),
        (masks.card_short, "6222021234561234", "…1234"),
        (masks.card_long, "6222021234561234", "622202****1234"),
        (masks.card_long, "1234", "****"),
        (masks.tail, "8810123412341234", "1234"),
        (masks.tail, "1234", ""),
    ],
)
def test_each_place_shows_as_much_as_it_may(mask: Callable[[str], str], text: str, shown: str) -> None:
    assert mask(text) == shown


def test_no_other_module_cuts_numbers_for_itself() -> None:
    cuts = re.compile(r"(?<=\w)\[-4:\]|\*{4}\{|…\{")
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("core", "ledger", "accounts", "products", "payments", "loans", "analytics", "portal")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts and cuts.search(path.read_text())
    ]
    assert [one for one in found if one != "accounts/masks.py"] == []

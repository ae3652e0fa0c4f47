"""The wiring board and the code agree about what people are told."""

import ast
from pathlib import Path

from django.utils.functional import Promise

from accounts.preferences import events, quick

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ["accounts", "payments", "products", "loans", "analytics", "core", "portal"]


def sent():
    """Every event named in a call of inbox.send, as far as it is written out."""
    found = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send":
                for given in node.keywords:
                    if given.arg == "event" and isinstance(given.value, ast.Constant):
                        found.add(given.value.value)
                    elif given.arg == "event" and isinstance(given.value, ast.JoinedStr):
                        found.add(given.value.values[0].value)
    return found


def test_every_event_that_is_sent_is_declared_on_the_wiring_board():
    assert {"payments.sent", "payments.received", "security."} <= sent()
    assert [event for event in sorted(sent()) if events.declared_for(event) is None] == []


def test_each_event_stands_in_a_group_once_with_channels_that_exist():
    keys = [event.key for event in events.declared()]
    assert len(keys) == len(set(keys))
    for event in events.declared():
        assert event.group in events.GROUPS
        assert set(event.default) <= set(events.OPTIONAL)


def test_names_are_translated_when_they_are_read_not_when_they_are_declared():
    names = [event.label for event in events.declared()] + [one.label for one, _url in quick.offered()]
    assert all(isinstance(name, Promise) for name in names)

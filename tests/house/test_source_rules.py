"""More rules about the code: no shell, no open forms, no pattern that a long text brings to a halt."""

import ast
import re
import signal
import time
from functools import cache
from types import FrameType

import pytest
from django.conf import settings

from tests.house.test_rules import ROOMS, name, sources

AT_MOST = 0.5  # seconds of this process for 50,000 characters
TRIES = ("a", "0", " ", "\n", "-", ".", ",", "@", "<", "/", "_", "é", "名", "a.", "a@", "1,", "a ", "0-", "<a", "{{")


@cache
def calls() -> list[tuple[str, ast.Call]]:
    return [
        (f"{name(path)}:{node.lineno}", node)
        for path in sources(*ROOMS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def test_no_program_is_started_through_a_shell() -> None:
    """A file named `;touch x` is a file name, whatever program is given it."""
    banned = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
    found = []
    for where, call in calls():
        shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords)
        if shell or ast.unparse(call.func) in banned:
            found.append(where)
    assert found == [], "give an argument list"


def test_moments_are_written_by_the_banks_clock() -> None:
    """What the database answers is universal time: written as it is, a page is eight hours off."""
    found = [
        where
        for where, call in calls()
        if ast.unparse(call.func) == "formats.moment"
        and not where.startswith("core/ui/")  # the template tag turns the clock itself
        and not re.search(r"\b(localtime|astimezone)\(", ast.unparse(call.args[0]))
    ]
    assert found == [], "wrap it in timezone.localtime"


def test_what_follows_from_a_fact_works_by_the_clock_it_is_given() -> None:
    """Else a day's end that is caught up, or a test, does its work on another day than it says.

    Handlers that talk to the network may look again: when the answer came is not when the try began.
    """
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources(*ROOMS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any(taken.annotation and ast.unparse(taken.annotation) == "Fact" for taken in node.args.args)
        and not any("outside_transaction" in ast.unparse(mark) for mark in node.decorator_list)
        and "timezone.now()" in ast.unparse(node)
    ]
    assert found == [], "take `fact.now`"


def test_nothing_is_run_that_was_read() -> None:
    found = [where for where, call in calls() if ast.unparse(call.func) in {"eval", "exec", "__import__"}]
    assert found == []


def test_forms_name_the_fields_they_take() -> None:
    """A form that takes whatever its model has would take what only the bank may say."""
    found = []
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.ClassDef) and node.name == "Meta"):
                continue
            for line in node.body:
                if not isinstance(line, ast.Assign):
                    continue
                said = ast.unparse(line)
                if re.match(r"fields = ['\"]__all__|exclude = ", said):
                    found.append(f"{name(path)}:{line.lineno} {said}")
    assert found == [], "list the fields"


def test_no_view_does_without_the_pages_own_token() -> None:
    """Uploads alone put the check off, until their files are received in memory, and do it then."""
    found = {
        name(path)
        for path in sources(*ROOMS)
        if any(word in path.read_text() for word in ("csrf_exempt", "CSRF_USE", "_dont_enforce_csrf_checks"))
    }
    assert found <= {"accounts/identity/uploads.py"}, "say why here, and do the check yourself"


def test_randomness_of_secrets_is_never_a_uuid() -> None:
    """Links that open something carry a token of `secrets`, not an id."""
    banned = {"random.choice", "random.randint", "random.random", "get_random_string", "uuid.uuid1", "uuid1"}
    found = [where for where, call in calls() if ast.unparse(call.func) in banned and "portal/demo/" not in where]
    assert [where for where in found if "/management/" not in where] == []


def test_messages_between_processes_and_sessions_are_json() -> None:
    assert settings.CELERY_TASK_SERIALIZER == "json"
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.SESSION_SERIALIZER == "accounts.access.sessions.SealedJSON"


def patterns() -> list[tuple[str, str, int, str]]:
    """Every pattern written out in the code, with its flags and the way it is asked."""
    found = []
    for path in sources(*ROOMS):
        text = path.read_text()
        for outer in ast.walk(ast.parse(text)):
            kept = outer.targets[0] if isinstance(outer, ast.Assign) else None
            for call in [outer.value] if isinstance(outer, ast.Assign) else [outer]:
                if not (isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.") and call.args):
                    continue
                first = call.args[0]
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    continue
                asked = {ast.unparse(call.func).removeprefix("re.")}
                if asked == {"compile"}:
                    if kept is None:
                        continue  # met again as the value of its name
                    asked = set(re.findall(rf"\b{re.escape(ast.unparse(kept))}\.(\w+)\(", text))
                way = "search" if asked - {"fullmatch", "match"} or not asked else max(asked)
                words = ast.unparse(call)
                flags = re.VERBOSE if "re.VERBOSE" in words or "re.X" in words else 0
                found.append((f"{name(path)}:{call.lineno}", first.value, flags, way))
    return sorted(set(found))


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


@pytest.mark.parametrize(("where", "pattern", "flags", "way"), patterns(), ids=lambda one: str(one)[:60])
def test_no_pattern_is_brought_to_a_halt_by_a_long_text(where: str, pattern: str, flags: int, way: str) -> None:
    """Fifty thousand characters of anything are judged in the blink of an eye (ASVS 1.3.12)."""
    ask = getattr(re.compile(pattern, flags), way)
    before = signal.signal(signal.SIGVTALRM, _too_long)
    try:
        for text in TRIES:
            for end in ("", "!", "\x00"):
                long = (text * 50_000)[:50_000] + end
                signal.setitimer(signal.ITIMER_VIRTUAL, AT_MOST * 4)
                started = time.process_time()
                try:
                    ask(long)
                except TimeoutError:
                    pytest.fail(f"{where}: {pattern!r} does not end on {text!r} × 50,000")
                finally:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                took = time.process_time() - started
                assert took < AT_MOST, f"{where}: {pattern!r} took {took:.2f} s on {text!r} × 50,000"
    finally:
        signal.signal(signal.SIGVTALRM, before)


def test_patterns_are_found_in_the_code() -> None:
    assert len(patterns()) > 10

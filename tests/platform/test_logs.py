"""One line per event, with the reference of its request, for people or for machines."""

import json
import logging
import logging.config
import subprocess
import sys

import pytest
import structlog

from portal.logs import UnknownLogFormat, bind_task, configuration, unbind_task


class Task:
    name = "core.outbox.tasks.sweep"


def formatter(kind):
    made = configuration(format=kind, level="INFO")["formatters"]["line"]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=made["foreign_pre_chain"], processors=made["processors"]
    )


def record(message, **extra):
    made = logging.LogRecord("payments", logging.WARNING, "x.py", 1, message, (), None)
    for name, value in extra.items():
        setattr(made, name, value)
    return made


def test_a_json_line_carries_the_reference_of_its_request_and_keeps_chinese_readable():
    with structlog.contextvars.bound_contextvars(reference="K7QF-3MPD"):
        line = formatter("json").format(record("余额不足", account="7"))
    found = json.loads(line)
    assert (found["event"], found["reference"], found["account"]) == ("余额不足", "K7QF-3MPD", "7")
    assert (found["level"], found["logger"]) == ("warning", "payments")
    assert "余额不足" in line
    assert "\n" not in line


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize(
    "said", ["a\nb", "a\r\n2026 [error] root", "a\x1b[2Jb", "a\u2028b", "a\x85b", "a\x00b", "a\x9b31mb", "a\u202eb"]
)
def test_whatever_somebody_typed_stays_one_line_and_moves_no_terminal(form, said):
    """Hostile act 31: as the sentence, as a value, and inside one."""
    for made in (record(said), record("refused", account=said), record("refused", account=[said, {"x": said}])):
        line = formatter(form).format(made)
        assert len(line.splitlines()) == 1
        assert line.isprintable()


def test_a_plain_line_carries_it_too():
    with structlog.contextvars.bound_contextvars(reference="K7QF-3MPD"):
        line = formatter("plain").format(record("refused"))
    assert "refused" in line
    assert "reference=K7QF-3MPD" in line


def test_what_a_task_writes_names_the_task_until_it_ends():
    bind_task(task_id="7", task=Task())
    try:
        inside = json.loads(formatter("json").format(record("swept")))
    finally:
        unbind_task()
    after = json.loads(formatter("json").format(record("later")))
    assert (inside["task"], inside["task_id"]) == ("core.outbox.tasks.sweep", "7")
    assert "task" not in after


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_a_traceback_never_shows_the_values_of_variables(kind):
    """A password in a local variable must not reach the log through an error."""
    try:
        password = "correct horse"
        raise RuntimeError(f"refused {len(password)}")
    except RuntimeError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    line = formatter(kind).format(made)
    assert "RuntimeError: refused 13" in line.replace("\\n", "\n")
    assert "'correct horse'" not in line.replace('password = "correct horse"', "")


def test_an_unknown_format_is_refused_at_the_start():
    with pytest.raises(UnknownLogFormat, match="xml"):
        configuration(format="xml", level="INFO")


def test_requests_are_logged_one_by_one_only_when_asked():
    quiet = configuration(format="plain", level="INFO")["loggers"]["gunicorn.access"]["level"]
    loud = configuration(format="plain", level="INFO", access=True)["loggers"]["gunicorn.access"]["level"]
    assert (quiet, loud) == ("WARNING", "INFO")


def test_gunicorn_accepts_its_configuration():
    command = [sys.executable, "-m", "gunicorn", "--check-config", "--config", "python:portal.gunicorn_config"]
    result = subprocess.run([*command, "portal.wsgi"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

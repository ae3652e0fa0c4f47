"""script/test: everything that must hold, on servers of its own that are thrown away afterwards.

Every stage runs, whatever the one before said. The test runner comes last, so that its summary is the last line.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from house import machine, packages, say, secrets_file
from house.locks import Lock
from house.places import Places
from house.postgres import APP, OWNER, THROW_AWAY, Postgres
from house.processes import die_with_parent, run_quietly, tail
from house.say import Trouble
from house.valkey import Valkey

OURS = ("DJANGO_", "PORTAL_", "DATABASE_", "CELERY_", "CACHE_", "EMAIL_", "BRAND_", "WEB_", "PYTEST_ADDOPTS")
SHOWN_LINES = 120
TEMPLATE = "portal_migrated"  # the tests' databases are copies of it: migrating takes twenty seconds, copying one


@dataclass(frozen=True)
class Stage:
    """One thing that must hold, and the program that says whether it does."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a stage went."""

    name: str
    passed: bool
    seconds: float


def rooms(root: Path) -> list[str]:
    """This function will name the portal's own packages, as they stand."""
    skipped = {"tests", "bench", "script", "docs"}
    return sorted(p.parent.name for p in root.glob("*/__init__.py") if p.parent.name not in skipped)


def stages(root: Path, bin_folder: Path) -> list[Stage]:
    """This function will plan the stages before the tests."""
    python = str(bin_folder / "python")
    packages_named = [part for room in [*rooms(root), "house", "bench"] for part in ("-p", room)]
    strings = str(root / "script" / "house" / "untranslated.py")
    return [
        Stage("lint", (str(bin_folder / "ruff"), "check", "--output-format=concise", ".")),
        Stage("format", (str(bin_folder / "ruff"), "format", "--check", ".")),
        Stage("types", (str(bin_folder / "mypy"), *packages_named)),
        Stage("import contracts", (str(bin_folder / "lint-imports"),)),
        Stage("templates", (str(bin_folder / "djlint"), "templates", "--lint", "--quiet")),
        Stage("missing migrations", (python, "manage.py", "makemigrations", "--check", "--dry-run")),
        Stage("untranslated strings", (python, strings, str(root))),
    ]


def compiling(places: Places) -> Stage:
    """This function will plan the compiling of the translations: pages are tested in both languages."""
    program = str(places.root / "script" / "house" / "translations.py")
    return Stage("translations", (str(places.venv / "bin" / "python"), program, str(places.root / "locale")))


def run(places: Places, arguments: Sequence[str]) -> int:
    places.prepare()
    sweep_leftovers()
    outcomes: list[Outcome] = []
    outcomes.append(attempt_machine(places))
    packages.ensure(places, develop=True)
    state = Path(tempfile.mkdtemp(prefix="portal-test-"))
    scratch = Places(root=places.root, state=state)
    scratch.prepare()
    lock = Lock(scratch.lock)
    lock.take("script/test")
    passwords = secrets_file.complete({})
    postgres = Postgres.of(scratch, passwords=passwords, extra=THROW_AWAY)
    valkey = Valkey.of(scratch)
    try:
        with say.step("Starting a database and a broker for the tests"):
            postgres.prepare()
            postgres.start()
            valkey.start()
        env = environment(places, scratch, postgres, valkey)
        (state / "data" / "static").mkdir(parents=True)  # served from, and empty: pages are tested without a build
        with migrating(places, postgres, env) as process:
            outcomes.append(perform(compiling(places), places, env))
            if not arguments:
                outcomes += [perform(stage, places, env) for stage in stages(places.root, places.venv / "bin")]
            outcomes.append(perform_migrations(process, places))
        summarise(outcomes)
        if outcomes[-1].passed:
            env["PORTAL_TEST_TEMPLATE"] = TEMPLATE
        code = tests(places, arguments, env)
        return code or int(not all(outcome.passed for outcome in outcomes))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        valkey.stop()
        postgres.stop()
        shutil.rmtree(state, ignore_errors=True)


def environment(places: Places, scratch: Places, postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    """This function will make the environment of the tests; of the portal's variables none comes from outside."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env["PATH"] = os.pathsep.join([str(places.venv / "bin"), str(postgres.bin), env.get("PATH", os.defpath)])
    return env | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": postgres.url(OWNER),
        "DATABASE_APP_ROLE": APP,
        "CELERY_BROKER_URL": valkey.broker_url(),
        "PORTAL_DATA_DIR": str(scratch.state / "data"),
        "MYPYPATH": "script",
        "PYTHONUNBUFFERED": "1",
    }


def attempt_machine(places: Places) -> Outcome:
    """This function will see to the machine's own packages; tests that need a missing one will say so themselves."""
    with say.step("Looking at the machine") as step:
        try:
            machine.ensure(places.log / "apt.log", step)
        except Trouble as trouble:
            step.failed = True
            say.error(str(trouble))
            return Outcome("machine", False, step.elapsed())
    return Outcome("machine", True, step.elapsed())


@contextmanager
def migrating(places: Places, postgres: Postgres, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """This function will migrate a database, beside the stages, of which the tests' own ones are then copies."""
    postgres.psql(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
    command = [str(places.venv / "bin" / "python"), "manage.py", "migrate", "--run-syncdb", "--verbosity", "0"]
    with log_of("migrations", places).open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**env, "DATABASE_URL": postgres.url(OWNER, TEMPLATE)},
            cwd=places.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def perform_migrations(process: subprocess.Popen[bytes], places: Places) -> Outcome:
    """This function will wait for the migrations and show what they said when they did not pass."""
    with say.step("migrations") as step:
        code = process.wait()
        step.failed = code != 0
    if code != 0:
        say.line(tail(log_of("migrations", places), SHOWN_LINES))
    return Outcome("migrations", code == 0, step.elapsed())


def log_of(name: str, places: Places) -> Path:
    return places.log / f"test-{name.replace(' ', '-')}.log"


def perform(stage: Stage, places: Places, env: Mapping[str, str]) -> Outcome:
    """This function will run one stage and show what it said when it did not pass."""
    lines: list[str] = []
    log = log_of(stage.name, places)
    with say.step(stage.name) as step:
        code = run_quietly(stage.command, env=env, cwd=places.root, log=log, note=lines.append)
        step.failed, step.detail = code != 0, ""
    if code != 0:
        shown = lines[-SHOWN_LINES:]
        if len(lines) > len(shown):
            say.line(f"    … {len(lines) - len(shown)} lines before these are in {log}")
        say.line("\n".join(f"    {text}" for text in shown))
    return Outcome(stage.name, code == 0, step.elapsed())


def summarise(outcomes: Sequence[Outcome]) -> None:
    say.line("\nBefore the tests:")
    for outcome in outcomes:
        say.line(f"  {'✓' if outcome.passed else '✗'} {outcome.name:<22} {outcome.seconds:6.1f} s")
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    say.line(f"  {', '.join(failed)} did not pass; this run will end with an error.\n" if failed else "")


def tests(places: Places, arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """This function will run the tests on this terminal; whatever is named is run instead of everything."""
    parallel = [] if any(word == "-n" or word.startswith("-n") for word in arguments) else ["-n", "2"]
    command = [str(places.venv / "bin" / "pytest"), *parallel, "--dist", "loadgroup", *arguments]
    process = subprocess.Popen(
        command,
        env=dict(env),
        cwd=places.root,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM, os.getpid()),
    )
    try:
        return process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)  # the test runner ends its own processes and browsers
        process.wait()
        raise


def sweep_leftovers() -> None:
    """This function will remove what a killed run of the tests left in the temporary folder."""
    for folder in Path(tempfile.gettempdir()).glob("portal-test-*"):
        if folder.is_dir() and folder.stat().st_uid == os.geteuid():
            lock = Lock(folder / "lock")
            if lock.path.exists() and lock.take("clearing away"):
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()

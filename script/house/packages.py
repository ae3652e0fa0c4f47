"""The virtual environment: made once, filled when the pins changed, made anew when an earlier set-up was killed."""

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from house import say
from house.places import Places
from house.processes import end_programs_of, run_quietly, tail
from house.say import Trouble

RUN = "requirements.txt"
DEVELOP = "requirements-dev.txt"
NEEDED_BYTES = 900_000_000  # packages, servers, a first cluster and static files, with room to breathe
NEEDED_TO_DEVELOP = 1_300_000_000


def pins(path: Path) -> str:
    """This function will answer a mark of a requirements file and of those it names; it changes when a pin changes."""
    digest = hashlib.sha256()
    for row in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
        if row.startswith("-r "):
            digest.update(pins(path.parent / row[3:].strip()).encode())
        elif row and not row.startswith("#"):
            digest.update(row.split(" #")[0].strip().encode() + b"\n")
    return digest.hexdigest()


def _marks(places: Places) -> dict[str, str]:
    try:
        return dict(json.loads((places.venv / ".portal-ready").read_text()))
    except (OSError, ValueError):
        return {}


def _works(places: Places) -> bool:
    """Whether the environment's own Python starts and has pip; a Python that was removed since leaves a dead link."""
    code = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([places.python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def check_room(folder: Path, needed: int) -> None:
    """This function will refuse with one line when the disk has no room for a set-up. Raises Trouble."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Trouble(
            f"Not enough room on the disk: {free / 1e9:.1f} GB are free at {folder}, the set-up needs "
            f"{needed / 1e9:.1f} GB. Make room and start again; what is done already is kept."
        )


def ensure(places: Places, *, develop: bool = False) -> None:
    """This function will see to an environment that holds the pinned packages; does nothing when it already does."""
    with (places.state / "packages.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # script/server and script/test share one environment
        _ensure(places, develop=develop)


def _ensure(places: Places, *, develop: bool) -> None:
    wanted = [RUN, DEVELOP] if develop else [RUN]
    want = {name: pins(places.root / name) for name in wanted}
    marks = _marks(places)
    started = places.venv / ".portal-started"
    if not started.exists() and all(marks.get(name) == mark for name, mark in want.items()) and _works(places):
        return
    check_room(places.root, NEEDED_TO_DEVELOP if develop else NEEDED_BYTES)
    if started.exists() or (places.venv.exists() and not _works(places)):
        with say.step("Clearing away a half-made environment"):
            end_programs_of(places.venv / "bin")
            shutil.rmtree(places.venv)
    places.venv.mkdir(exist_ok=True)
    (places.venv / ".portal-ready").unlink(missing_ok=True)
    started.touch()
    if not places.python.exists():
        _make(places)
    _install(places, wanted[-1])
    marks = {name: mark for name, mark in marks.items() if name in wanted} if not develop else {}
    half = places.venv / ".portal-ready.new"
    half.write_text(json.dumps(marks | want))
    half.replace(places.venv / ".portal-ready")
    started.unlink()


def _make(places: Places) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Trouble(
            f"This Python {version} came without its venv module. On Debian: apt-get install python{version}-venv"
        )
    with say.step(f"Making .venv with Python {sys.version.split()[0]}"):
        _run(places, [sys.executable, "-m", "venv", str(places.venv)], "venv.log", _unheard)


def _install(places: Places, name: str) -> None:
    collected = 0
    with say.step("Installing the pinned packages") as step:

        def note(text: str) -> None:
            nonlocal collected
            if match := re.match(r"Collecting (\S+)", text):
                collected += 1
                step.detail = f"{collected}: {match[1]}"
            elif text.startswith("Installing collected packages"):
                step.detail = f"{text.count(',') + 1} packages, unpacking"

        command = [
            str(places.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
            "--progress-bar", "off", "--requirement", str(places.root / name),
        ]  # fmt: skip
        _run(places, command, "pip.log", note)
        step.detail = step.detail.partition(",")[0] if "unpacking" in step.detail else "nothing new"


def _unheard(text: str) -> None:
    """venv says nothing worth showing while it works; its log has it."""


def _run(places: Places, command: list[str], log_name: str, note: Callable[[str], None]) -> None:
    log = places.log / log_name
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTHONHOME", None)
    code = run_quietly(command, env=environment, cwd=places.root, log=log, note=note)
    if code != 0:
        end = tail(log)
        if os.strerror(errno.ENOSPC) in end:
            raise Trouble(f"The disk is full (while installing into {places.venv}). Make room and start again.")
        raise Trouble(f"Installing the packages did not work. The end of {log}:\n{end}")

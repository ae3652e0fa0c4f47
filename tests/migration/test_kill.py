"""kill -9 in the middle of an import: nothing lost, nothing doubled, and the same books in the end."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from core.intake.models import Mark, Run
from ledger import checks
from tests import addresses
from tests.factories import migration

MOMENTS = (5, 200, 300, 480, 700)  # marked rows, of 840 in all files


def start(directory: Path) -> "subprocess.Popen[bytes]":
    """Run the command as its own process, on this test's database and as the application's role."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": addresses.of_test_database(),
        "PGOPTIONS": f"-c role={settings.DATABASE_APP_ROLE}",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_bank", str(directory), "--batch", "20"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def marked(source: str) -> int:
    """How many rows of a source's files are marked as done."""
    return sum(Mark.objects.filter(run__source=source).values_list("taken", flat=True))


def kill_at(process: "subprocess.Popen[bytes]", source: str, rows: int) -> bool:
    """Kill the process as soon as so many rows are marked; False when it was faster."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            return False
        if marked(source) >= rows:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
            return True
        time.sleep(0.002)
    raise AssertionError(f"{rows} rows were not reached: {process.stdout.read() if process.stdout else b''!r}")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_is_finished_by_starting_it_again(tmp_path: Path, now: datetime) -> None:
    """Killed at several moments, then run to its end: the digest is that of a run nobody disturbed."""
    calm = migration.bank(tmp_path / "calm", source="calm", accounts=20, months=5)
    undisturbed = start(calm)
    output, _ = undisturbed.communicate(timeout=120)
    assert undisturbed.returncode == 0, output.decode()

    bank = migration.bank(tmp_path / "bank", source="killed", accounts=20, months=5)
    killed = 0
    for moment in MOMENTS:
        killed += kill_at(start(bank), "killed", moment)
    last = start(bank)
    output, _ = last.communicate(timeout=120)
    assert last.returncode == 0, output.decode()

    assert killed >= 3
    run = Run.objects.get(source="killed")
    assert run.state == Run.State.FINISHED
    assert run.report["agrees"] is True
    assert marked("killed") == marked("calm")
    assert migration.digest("killed") == migration.digest("calm")
    assert checks.drift() == []

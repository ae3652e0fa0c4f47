"""Batches are prepared on a second connection before the one in front of them is booked; nobody can tell afterwards."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.intake import engine
from core.intake.loading import Loader
from core.intake.models import Refusal
from portal.bank_import import LOADERS
from tests.factories import migration

CAREFUL: tuple[Loader, ...] = tuple(replace(loader, ahead=None) for loader in LOADERS)


def odd(directory: Path) -> None:
    """Repeat rows of the batch before, with the same and with other content, and take out more than is there."""

    def transactions(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        changed: list[dict[str, str]] = []
        for number, row in enumerate(rows):
            changed.append(row)
            if number % 40 == 25:
                changed.append({**rows[number - 10], "booked_on": row["booked_on"]})
            if number % 40 == 30:
                changed.append(dict(row))
            if number % 40 == 35:
                changed.append(
                    {**row, "transaction": f"much{number}", "kind": "cash_withdrawal", "amount": "-99999999.00"}
                )
        return changed

    migration.rewrite(directory, "transactions", transactions)


@pytest.mark.django_db(transaction=True)
def test_odd_rows_are_told_apart_as_by_one_connection_alone(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a look ahead could not know sends the batch through the careful way: same rows, refusals and books."""
    ways = {"prepared": 0, "careful": 0}
    real_prepared, real_careful = engine._as_prepared, engine._with_care

    def as_prepared(*args: Any) -> Any:
        found = real_prepared(*args)
        ways["prepared"] += found is not None
        return found

    def with_care(*args: Any) -> Any:
        ways["careful"] += args[2].spec.name == "transactions"
        return real_careful(*args)

    monkeypatch.setattr(engine, "_as_prepared", as_prepared)
    monkeypatch.setattr(engine, "_with_care", with_care)
    reports = {}
    for source, loaders in (("ahead", LOADERS), ("alone", CAREFUL)):
        directory = migration.bank(tmp_path / source, source=source, accounts=10, months=3)
        odd(directory)
        ways.update(prepared=0, careful=0)
        taken = engine.take_in(directory=directory, loaders=loaders, now=now, batch_size=10)
        reports[source] = (taken.report.figures["files"], dict(ways))
    assert reports["ahead"][0] == reports["alone"][0]
    assert reports["ahead"][0]["transactions"]["refused"] >= 5
    assert reports["ahead"][0]["transactions"]["repeated"] + reports["ahead"][0]["transactions"]["refused"] >= 10
    assert reports["alone"][1]["prepared"] == 0
    assert reports["ahead"][1]["prepared"] >= 5
    assert reports["ahead"][1]["careful"] >= 5
    said = {
        source: list(
            Refusal.objects.filter(run__source=source).order_by("line").values_list("line", "column", "value", "reason")
        )
        for source in reports
    }
    assert said["ahead"] == said["alone"]
    assert migration.digest("ahead") == migration.digest("alone")


@pytest.mark.django_db(transaction=True)
def test_the_second_connection_is_closed_even_after_a_failure(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that ends in an error leaves no connection and no staging table behind."""

    class Interrupted(Exception):
        pass

    def failing(*args: Any) -> None:
        if args[2].spec.name == "transactions":
            raise Interrupted

    monkeypatch.setattr(engine, "_take_batch", failing)
    directory = migration.bank(tmp_path / "bank", accounts=3, months=1)
    with pytest.raises(Interrupted):
        engine.take_in(directory=directory, loaders=LOADERS, now=now, batch_size=10)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query ILIKE '%%staged_%%'"
        )
        assert cursor.fetchone()[0] == 0

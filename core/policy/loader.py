"""Bringing the file's figures into the table."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core import audit
from core.policy import figures, file
from core.policy.models import Figure


class FigureEdited(ValueError):
    """The file says something else than the table for a day that is already there."""


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    added: int
    known: int


def load(path: Path, *, now: datetime | None = None) -> Loaded:
    """This function will add the rows of a file that the table does not have yet; a repeat adds nothing.

    One transaction, with one audit row that names every figure added. Rows are never edited: a line that contradicts
    a row of the same key and date raises FigureEdited and nothing is loaded. Raises file.WrongFile.
    """
    now = now or timezone.now()
    rows = file.read(path)
    with transaction.atomic():
        known = {(row.key, row.effective_from): row for row in Figure.objects.all()}
        edited = [
            f"{row.key} from {row.effective_from} is {there.value} {there.unit}, the file says {row.value} {row.unit}"
            for row in rows
            if (there := known.get((row.key, row.effective_from)))
            and (there.type, there.value, there.unit) != (row.type, row.value, row.unit)
        ]
        if edited:
            raise FigureEdited("; ".join(edited) + ". Leave that line as it was and add one with a later date")
        fresh = [row for row in rows if (row.key, row.effective_from) not in known]
        Figure.objects.bulk_create([Figure(**vars(row), loaded_at=now) for row in fresh])
        if fresh:
            audit.record(
                act="policy.loaded",
                subject=f"file:{path.name}",
                actor="system: load_policy",
                after={f"{row.key} from {row.effective_from}": f"{row.value} {row.unit}".strip() for row in fresh},
                now=now,
            )
    figures.forget()
    return Loaded(added=len(fresh), known=len(rows) - len(fresh))

"""The report of a run: for people as text, for machines as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.intake.loading import Section
from core.intake.models import Run

SHOWN = 50  # refused rows in the text; all of them stand in the database


@dataclass(frozen=True)
class Report:
    """What was taken in, what was refused, and what the rooms say about it."""

    text: str
    figures: dict[str, Any]
    agrees: bool

    def as_json(self) -> dict[str, Any]:
        return {**self.figures, "agrees": self.agrees}


def make(run: Run, sections: Sequence[Section], *, dry_run: bool) -> Report:
    """This function will put the marks, the refused rows and the rooms' sections of a run together."""
    marks = list(run.marks.order_by("pk").values("file", "taken", "repeated", "refused"))
    refused = list(run.refusals.order_by("pk").values_list("file", "line", "column", "value", "reason")[: SHOWN + 1])
    total = sum(mark["refused"] for mark in marks)
    lines = [
        f"{run.source_name} ({run.source}), as of {run.as_of}"
        + (", checked only: nothing was kept" if dry_run else "")
        + (f", resumed {run.resumed} times" if run.resumed else ""),
        "",
        f"{'file':<18}{'taken in':>14}{'there before':>14}{'refused':>10}",
        *(f"{m['file']:<18}{m['taken']:>14,}{m['repeated']:>14,}{m['refused']:>10,}" for m in marks),
        "",
    ]
    for section in sections:
        lines += [section.title, *(f"  {line}" for line in section.lines), ""]
    if total:
        lines.append(f"Refused rows ({total:,})")
        lines += [f"  {sentence(*row)}" for row in refused[:SHOWN]]
        if total > SHOWN:
            lines.append(f"  … and {total - SHOWN:,} more; all of them stand in the admin under refused rows")
    figures: dict[str, Any] = {
        "source": run.source,
        "as_of": run.as_of.isoformat(),
        "dry_run": dry_run,
        "files": {m["file"]: {key: m[key] for key in ("taken", "repeated", "refused")} for m in marks},
        **{section.title: section.figures for section in sections},
    }
    return Report("\n".join(lines).rstrip() + "\n", figures, all(section.agrees for section in sections))


def stored(run: Run) -> Report:
    """This function will give the report that a finished run has kept."""
    figures = dict(run.report)
    agrees = bool(figures.pop("agrees", False))
    return Report(run.report_text, figures, agrees)


def sentence(file: str, line: int, column: str, value: str, reason: str) -> str:
    """This function will say in one line which row was refused and why."""
    where = f"{file}.csv line {line}" + (f", column {column}" if column else "")
    return f"{where}: {repr(value) + ' ' if value else ''}{reason}"

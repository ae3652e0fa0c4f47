"""Reads the whole audit trail again; exit 1 when anything does not agree."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.audit import verification


class Command(BaseCommand):
    help = "Recompute the chain of the audit trail and name what was changed, removed, inserted, reordered or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verification.verify(progress=self._progress if not options["json"] else lambda _: None)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": report.ok, **asdict(report)}, ensure_ascii=False))
        else:
            self._tell(report)
        if not report.ok:
            raise SystemExit(1)

    def _progress(self, sealed: int) -> None:
        if self.stderr.isatty() and sealed % 100_000 == 0:
            self.stderr.write(f"{sealed:,} rows read")

    def _tell(self, report: verification.Report) -> None:
        self.stdout.write(f"sealed rows   {report.sealed:>12,}")
        self.stdout.write(
            f"waiting rows  {report.unsealed:>12,}   the oldest for {report.oldest_unsealed_seconds:,.0f} s"
        )
        self.stdout.write(f"anchors       {report.anchors:>12,}")
        for finding in report.findings:
            self.stdout.write(self.style.ERROR(f"{finding.kind}: {finding.sentence}"))
        if report.ok:
            self.stdout.write(self.style.SUCCESS("The audit trail agrees with its seals and anchors."))

"""Proves the books: recomputes every balance, hold, roll-up and the trial balance from the lines."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from ledger import balances, checks


class Command(BaseCommand):
    help = "Recompute every balance of the books from their lines; exit 1 and name the exact differences on drift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        found: list[checks.Difference] = []
        results = []
        outermost = not connection.in_atomic_block
        with transaction.atomic():
            with connection.cursor() as cursor:
                if outermost:  # one moment of the books for all checks, whatever is booked meanwhile
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT count(*) FROM ledger_line")
                line_count = cursor.fetchone()[0]
            for check in checks.CHECKS:
                begun = time.monotonic()
                self._say(f"{check.name} … ", ending="")
                differing = checks.differences(check)
                seconds = time.monotonic() - begun
                found += differing
                results.append({"check": check.name, "differences": len(differing), "seconds": round(seconds, 3)})
                self._say(f"{len(differing) or 'sound'} ({seconds:.1f} s)")
            trial = balances.trial()
        seconds = time.monotonic() - started
        if options["json"]:
            self._as_json(line_count, seconds, results, found, trial)
        else:
            self._as_text(line_count, seconds, found, trial)
        if found:
            raise CommandError(f"the books drift: {len(found)} differences", returncode=1)

    def _say(self, text: str, ending: str = "\n") -> None:
        self.stderr.write(text, ending=ending)
        self.stderr.flush()

    def _as_text(
        self, line_count: int, seconds: float, found: list[checks.Difference], trial: list[balances.TrialRow]
    ) -> None:
        for row in trial:
            self.stdout.write(
                f"{row.currency}  {row.kind:<10} {row.accounts:>9} accounts {row.debit:>22} Dr {row.credit:>22} Cr"
            )
        for difference in found:
            self.stdout.write(f"DRIFT  {difference}")
        self.stdout.write(
            f"{line_count} lines checked in {seconds:.1f} s: " + ("drift" if found else "the books are sound")
        )

    def _as_json(
        self,
        line_count: int,
        seconds: float,
        results: list[dict[str, Any]],
        found: list[checks.Difference],
        trial: list[balances.TrialRow],
    ) -> None:
        self.stdout.write(
            json.dumps(
                {
                    "sound": not found,
                    "lines": line_count,
                    "seconds": round(seconds, 3),
                    "checks": results,
                    "differences": [
                        {"check": item.check, "subject": item.subject, "text": item.text} for item in found
                    ],
                    "trial": [
                        {
                            "currency": row.currency,
                            "kind": row.kind,
                            "accounts": row.accounts,
                            "debit": row.debit,
                            "credit": row.credit,
                        }
                        for row in trial
                    ],
                },
                ensure_ascii=False,
            )
        )

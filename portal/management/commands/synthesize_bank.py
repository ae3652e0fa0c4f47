"""manage.py synthesize_bank --accounts N --months M: an invented bank in the documented files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.management.synthetic import synthesize


class Command(BaseCommand):
    help = "Write an invented bank of any size as the CSV files that import_bank takes; the same seed, the same bank."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=int, required=True)
        parser.add_argument("--months", type=int, required=True, help="months of history; six movements a month each")
        parser.add_argument("--out", type=Path, default=Path("synthetic-bank"), help="folder to write into")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, accounts: int, months: int, out: Path, seed: int, **options: Any) -> None:
        if accounts < 1 or not 1 <= months <= 1200:
            raise CommandError("--accounts is at least 1, --months from 1 to 1200")
        shown = self.stderr.isatty()

        def told(rows: int) -> None:
            if shown:
                self.stderr.write(f"\r{rows:,} movements", ending="")

        rows = synthesize(out, accounts=accounts, months=months, seed=seed, told=told)
        self.stdout.write(f"{rows:,} movements on {accounts:,} accounts in {out}")

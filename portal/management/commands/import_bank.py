"""manage.py import_bank DIRECTORY: take another bank's history in (docs/migration.md)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.intake import engine, progress
from core.intake.columns import WrongHeader
from core.intake.manifest import WrongManifest
from core.intake.reading import UnreadableFile
from ledger.errors import LedgerError
from portal.bank_import import LOADERS


class Command(BaseCommand):
    help = (
        "Take in another bank's districts, customers, accounts, standing orders, loans, cards and movements from a "
        "folder of CSV files. Start it again after an interruption: it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="folder with manifest.json and the CSV files")
        parser.add_argument("--dry-run", action="store_true", help="check everything and keep nothing")
        parser.add_argument("--currency", help="three letters, where the manifest names none")
        parser.add_argument("--batch", type=int, default=engine.BATCH, help="rows in one transaction")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(
        self, *args: Any, directory: Path, dry_run: bool, currency: str | None, batch: int, **options: Any
    ) -> None:
        if batch < 1:
            raise CommandError("--batch is at least 1")
        try:
            taken = engine.take_in(
                directory=directory,
                loaders=LOADERS,
                now=timezone.now(),
                currency=currency,
                dry_run=dry_run,
                batch_size=batch,
                progress=progress.for_terminal(),
            )
        except (WrongManifest, WrongHeader, UnreadableFile, engine.NotADelivery, engine.AlreadyRunning) as error:
            raise CommandError(str(error)) from error
        except LedgerError as error:
            raise CommandError(
                f"the books refused a batch: {error}. Batches before it stand; correct the file."
            ) from error
        except KeyboardInterrupt:
            raise CommandError("interrupted; start the same command again and it goes on from here") from None
        if taken.finished_before and not options["json"]:
            self.stdout.write("These files were taken in before; nothing was done. The report of that time:\n\n")
        report = taken.report
        self.stdout.write(
            json.dumps(report.as_json(), ensure_ascii=False, indent=2) if options["json"] else report.text
        )
        if not report.agrees:
            sys.exit(1)

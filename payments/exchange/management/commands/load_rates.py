from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payments.exchange import ecb
from payments.exchange.models import Rate
from payments.exchange.services import loading

SHOWN = 20  # refused lines


class Command(BaseCommand):
    help = (
        "Take in reference rates from a file as the European Central Bank publishes its history (eurofxref-hist, .csv, "
        ".csv.xz or .zip). May be interrupted and repeated; a rate that is known stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file of rates")
        parser.add_argument("--source", required=True, choices=Rate.Source.values, help="who published them")

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(done: int, of: int) -> None:
            self.stderr.write(f"{done} of {of} days")

        try:
            found = loading.load(Path(options["file"]), source=options["source"], now=timezone.now(), tell=tell)
        except (ecb.WrongFile, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.added} rates of {found.days} days added, {found.known} were known.")
        if found.newest:
            self.stdout.write(f"The newest are of {found.newest}.")
        if found.left_out:
            self.stdout.write(f"Not in the books, left out: {' '.join(sorted(found.left_out))}")
        if found.refused:
            for each in found.refused[:SHOWN]:
                self.stderr.write(each)
            raise CommandError(f"{len(found.refused)} refused; everything else was taken in.")

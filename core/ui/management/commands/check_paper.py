"""Says whether a PDF is a paper that this bank signed, and whether anything in it was changed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.ui import signing


class Command(BaseCommand):
    help = "Check the signature of a PDF; exit 1 unless it is ours and untouched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = signing.look(options["file"].read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        if not found.signed:
            raise CommandError(f"{options['file']}: not signed")
        if not found.untouched:
            raise CommandError(f"{options['file']}: CHANGED after it was signed by {found.signer}")
        if not found.ours:
            raise CommandError(f"{options['file']}: signed by {found.signer}, which is not this bank's seal")
        self.stdout.write(f"genuine: signed by {found.signer} at {found.signed_at:%Y-%m-%d %H:%M:%S %Z}")

"""Load an edition of the watch list."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.identity import watchlist


class Command(BaseCommand):
    """Checks the whole file first: it is loaded as a whole, or not at all."""

    help = "Loads a watch list (CSV: reference,names,birth_years,note) as the edition in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", default="", help="What the edition is called; otherwise the file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            edition = watchlist.load(
                data=file.read_bytes(),
                name=options["name"] or file.name,
                actor="command: load_watch_list",
                now=timezone.now(),
            )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except watchlist.ListRefused as error:
            raise CommandError(f"Nothing was loaded: {error}") from error
        self.stdout.write(f"{edition.size} entries are in force, edition {edition.digest[:12]}.")

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.mydata import dictionary


class Command(BaseCommand):
    help = "Write docs/data.md, the data dictionary; with --check only say whether it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = settings.BASE_DIR / "docs" / "data.md"
        page = dictionary.page()
        if not options["check"]:
            target.write_text(page, encoding="utf-8")
            self.stdout.write(f"{target.name} written.")
        elif not target.exists() or target.read_text(encoding="utf-8") != page:
            raise CommandError("docs/data.md is out of date: run manage.py document_data")

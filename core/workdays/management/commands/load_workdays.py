from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.workdays import loader
from core.workdays.file import WrongFile


class Command(BaseCommand):
    help = (
        "Bring in the public holidays and working weekends of a year that was announced, or announced anew: a file "
        "date,day,name with off or work for each day. May be repeated; due dates that were promised stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file of special days; it holds whole years")
        parser.add_argument(
            "--source", required=True, help="the notice that announced them, such as 国办发明电〔2026〕7号"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = loader.load(Path(options["file"]), source=options["source"].strip()[:300], now=timezone.now())
        except (WrongFile, OSError) as error:
            raise CommandError(str(error)) from error
        for notice in added:
            self.stdout.write(f"{notice.year}: {len(notice.days)} special days, edition {notice.edition}")
        if not added:
            self.stdout.write("Nothing new: these years are known as the file says.")

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.policy import loader
from core.policy.file import WrongFile


class Command(BaseCommand):
    help = "Add the figures of portal/policy/figures.csv that the table does not have yet. May be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default=str(settings.POLICY_FILE), help="another file of figures")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = loader.load(Path(options["file"]), now=timezone.now())
        except (WrongFile, loader.FigureEdited, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{loaded.added} policy figures added, {loaded.known} were there.")

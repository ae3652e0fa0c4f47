"""The embedded correspondents as a process of their own."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payments.crossborder import correspondents
from payments.crossborder.embedded.simulator import OPENING, Correspondents


class Command(BaseCommand):
    """Answers payments abroad as correspondent banks would, for demonstrations and tests. Moves no real money."""

    help = "Run the embedded correspondent banks beside a bank that sends payments abroad through files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=None, help="the folder shared with the bank")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and files give the same answers")
        parser.add_argument("--pace", type=int, default=1, help="how slow: 1 answers within seconds, 60 minutes")
        parser.add_argument("--statement-every", type=int, default=60, help="seconds between two statements")
        parser.add_argument(
            "--opening", type=int, default=OPENING, help="units of each currency on the bank's accounts at first"
        )
        parser.add_argument("--once", action="store_true", help="one look, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("CLEARING_KEY_OUT", "CLEARING_KEY_IN"):
            if not getattr(settings, name):
                raise CommandError(f"PORTAL_{name} is not set; the bank and its correspondents share it.")
        banks = Correspondents(
            folder=options["folder"] or Path(settings.CROSSBORDER_DIR),
            seed=options["seed"],
            key_from_bank=settings.CLEARING_KEY_OUT,
            key_to_bank=settings.CLEARING_KEY_IN,
            correspondents=list(correspondents.all_of_them().values()),
            opening=options["opening"],
            pace=options["pace"],
            statement_every=options["statement_every"],
        )
        while True:
            banks.tick(timezone.localtime())
            if options["once"]:
                return
            time.sleep(1)

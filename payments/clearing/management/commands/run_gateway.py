"""The embedded clearing system as a process of its own."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.money import InexactMoney, Money
from payments.clearing.embedded.simulator import OPENING, Simulator
from payments.clearing.services.accounts import nostro_number


class Command(BaseCommand):
    """Answers the bank's payments as a clearing system would, for demonstrations and tests. Moves no real money."""

    help = "Run the embedded clearing system beside a bank whose gateway exchanges files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=None, help="the folder shared with the bank")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and files give the same answers")
        parser.add_argument("--pace", type=int, default=1, help="how slow: 1 answers within seconds, 60 minutes")
        parser.add_argument("--statement-every", type=int, default=60, help="seconds between two statements")
        parser.add_argument("--opening", default="", help="what stands on the bank's account when it begins")
        parser.add_argument("--once", action="store_true", help="one look, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("CLEARING_KEY_OUT", "CLEARING_KEY_IN"):
            if not getattr(settings, name):
                raise CommandError(f"PORTAL_{name} is not set; the bank and its gateway share it.")
        try:
            opening = Money.of(options["opening"], "CNY").minor if options["opening"] else OPENING
        except InexactMoney as error:
            raise CommandError("--opening is an amount such as 100000000.00") from error
        simulator = Simulator(
            folder=options["folder"] or Path(settings.CLEARING_DIR),
            seed=options["seed"],
            key_from_bank=settings.CLEARING_KEY_OUT,
            key_to_bank=settings.CLEARING_KEY_IN,
            account=nostro_number("CNY"),
            opening=opening,
            pace=options["pace"],
            statement_every=options["statement_every"],
        )
        while True:
            simulator.tick(timezone.localtime())
            if options["once"]:
                return
            time.sleep(1)

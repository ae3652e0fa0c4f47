"""What share of the promises about payments was kept."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from analytics import promises
from ledger.calendar import business_date


class Command(BaseCommand):
    """Holds what the check pages promised against what happened, for some business dates."""

    help = "Say what share of the promises about payments was kept, by way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="first business date; 30 days ago without it")
        parser.add_argument("--until", type=date.fromisoformat, help="last business date; today without it")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        until = options["until"] or business_date(now)
        since = options["since"] or until - timedelta(days=30)
        found = promises.kept(since=since, until=until, now=now)
        if options["json"]:
            ways = [{"way": one.way, "kept": one.kept, "broken": one.broken, "per_cent": one.share} for one in found]
            self.stdout.write(json.dumps({"since": str(since), "until": str(until), "ways": ways}))
            return
        self.stdout.write(f"Promises about payments, business dates {since} to {until}")
        for one in found:
            share = f"{one.share} % kept" if one.share else "none to judge"
            self.stdout.write(f"{one.way:<16} {one.kept:>8} kept {one.broken:>8} broken   {share}")

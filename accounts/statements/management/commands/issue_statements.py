"""Issues the monthly statements that are missing, up to the last month that is over."""

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.statements import issuing
from ledger.calendar import business_date


class Command(BaseCommand):
    help = "Issue every monthly statement that is missing. Again, or after a kill, it goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--through", help="the last month, as 2026-10; without it the last one that is over")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        over = business_date(now).replace(day=1) - timedelta(days=1)  # the last day of the last month that is over
        through = _month(options["through"]) if options["through"] else over
        if through > over:
            raise CommandError(f"{through:%Y-%m} is not over; the last month that is over is {over:%Y-%m}")
        buckets = issuing.buckets(after=-1, most=sys.maxsize)
        issued = 0
        for number, bucket in enumerate(buckets, start=1):
            issued += issuing.issue(bucket=bucket, through=through, now=now)
            self.stderr.write(f"\r{number:,} of {len(buckets):,} parts, {issued:,} statements", ending="")
            self.stderr.flush()
        if buckets:
            self.stderr.write("")
        self.stdout.write(f"issued {issued:,} statements through {through:%Y-%m}")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise CommandError(f"{text} is no month; write it as 2026-10") from None

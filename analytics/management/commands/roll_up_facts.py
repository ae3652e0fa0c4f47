"""Brings the managers' facts up to the books, or counts them anew, or proves them."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics import proof, rollup
from ledger.calendar import business_date


class Command(BaseCommand):
    help = "Roll the books up into the facts that the managers' page reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="count everything anew")
        parser.add_argument(
            "--check", action="store_true", help="compare the closed days with the books; exit 1 if off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begin, now = time.monotonic(), timezone.now()
        run = rollup.rebuild if options["rebuild"] else rollup.roll_up
        done = run(now=now, tell=self._tell)
        self.stdout.write(f"facts are up to the books: {done:,} entries in {time.monotonic() - begin:,.1f} s")
        if options["check"]:
            self._check(before=business_date(now))

    def _tell(self, reached: int, last: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{reached:,} of {last:,} entries", ending="\n" if reached >= last else "")
            self.stderr.flush()

    def _check(self, *, before: Any) -> None:
        found = proof.differences(before=before)
        for one in found:
            self.stdout.write(
                self.style.ERROR(
                    f"{one.table} {one.day} {one.channel} {one.direction} {one.currency}: "
                    f"facts {one.facts[0]:,} / {one.facts[1]:,}, books {one.books[0]:,} / {one.books[1]:,}"
                )
            )
        if found:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS("The facts of the closed days agree with the books."))

"""manage.py access_review: who holds which role, and who holds what excludes itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.staff import queries


class Command(BaseCommand):
    help = "List who holds which role since when and when it was last used; exit 1 when duties exclude one another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--conflicts", action="store_true", help="only what excludes itself")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["conflicts"]:
            for line in queries.holdings(now=now):
                since = timezone.localdate(line.since).isoformat() if line.since else "before records began"
                used = timezone.localdate(line.last_act).isoformat() if line.last_act else "never"
                state = "" if line.is_active else "  (account closed)"
                self.stdout.write(
                    f"{line.employee_number or '-':<12} {line.name:<24} {line.role:<16} since {since:<20} "
                    f"last act {used}{state}"
                )
        period = queries.quarter(timezone.localdate(now))
        review = queries.review_of(period)
        self.stdout.write(
            f"{period}: confirmed by {review.confirmed_by} on {timezone.localdate(review.confirmed_at)}"
            if review
            else f"{period}: not confirmed yet"
        )
        found = queries.incompatible()
        for held in found:
            self.stdout.write(
                f"EXCLUDES: {held.employee_number or '-'} {held.name} is {held.conflict.one} and {held.conflict.other}"
            )
        if found:
            raise CommandError(f"{len(found)} pairs of duties exclude one another", returncode=1)

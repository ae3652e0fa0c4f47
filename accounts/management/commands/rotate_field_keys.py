"""Seal everything under the newest of PORTAL_FIELD_KEYS while the portal runs; killed, it goes on when started anew."""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import sealing, vault
from core import audit

ROUNDS = 5  # somebody may write under the old key while a process with the old settings still runs


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows sealed anew in one transaction")
        parser.add_argument("--status", action="store_true", help="say how much is sealed under which key, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch takes a number from 1 up.")
        places = sealing.places()
        if options["status"]:
            self._status(places)
            return
        newest, began, total, lost = vault.newest_key(), time.monotonic(), 0, 0
        self.stdout.write(f"Sealing under {newest}, {options['batch']} at a time.")
        for place in places:
            resealed, lost_here = self._place(place, options["batch"])
            total, lost = total + resealed, lost + lost_here
        now = timezone.now()
        with transaction.atomic():
            audit.record(
                act="accounts.field_keys_rotated",
                subject="setting:PORTAL_FIELD_KEYS",
                actor="system: rotate_field_keys",
                after={"key": newest, "resealed": total, "unreadable": lost},
                now=now,
            )
        self.stdout.write(f"{total:,} values sealed anew in {time.monotonic() - began:.1f} s.")
        self._status(places)
        if lost:
            raise CommandError(f"{lost:,} values cannot be opened with the keys that are there. They are as they were.")

    def _place(self, place: sealing.Place, batch: int) -> tuple[int, int]:
        """Seal one place anew, round after round until a round finds nothing to do."""
        resealed = lost = 0
        for _round in range(ROUNDS):
            after: int | str | None = None
            seen = changed = lost = 0
            while True:
                step = place.step(after=after, limit=batch)
                seen, changed, lost = seen + step.seen, changed + step.resealed, lost + step.lost
                self._bar(place.name, resealed + changed, seen)
                if step.last is None:
                    break
                after = step.last
            resealed += changed
            if not changed:
                break
        self._bar(place.name, resealed, seen, done=True)
        return resealed, lost

    def _bar(self, name: str, resealed: int, seen: int, *, done: bool = False) -> None:
        if done:
            end = "\n" if not sys.stdout.isatty() else "\r"
            self.stdout.write(f"{name:<48} {resealed:>10,} sealed anew", ending=end)
            if end == "\r":
                self.stdout.write("")
        elif sys.stdout.isatty():
            self.stdout.write(f"{name:<48} {resealed:>10,} sealed anew, {seen:,} looked at", ending="\r")

    def _status(self, places: list[sealing.Place]) -> None:
        known, totals = vault.known_keys(), Counter[str]()
        self.stdout.write(f"{'':<48} {'key':<16} {'values':>10}")
        for place in places:
            census = place.census()
            totals += census
            for key, count in sorted(census.items()):
                gone = "" if key in known else "   this key is not among PORTAL_FIELD_KEYS"
                self.stdout.write(f"{place.name:<48} {key:<16} {count:>10,}{gone}")
        left = {key: count for key, count in totals.items() if key != vault.newest_key()}
        if left:
            self.stdout.write("Still under another key: " + ", ".join(f"{k}: {n:,}" for k, n in sorted(left.items())))
        else:
            self.stdout.write("Everything is sealed under the newest key. The older ones may go.")

"""Delete the personal data whose time is over, or say what would go."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.mydata.retention import carrying, unfinished


class Command(BaseCommand):
    help = (
        "Delete the personal data of former customers whose years are over, and what was begun and left. "
        "With --dry-run only list it, row by row. May be stopped and started again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing; list what would go")
        parser.add_argument("--json", action="store_true", help="with --dry-run: one JSON object for each person")
        parser.add_argument("--at-most", type=int, default=1000, help="people in this run (default: 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self._list(now, options)
            return
        waiting = len(carrying.due(now=now, limit=options["at_most"]))
        done = rows = 0
        for plan in carrying.run(now=now, at_most=options["at_most"]):
            done, rows = done + 1, rows + plan.rows
            self._progress(f"{done} of {waiting} people, {rows} rows")
        drafts, refused = unfinished.delete_drafts(now=now), unfinished.delete_refused(now=now)
        self.stdout.write(
            f"{done} people forgotten ({rows} rows); {drafts} identity drafts and {refused} refused rows deleted."
        )

    def _list(self, now: Any, options: dict[str, Any]) -> None:
        found = carrying.due(now=now, limit=options["at_most"])
        for one in found:
            plan = carrying.plan(one)
            if options["json"]:
                what = {
                    "customer": one.public_id,
                    "ground": one.ground,
                    "removed": plan.removed,
                    "emptied": plan.emptied,
                }
                self.stdout.write(json.dumps(what, default=str))
                continue
            self.stdout.write(f"{one.public_id} ({one.ground})")
            for word, going in (("remove", plan.removed), ("empty", plan.emptied)):
                for model, keys in going.items():
                    self.stdout.write(f"  {word} {model}: {', '.join(map(str, keys))}")
        drafts, refused = unfinished.drafts_due(now=now), unfinished.refused_due(now=now)
        if options["json"]:
            self.stdout.write(json.dumps({"identity.Verification": drafts, "intake.Refusal": refused}))
            return
        self.stdout.write(f"identity drafts: {', '.join(map(str, drafts)) or 'none'}")
        self.stdout.write(f"refused rows: {', '.join(map(str, refused)) or 'none'}")
        self.stdout.write(f"{len(found)} people are due. Nothing was changed.")

    def _progress(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text}", ending="")

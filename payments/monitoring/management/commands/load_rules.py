from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from payments.monitoring import rules


class Command(BaseCommand):
    help = "Add the monitoring rules of the release that the bank does not know yet, in shadow. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        added = rules.load(now=timezone.now())
        self.stdout.write(f"{added} monitoring rules added, {len(rules.starters()) - added} were there.")

"""Makes the key and certificate that papers are signed with, where there are none."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.ui import signing


class Command(BaseCommand):
    help = "Make a seal of the bank's own at PAPER_SEAL, unless one is there. No reader trusts it by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PAPER_SEAL:
            raise CommandError("PORTAL_PAPER_SEAL is empty: name the file first")
        path = Path(settings.PAPER_SEAL)
        if signing.make(path, now=timezone.now()):
            self.stdout.write(f"made {path}; keep it secret, and replace it by one that readers trust")
        else:
            self.stdout.write(f"{path} is there and stays as it is")

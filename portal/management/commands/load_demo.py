"""manage.py load_demo: puts the demo bank in place."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo import bank


class Command(BaseCommand):
    help = "Put the demo bank in place: invented people, half a year of movements, work for the review desk."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not the demo bank: PORTAL_DEMO is not set. Nothing was changed.")
        # Messages are kept in the inbox; nobody lives at the demo people's addresses to read a copy.
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        bank.load(now=timezone.now(), tell=lambda step: self.stdout.write(f"  demo bank: {step}"))

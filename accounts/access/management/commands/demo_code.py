from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.access import demo


class Command(BaseCommand):
    help = "Prints the code that a demo person's authenticator app shows now. Works on the demo bank only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = demo.code_of(email=options["email"], now=timezone.now())
        except demo.NotADemo:
            raise CommandError("This is not the demo bank: codes are known to their owners only.") from None
        if code is None:
            raise CommandError(f"Nobody invented signs in as {options['email']}.")
        self.stdout.write(code)

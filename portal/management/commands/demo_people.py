"""manage.py demo_people: who lives in the demo bank and how to sign in as them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import people


class Command(BaseCommand):
    help = "List the demo bank's people, their password, and how to pass the second factor."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not the demo bank: PORTAL_DEMO is not set.")
        width = max(len(person.email) for person in people.EVERYBODY)
        self.stdout.write("Demo people (invented; the password of each is " + people.PASSWORD + ")")
        for person in people.EVERYBODY:
            self.stdout.write(f"  {person.email:<{width}}  {person.what_en}")
        self.stdout.write(
            "Second factor: the page /demo/ shows everybody's present code, and so does "
            "`script/manage demo_code EMAIL`. Both exist in the demo bank only."
        )

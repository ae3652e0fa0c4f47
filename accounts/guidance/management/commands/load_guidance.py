"""manage.py load_guidance: the help articles that came with the portal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.guidance import queries, services, texts


class Command(BaseCommand):
    help = "Bring the help articles that came with the portal in; what staff have written stays."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new, changed = services.load(queries.shipped(), now=timezone.now())
        except texts.WrongArticle as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(queries.shipped())} articles: {new} new, {changed} changed.")

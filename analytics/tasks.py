"""The roll-up as Celery runs it."""

from celery import shared_task
from django.utils import timezone

from analytics import rollup


@shared_task
def roll_up() -> int:
    """This task will bring the managers' facts up to the books."""
    return rollup.roll_up(now=timezone.now())

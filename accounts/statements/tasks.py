"""Work on files that nobody waits for. Each call takes its own stock of what is due."""

from celery import shared_task
from django.utils import timezone

from accounts.statements import exporting


@shared_task
def delete_files() -> int:
    """This task will delete large files whose days are over, and give up those that could not be made."""
    now = timezone.now()
    exporting.give_up(now=now)
    return exporting.delete_expired(now=now)

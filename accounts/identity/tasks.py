"""Work about identities that nobody waits for."""

from celery import shared_task
from django.utils import timezone

from accounts.identity import reminding


@shared_task
def remind_of_expiry() -> int:
    """This task will tell people whose document expires, each thing once."""
    now = timezone.now()
    reminding.bring_in_step(now=now)
    return reminding.remind(now=now)

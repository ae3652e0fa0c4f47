"""What the clock brings: the notice halfway, and the end of what nobody used."""

from celery import shared_task
from django.utils import timezone

from accounts.recovery import services


@shared_task(name="accounts.recovery.tasks.sweep")
def sweep() -> None:
    """Tell halfway, let lapse. Running it twice changes nothing more."""
    now = timezone.now()
    services.tell_halfway(now=now)
    services.lapse(now=now)

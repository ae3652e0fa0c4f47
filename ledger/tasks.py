"""What the books need done from time to time. Each task takes stock itself; a missed run costs time only."""

from celery import shared_task
from django.utils import timezone

from ledger import posting, rollups


@shared_task(name="ledger.tasks.roll_up", ignore_result=True)
def roll_up() -> None:
    """Move the roll-ups of the internal accounts on."""
    rollups.roll_up()


@shared_task(name="ledger.tasks.expire_holds", ignore_result=True)
def expire_holds() -> None:
    """Set holds free whose time is over, a thousand at a time."""
    now = timezone.now()
    while posting.expire_holds(now=now, limit=1000) == 1000:
        pass

"""What the night looks for."""

from celery import shared_task
from django.utils import timezone

from accounts.staff import report


@shared_task(name="accounts.staff.tasks.look_for_conflicts")
def look_for_conflicts() -> None:
    """Tell auditors and managers who holds duties that exclude one another. Running it twice on a day tells once."""
    report.tell(now=timezone.now())

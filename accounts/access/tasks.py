"""What the night clears away."""

from celery import shared_task
from django.utils import timezone

from accounts.access import devices, kept, sessions, stepup
from accounts.inbox import sms


@shared_task(name="accounts.access.tasks.clear")
def clear() -> None:
    """Forget expired step-ups, sessions that ran out, texts of long ago. Running it twice changes nothing more."""
    now = timezone.now()
    stepup.forget_old(now=now)
    sessions.forget_old(now=now)
    kept.forget_old(now=now)
    sms.forget_old(now=now)
    devices.forget_old(now=now)

"""The room's own clock."""

from celery import shared_task
from django.utils import timezone

from payments.crossborder.services import rounds


@shared_task
def send_abroad() -> None:
    """This task will void old drafts, hand over what may leave, and take in what the correspondents answer."""
    rounds.run(now=timezone.now())

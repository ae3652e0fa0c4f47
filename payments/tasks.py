"""Payments work that nobody waits for."""

from celery import shared_task
from django.utils import timezone

from payments.services import transfers


@shared_task
def expire_drafts() -> int:
    """This task will mark the transfers that nobody confirmed in time."""
    return transfers.expire_drafts(now=timezone.now())

"""Payments work that nobody waits for."""

from celery import shared_task
from django.utils import timezone

from payments.services import holding, transfers


@shared_task
def expire_drafts() -> int:
    """This task will mark the transfers that nobody confirmed in time."""
    return transfers.expire_drafts(now=timezone.now())


@shared_task
def work_on_held() -> int:
    """This task will send or give back the held payments whose time is over, and show the rest to the rules again."""
    return holding.work(now=timezone.now())

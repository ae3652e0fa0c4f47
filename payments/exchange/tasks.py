"""Work of this room that nobody waits for."""

from celery import shared_task
from django.utils import timezone

from payments.exchange.services import clearing_out


@shared_task
def clear() -> int:
    """This task will delete prices nobody took and exchanges nobody confirmed."""
    return clearing_out.clear(now=timezone.now())

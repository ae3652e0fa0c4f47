"""The room's own clock."""

from celery import shared_task
from django.utils import timezone

from payments.clearing.services import rounds


@shared_task
def go_round() -> None:
    """This task will exchange files with the gateway."""
    rounds.run(now=timezone.now())

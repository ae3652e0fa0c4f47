"""The sealer as Celery runs it."""

from celery import shared_task
from django.utils import timezone

from core.audit import sealing, shipping


@shared_task
def seal() -> int:
    """This task will seal everything that waits and write an anchor when one is due."""
    sealed = 0
    while found := sealing.seal_waiting():
        sealed += found
    sealing.keep_anchor(now=timezone.now())
    return sealed


@shared_task
def ship() -> int:
    """This task will hand the newest anchor to every place outside this machine that lacks it."""
    return shipping.ship(now=timezone.now())


@shared_task
def prove() -> int:
    """This task will read the whole trail again, keep what came of it, and answer how many findings there are."""
    return shipping.prove(now=timezone.now()).findings

"""What the worker does for the desk every minute. Each step takes its own stock."""

from celery import shared_task
from django.utils import timezone

from core.reviews.services import assign, escalate, expire, lapse_questions


@shared_task
def sweep() -> dict[str, int]:
    """This task will close what has expired, go on with unanswered cases, raise what is late, and give out the rest."""
    now = timezone.now()
    return {
        "expired": expire(now=now),
        "unanswered": lapse_questions(now=now),
        "escalated": escalate(now=now),
        "assigned": assign(now=now),
    }

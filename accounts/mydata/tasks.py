"""Work about personal data that nobody waits for. Each takes its own stock of what is due."""

from celery import shared_task
from django.utils import timezone

from accounts.mydata import closing, emergency, exporting, takeouts
from accounts.mydata.retention import carrying, unfinished
from core import policy
from ledger.calendar import business_date


@shared_task
def delete_copies() -> int:
    """This task will delete copies whose time is over, and give up those that could not be made."""
    now = timezone.now()
    exporting.give_up(now=now)
    return exporting.delete_expired(now=now) + takeouts.delete_expired(now=now)


@shared_task
def close_relationships() -> int:
    """This task will carry out the ends that are due, and end the sign-ins whose time to read is over."""
    now = timezone.now()
    closing.end_sign_ins(now=now)
    return closing.carry_out_due(now=now)


@shared_task
def retain() -> int:
    """This task will delete the personal data whose time is over, of so many people in one night."""
    now = timezone.now()
    unfinished.delete_drafts(now=now)
    unfinished.delete_refused(now=now)
    most = int(policy.value("keeping.people_per_night", on=business_date(now)))
    return sum(1 for _plan in carrying.run(now=now, at_most=most))


@shared_task
def end_emergencies() -> int:
    """This task will write down the end of every emergency whose time is over."""
    return emergency.end_due(now=timezone.now())

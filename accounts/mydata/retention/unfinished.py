"""What was begun and left: drafts of an identity check with their photos, and rows a former bank's file was refused."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.identity.models import Document, Verification
from accounts.mydata import files
from core import audit, policy
from core.intake.models import Refusal
from ledger.calendar import business_date

WORKER: Final = "system: retention"
BATCH: Final = 500


def drafts_due(*, now: datetime) -> list[int]:
    """This function will list the drafts that nobody has touched for as long as they are kept, by primary key."""
    since = now - timedelta(days=int(policy.value("keeping.draft_days", on=business_date(now))))
    touched = Document.objects.filter(uploaded_at__gte=since).values("verification")
    old = Verification.objects.filter(state=Verification.State.DRAFT, started_at__lt=since)
    return list(old.exclude(pk__in=touched).order_by("pk").values_list("pk", flat=True)[:BATCH])


def delete_drafts(*, now: datetime) -> int:
    """This function will delete those drafts with their photos, each in its own transaction, and answer how many."""
    gone = 0
    for key in drafts_due(now=now):
        with transaction.atomic(durable=True):
            draft = Verification.objects.select_for_update().filter(pk=key, state=Verification.State.DRAFT).first()
            if draft is None:
                continue
            photos = Document.objects.filter(verification=draft)
            names = list(photos.values_list("file", flat=True))
            for name in names:
                files.remove(name)
            photos.delete()
            audit.record(act="mydata.draft_deleted", subject=draft, actor=WORKER, after={"photos": len(names)}, now=now)
            draft.delete()
        gone += 1
    return gone


def refused_due(*, now: datetime) -> list[int]:
    """This function will list the refused rows of files that were read long ago, by primary key."""
    since = now - timedelta(days=int(policy.value("keeping.refused_days", on=business_date(now))))
    return list(Refusal.objects.filter(run__finished_at__lt=since).order_by("pk").values_list("pk", flat=True)[:BATCH])


def delete_refused(*, now: datetime) -> int:
    """This function will delete those rows, in batches, and answer how many."""
    gone = 0
    while keys := refused_due(now=now):
        with transaction.atomic(durable=True):
            count = Refusal.objects.filter(pk__in=keys).delete()[0]
            audit.record(
                act="mydata.refused_rows_deleted", subject="intake", actor=WORKER, after={"rows": count}, now=now
            )
        gone += count
    return gone

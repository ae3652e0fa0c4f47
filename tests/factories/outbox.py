"""The facts that handlers are given."""

from datetime import datetime

from core.outbox import Fact
from core.outbox.models import FactRecord


def newest(kind: str, *, now: datetime) -> Fact:
    """This function will hand over the newest fact of a kind as the relay would at `now`."""
    record = FactRecord.objects.filter(kind=kind).latest("id")
    return Fact(record.pk, record.kind, record.payload, record.owner, record.created_at, now, record.reference)

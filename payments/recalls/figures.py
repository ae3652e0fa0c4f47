"""The figures of recalls and disputes, read on a business date."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from core import policy, workdays
from ledger.calendar import business_date
from payments.recalls.states import Asked


def _int(key: str, on: date) -> int:
    return int(policy.value(key, on=on))


_ANSWER_DAYS = {
    Asked.PAYEE: "recall.answer_days.payee",
    Asked.BANK: "recall.answer_days.bank",
    Asked.ABROAD: "recall.answer_days.abroad",
}


def answer_by(asked: Asked, *, now: datetime) -> datetime:
    """This function will say until when an answer is waited for: the end of a working day."""
    today = business_date(now)
    last = workdays.after(today, days=_int(_ANSWER_DAYS[asked], today))
    return datetime.combine(last, time(23, 59), tzinfo=ZoneInfo(settings.TIME_ZONE))


def may_ask_since(now: datetime) -> date:
    """This function will give the first business date whose payments can still be asked back."""
    today = business_date(now)
    return today - timedelta(days=_int("recall.ask_days", today))


@dataclass(frozen=True, slots=True)
class Desk:
    """How a dispute is decided."""

    hours: int
    claim_minutes: int


def desk(now: datetime) -> Desk:
    """This function will give the time a dispute may take on the desk."""
    today = business_date(now)
    return Desk(_int("dispute.due_hours", today), _int("dispute.claim_minutes", today))


def may_dispute_since(now: datetime) -> date:
    """This function will give the first business date whose movements can still be disputed."""
    today = business_date(now)
    return today - timedelta(days=_int("dispute.ask_days", today))


def most_evidence(now: datetime) -> int:
    """This function will say how many pictures a dispute may carry."""
    return _int("dispute.evidence_most", business_date(now))


def most_evidence_a_day(now: datetime) -> int:
    """This function will say how many pictures a customer may add to disputes within 24 hours."""
    return _int("dispute.evidence_day_most", business_date(now))

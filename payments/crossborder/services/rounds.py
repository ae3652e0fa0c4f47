"""One round with the correspondents: send what is ready, take in what came, do what other rooms want done, look after
what was not answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from core import workdays
from ledger.calendar import business_date
from ledger.money import Money
from payments.clearing.gateway import Gateway
from payments.clearing.services import taking
from payments.clearing.services.taking import Counted
from payments.crossborder import figures, queries
from payments.crossborder import gateway as gateways
from payments.crossborder.models import Payment
from payments.crossborder.services import answers, coming, sending
from payments.crossborder.states import State

AT_ONCE = 200  # payments looked after in one round


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    sent: int
    files: Counted
    silent: int


def run(*, now: datetime, gateway: Gateway | None = None) -> Round | None:
    """This function will go one round; None where nothing is sent abroad. Must not be called in a transaction.

    What a killed worker had written is handed over, and noted as sent, before answers to it are read.
    """
    found = gateway or gateways.chosen()
    sent = sending.run(now=now, gateway=found)
    if found is None:
        return None
    files = taking.take_in(gateway=found, now=now, way=answers.FROM_CORRESPONDENTS)
    for errand in import_string(settings.CROSSBORDER_ERRANDS):
        import_string(errand)(gateway=found, now=now)
    return Round(sent, files, look_after(now=now))


def look_after(*, now: datetime) -> int:
    """This function will queue the payments of which nobody has said the end for too long, and answer how many.

    Nothing is assumed about them. One that colleagues have looked after is queued again when as long has passed anew.
    """
    days = figures.silent_days(on=business_date(now))
    queued = 0
    for payment in queries.silent(heard_before=now - timedelta(days=days), most=AT_ONCE):
        with transaction.atomic():
            queued += _look_after(payment, days, now)
    return queued


def _look_after(payment: Payment, days: int, now: datetime) -> bool:
    found = queries.locked(Payment.objects, payment.public_id)
    if found is None or found.state != State.SENT:
        return False
    since = max(each for each in (found.sent_at, found.heard_at, queries.looked_after_at(found)) if each is not None)
    if workdays.after(business_date(since), days=days) >= business_date(now):
        return False
    coming.queue(found, "silent", money=Money(found.leaves, found.currency), now=now)
    return True

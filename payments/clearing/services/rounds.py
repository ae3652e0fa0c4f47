"""One round with the gateway: take in what came, send what is due, look after what was not answered."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from payments.clearing import gateway as gateways
from payments.clearing.services import payments, sending, taking
from payments.clearing.services.taking import Counted


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    files: Counted
    sent: int
    asked: int


def run(*, now: datetime, gateway: gateways.Gateway | None = None) -> Round | None:
    """This function will go one round; None where this bank has no gateway. Must not be called in a transaction."""
    payments.expire_drafts(now=now)
    found = gateway or gateways.chosen()
    if found is None:
        return None
    files = taking.take_in(gateway=found, now=now)
    sent = sending.send_due(gateway=found, now=now)
    for errand in import_string(settings.CLEARING_ERRANDS):
        import_string(errand)(gateway=found, now=now)
    return Round(files, sent, sending.look_after(gateway=found, now=now))

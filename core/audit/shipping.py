"""Sending anchors off, proving the trail each night, and how old the last of each is (for the operations page)."""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

from core.audit import anchors, sinks, verification
from core.audit.models import Proof, Shipment

LATE: Final = timedelta(minutes=10)  # an anchor is to have left the machine by then
STALE: Final = timedelta(hours=26)  # a proof is made every night

log = logging.getLogger(__name__)


def ship(*, now: datetime) -> int:
    """This function will hand the newest anchor to every sink that lacks it, and answer how many took it.

    Nothing is open in the database meanwhile. A sink that fails is written down and tried again with the next call;
    the others do not wait for it.
    """
    newest = anchors.last()
    if newest is None:
        return 0
    taken = 0
    for sink in sinks.made():
        kept, _new = Shipment.objects.get_or_create(sink=sink.address)
        if kept.position >= newest.position:
            continue
        try:
            sink.send(sinks.line_of(newest), month=f"{newest.at:%Y-%m}")
        except (OSError, smtplib.SMTPException) as error:
            log.error("the audit anchor did not leave this machine: %s: %s", sink.address, error)
            Shipment.objects.filter(pk=kept.pk).update(failed_at=now, error=f"{type(error).__name__}: {error}"[:200])
            continue
        Shipment.objects.filter(pk=kept.pk).update(position=newest.position, shipped_at=now, failed_at=None, error="")
        taken += 1
    return taken


def prove(*, now: datetime) -> Proof:
    """This function will read the whole trail again and keep what came of it."""
    begun = perf_counter()
    report = verification.verify()
    first = report.findings[0].sentence if report.findings else ""
    if not report.ok:
        log.error("the audit trail does not agree with its seals: %s", first)
    return Proof.objects.create(
        at=now,
        rows=report.sealed,
        anchors=report.anchors,
        seconds=round(perf_counter() - begun, 3),
        findings=len(report.findings),
        first=first[:300],
    )


@dataclass(frozen=True)
class Way:
    """How a sink is doing. `late`: it lacks an anchor that should have left."""

    sink: str
    shipped_at: datetime | None
    error: str
    late: bool


@dataclass(frozen=True)
class Standing:
    """What the operations page shows of the trail."""

    anchored_at: datetime | None
    ways: Sequence[Way]
    proof: Proof | None
    proof_is_old: bool


def standing(*, now: datetime) -> Standing:
    """This function will say how old the last anchor, the last of each way out and the last proof are."""
    newest, kept = anchors.last(), {row.sink: row for row in Shipment.objects.all()}
    ways = []
    for sink in sinks.made():
        row = kept.get(sink.address)
        behind = newest is not None and (row is None or row.position < newest.position)
        late = behind and newest is not None and now - newest.at > LATE
        ways.append(Way(sink.address, row.shipped_at if row else None, row.error if row else "", late))
    proof = Proof.objects.order_by("-id").first()
    return Standing(newest.at if newest else None, ways, proof, proof_is_old=proof is None or now - proof.at > STALE)

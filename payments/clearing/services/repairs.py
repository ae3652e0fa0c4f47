"""Putting into the repair queue what the machine cannot settle."""

from datetime import datetime

from payments.clearing.models import InboundFile, Payment, RepairItem, StatementEntry


def queue(
    *,
    kind: RepairItem.Kind,
    cause: str,
    now: datetime,
    reference: str = "",
    amount: int | None = None,
    currency: str = "",
    said: str = "",
    file: InboundFile | None = None,
    payment: Payment | None = None,
    statement_entry: StatementEntry | None = None,
    room: str = "",
) -> RepairItem:
    """This function will queue something for people to see to, and answer what waits already about the same thing.

    `room` names another room whose payments it is about (settings.REPAIR_ROOMS); that room's are named by reference.
    """
    about = {"kind": kind, "cause": cause, "reference": reference[:35], "payment": payment, "room": room}
    if statement_entry is None:
        waiting = RepairItem.objects.filter(state=RepairItem.State.OPEN, file=file, **about).first()
        if waiting is not None:
            return waiting
    return RepairItem.objects.create(
        **about,
        amount=amount,
        currency=currency[:3],
        said=said[:300],
        file=file,
        statement_entry=statement_entry,
        opened_at=now,
    )

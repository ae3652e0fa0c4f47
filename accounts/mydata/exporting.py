"""Copies of everything about one customer: asked for with a step-up, made by a worker, deleted after a day.

    waiting -> ready     by `make`, which the outbox calls (accounts.mydata.handlers)
    waiting -> failed    the worker has tried as often as the outbox lets it (`give_up`)
    ready   -> expired   by `delete_expired`, which beat calls; the files are gone then

A copy is taken at one moment: every room is asked within one read-only transaction that sees one state of the
database (REPEATABLE READ), so money that moves meanwhile is in it wholly or not at all.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import stepup
from accounts.models import Customer, User
from accounts.mydata import collecting, files, writing
from accounts.mydata.models import Export, ExportFile
from accounts.personal import Section, Value
from core import audit, outbox, policy
from ledger.calendar import business_date

OPERATION: Final = "mydata.copy"
WORKER: Final = "system: copies of personal data"
WINDOW: Final = timedelta(hours=24)
GIVEN_UP: Final = timedelta(hours=2)  # long after the outbox's last try
State = Export.State


class CopyRefused(Exception):
    """The copy is not made. Nothing has changed."""


class TooMany(CopyRefused):
    """The customer has asked as often as is allowed in a day; `until` says when another may follow."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def shown(customer: Customer) -> dict[str, str]:
    """This function will give what the step-up of a copy is bound to."""
    return {"what": "copy of personal data", "customer": str(customer.public_id)}


def ask(*, customer: Customer, language: str, challenge_id: uuid.UUID, session: str = "", now: datetime) -> Export:
    """This function will ask for a copy, or answer the one that is being prepared.

    Starts a transaction and locks the customer. Raises TooMany, stepup.Refused.
    """
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if (waiting := Export.objects.filter(customer=customer, state=State.WAITING).first()) is not None:
            return waiting
        _not_too_many(customer, now)
        stepup.consume(
            user=cast("User", customer.user),  # who asks has signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(customer),
            session=session,
            now=now,
        )
        export = Export.objects.create(customer=customer, language=language, asked_at=now)
        outbox.record(
            kind="mydata.copy_asked",
            payload={"export": str(export.public_id)},
            owner=customer,
            act=audit.Act(act="mydata.copy_asked", subject=export, after={"language": language}),
            now=now,
        )
    return export


def may_ask_from(customer: Customer, *, now: datetime) -> datetime | None:
    """This function will say from when another copy may be asked for; None when at once."""
    most = int(policy.value("mydata.copies_per_day", on=business_date(now)))
    recent = list(
        Export.objects.filter(customer=customer, asked_at__gt=now - WINDOW)
        .order_by("-asked_at")
        .values_list("asked_at", flat=True)[:most]
    )
    return recent[-1] + WINDOW if len(recent) >= most else None


def _not_too_many(customer: Customer, now: datetime) -> None:
    if (until := may_ask_from(customer, now=now)) is not None:
        raise TooMany(until)


def make(*, public_id: uuid.UUID, now: datetime) -> bool:
    """This function will make the files of a copy and tell its customer; False when that has been done already.

    Its own transactions, none of them open while files are set. Whatever a killed worker left behind is replaced.
    """
    export = Export.objects.select_related("customer__user", "customer__district").get(public_id=public_id)
    if export.state != State.WAITING:
        return False
    _progress(export, 10)
    taken = _take(export, now)
    _progress(export, 40)
    most = int(policy.value("mydata.copy_pdf_rows", on=business_date(now)))
    made = {
        ExportFile.Kind.JSON: writing.as_json(taken),
        ExportFile.Kind.TABLES: writing.as_tables(taken),
    }
    _progress(export, 60)
    made[ExportFile.Kind.PDF] = writing.as_pdf(taken, most=most)
    _progress(export, 90)
    names = {kind: files.write(content) for kind, content in made.items()}
    kept = False
    try:
        kept = _keep(export, made, names, now)
    finally:
        if not kept:
            for name in names.values():
                files.remove(name)
    return kept


def _take(export: Export, now: datetime) -> writing.Taken:
    found: list[tuple[Section, Sequence[Sequence[Value]]]] = []
    customer, language = export.customer, export.language
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for section in collecting.sections(customer=customer, language=language):
            found.append((section, collecting.rows_in(section, language=language)))
    return writing.Taken(
        customer_id=str(customer.public_id),
        name=customer.legal_name or (customer.user.reached_at if customer.user else ""),
        language=language,
        at=now,
        sections=found,
    )


def _keep(export: Export, made: dict[ExportFile.Kind, bytes], names: dict[ExportFile.Kind, str], now: datetime) -> bool:
    hours = int(policy.value("mydata.copy_hours", on=business_date(now)))
    with transaction.atomic(durable=True):
        locked = Export.objects.select_for_update().get(pk=export.pk)
        if locked.state != State.WAITING:
            return False
        ExportFile.objects.bulk_create(
            ExportFile(
                export=locked,
                kind=kind,
                file=names[kind],
                size=len(content),
                digest=hashlib.sha256(content).hexdigest(),
            )
            for kind, content in made.items()
        )
        locked.state, locked.done_percent = State.READY, 100
        locked.ready_at, locked.expires_at = now, now + timedelta(hours=hours)
        locked.save(update_fields=["state", "done_percent", "ready_at", "expires_at"])
        audit.record(
            act="mydata.copy_made",
            subject=locked,
            actor=WORKER,
            after={"bytes": {kind.value: len(content) for kind, content in made.items()}},
            now=now,
        )
        _tell(locked, hours, now)
    return True


def _tell(export: Export, hours: int, now: datetime) -> None:
    if export.customer.user is None:
        return
    inbox.send(
        user=export.customer.user,
        event="security.copy_ready",
        key=f"mydata.copy:{export.public_id}",
        text=lambda: (
            _("The copy of your data is ready"),
            _(
                "You can download it for %(hours)d hours; then we delete it. "
                "If you did not ask for it, change your password and call us."
            )
            % {"hours": hours},
        ),
        link=reverse("mydata_copy", args=[export.public_id]),
        now=now,
    )


def _progress(export: Export, percent: int) -> None:
    Export.objects.filter(pk=export.pk, state=State.WAITING).update(done_percent=percent)


def note_download(*, file: ExportFile, now: datetime) -> None:
    """This function will leave an audit row about a download, before it begins."""
    with transaction.atomic():
        audit.record(
            act="mydata.copy_downloaded",
            subject=file.export,
            after={"kind": file.kind, "digest": file.digest},
            now=now,
        )


def delete_expired(*, now: datetime) -> int:
    """This function will delete the files of copies whose time is over and answer how many copies that were.

    The row is marked first and the file removed after the commit: a crash between leaves a file that nobody can be led
    to; the next call removes it.
    """
    gone = 0
    for export in Export.objects.filter(state=State.READY, expires_at__lte=now).order_by("id"):
        with transaction.atomic(durable=True):
            locked = Export.objects.select_for_update().get(pk=export.pk)
            if locked.state != State.READY:
                continue
            locked.state, locked.deleted_at = State.EXPIRED, now
            locked.save(update_fields=["state", "deleted_at"])
            audit.record(act="mydata.copy_deleted", subject=locked, actor=WORKER, reason="its time was over", now=now)
        gone += 1
    for file in ExportFile.objects.filter(export__state=State.EXPIRED).exclude(file=""):
        files.remove(file.file)
        ExportFile.objects.filter(pk=file.pk).update(file="")
    return gone


def give_up(*, now: datetime) -> int:
    """This function will mark the copies that could not be made in two hours, so that another may be asked for."""
    late = 0
    for export in Export.objects.filter(state=State.WAITING, asked_at__lt=now - GIVEN_UP).order_by("id"):
        with transaction.atomic(durable=True):
            try:
                locked = Export.objects.select_for_update().get(pk=export.pk, state=State.WAITING)
            except Export.DoesNotExist:
                continue
            locked.state = State.FAILED
            locked.save(update_fields=["state"])
            audit.record(act="mydata.copy_failed", subject=locked, actor=WORKER, now=now)
        late += 1
    return late

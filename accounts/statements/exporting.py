"""Files of transactions that are too large to wait for: asked for, made by a worker, told of, deleted after some days.

A file is made of parts, each a run of lines, newest first. A part is sealed on disk and its row written; whoever is
killed in between leaves at most a sealed file that no row names, and the next try goes on behind the last part. A
worker makes parts for `SLICE` and then hands the rest back to the outbox, so that a large file holds nobody else up.

What is in a file is settled when it is asked for: the search with its days, and the newest line. Lines never change, so
number and sums are those that were shown, and a file that comes to anything else is not handed out.
"""

import hashlib
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import inbox
from accounts import queries as holders
from accounts.models import Customer
from accounts.queries import HeldAccount
from accounts.statements import export, filters, listing, queries, workbook
from accounts.statements.models import MovementFile, MovementFilePart
from accounts.statements.notices import FILE_READY
from accounts.statements.queries import Movement
from accounts.statements.sealed import FILES
from core import audit, outbox, policy
from core.ui import signing
from ledger.calendar import business_date

WORKER: Final = "system: files of transactions"
ASKED: Final = "statements.file_asked"
SLICE: Final = 20.0  # seconds of work between two looks at what else waits
GIVEN_UP: Final = timedelta(hours=2)  # without a part
WINDOW: Final = timedelta(hours=24)
PART: Final = {"csv": 20_000, "xlsx": 100_000, "pdf": 2_000}  # lines
Kind, State = MovementFile.Kind, MovementFile.State


class NotMade(Exception):
    """No file was asked for."""


class Busy(NotMade):
    """Another file of the customer is being made; `file` is that one."""

    def __init__(self, file: MovementFile) -> None:
        super().__init__(file.pk)
        self.file = file


class TooMany(NotMade):
    """More movements than a file may hold; `most` says how many that is."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TooOften(NotMade):
    """The customer has asked for as many files as are made in a day; `until` says when another may follow."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Nothing(NotMade):
    """No movement matches."""


class DoesNotAddUp(Exception):
    """What was written is not what was counted. The file is not handed out."""


def at_once(kind: str, *, on: date) -> int:
    """This function will say how many movements a file may hold that is made while its reader waits."""
    key = {"csv": "statement.csv_rows", "xlsx": "statement.excel_rows", "pdf": "statement.pdf_lines"}[kind]
    return int(policy.value(key, on=on))


def most_of(*, on: date) -> int:
    """This function will say how many movements a file may hold at all."""
    return int(policy.value("statement.file_most_rows", on=on))


def ask(
    *,
    customer: Customer,
    account: HeldAccount,
    kind: str,
    reading: filters.Reading,
    key: uuid.UUID,
    language: str,
    now: datetime,
) -> MovementFile:
    """This function will ask for a file of the movements that match, once for each form (`key`).

    Starts a transaction and locks the customer. Raises Nothing, TooMany, TooOften, Busy.
    """
    wanted, today = reading.filter, business_date(now)
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        before = customer.movement_files.filter(key=key).first()
        if before is not None:
            return before
        waiting = customer.movement_files.filter(state=State.WAITING).first()
        if waiting is not None:
            raise Busy(waiting)
        _not_too_often(customer, now)
        most = most_of(on=today)
        totals = queries.totals(account.ledger_account_id, wanted, most=most)
        if totals.more:
            raise TooMany(most)
        if not totals.count:
            raise Nothing
        file = MovementFile.objects.create(
            customer=customer, bank_account_id=account.id, key=key, kind=kind, language=language,
            query=settled(reading), count=totals.count, money_in=totals.money_in, money_out=totals.money_out,
            through=totals.through, asked_at=now,
        )  # fmt: skip
        outbox.record(
            kind=ASKED,
            payload={"file": str(file.public_id), "done": 0},
            owner=customer,
            act=audit.Act(act=ASKED, subject=file, after={"kind": kind, "movements": totals.count}),
            now=now,
        )
    return file


def settled(reading: filters.Reading) -> dict[str, str]:
    """This function will write a search with the days it means today, so that it means the same tomorrow."""
    query = {name: value for name, value in reading.typed.items() if value}
    if query.pop("period", "") and reading.filter.first and reading.filter.last:
        query |= {"from": reading.filter.first.isoformat(), "to": reading.filter.last.isoformat()}
    return query


def _not_too_often(customer: Customer, now: datetime) -> None:
    most = int(policy.value("statement.files_per_day", on=business_date(now)))
    recent = customer.movement_files.filter(asked_at__gt=now - WINDOW).order_by("-asked_at")
    moments = list(recent.values_list("asked_at", flat=True)[:most])
    if len(moments) >= most:
        raise TooOften(moments[-1] + WINDOW if moments else now + WINDOW)


def make(*, public_id: uuid.UUID, now: datetime, at_most: float = SLICE) -> str:
    """This function will make the parts of a file that are missing, for so many seconds, and answer its state.

    Its own transactions, none of them open while a part is written. What is not done by then is asked for again through
    the outbox. Called twice at once, one of the two writes a part and the other gives way. Raises DoesNotAddUp.
    """
    end = time.monotonic() + at_most
    file = MovementFile.objects.select_related("customer__user", "bank_account").get(public_id=public_id)
    account = holders.account_of(file.customer, file.bank_account.public_id)
    if file.state != State.WAITING:
        return str(file.state)
    if account is None:  # the right to dispose of the account has ended meanwhile
        return _fail(file, "the account is no longer theirs to see", now)
    while file.done < file.count:
        if not _next_part(file, account, now):
            return str(State.WAITING)  # another worker has it in hand
        if file.done < file.count and time.monotonic() > end:
            _go_on_later(file, now)
            return str(State.WAITING)
    return _finish(file, now)


def _next_part(file: MovementFile, account: HeldAccount, now: datetime) -> bool:
    """Write the lines behind the last part; False when somebody else has written them."""
    last = file.parts.order_by("-number").first()
    below = last.last_line if last else file.through + 1
    number = last.number + 1 if last else 1
    with translation.override(file.language):  # what kinds are called is searched in the reader's language
        reading = filters.read(file.query, currency=account.currency, today=business_date(now))
        found = queries.everything(account.ledger_account_id, reading.filter, before=below)
        lines = list(islice(found, PART[file.kind]))
        if not lines:
            raise DoesNotAddUp(f"{file.done} of {file.count} lines")
        content = _written(file, account, lines, number, now)
    stored, kept = FILES.write(content), False
    try:
        kept = _keep(file, number, lines, content, stored)
    finally:
        if not kept:
            FILES.remove(stored)
    file.refresh_from_db(fields=["done", "state"])
    return kept


def _written(file: MovementFile, account: HeldAccount, lines: Sequence[Movement], number: int, now: datetime) -> bytes:
    match file.kind:
        case Kind.CSV:
            return "".join(export.rows(lines, heading=number == 1)).encode()
        case Kind.XLSX:
            with workbook.write(lines, most=len(lines)) as book:
                return book.read()
    parts = -(-file.count // PART[file.kind])
    made = listing.pdf(
        lines, account=account, holder=holders.owner_of(account.id), query=file.query, language=file.language, now=now,
        totals=queries.Totals(file.count, file.money_in, file.money_out, file.through), part=(number, parts),
    )  # fmt: skip
    return signing.signed(made, reason=f"transactions-{account.number}-{number}", now=now)


def _keep(file: MovementFile, number: int, lines: Sequence[Movement], content: bytes, stored: str) -> bool:
    try:
        with transaction.atomic(durable=True):
            locked = MovementFile.objects.select_for_update().get(pk=file.pk)
            if locked.state != State.WAITING:
                return False
            MovementFilePart.objects.create(
                file=locked,
                number=number,
                last_line=lines[-1].number,
                count=len(lines),
                money_in=sum(line.amount for line in lines if line.amount > 0),
                money_out=-sum(line.amount for line in lines if line.amount < 0),
                stored=stored,
                size=len(content),
                digest=hashlib.sha256(content).hexdigest(),
            )
            locked.done += len(lines)
            locked.save(update_fields=["done"])
    except IntegrityError:
        return False
    return True


def _go_on_later(file: MovementFile, now: datetime) -> None:
    with transaction.atomic(durable=True):
        outbox.record(
            kind=ASKED, payload={"file": str(file.public_id), "done": file.done}, owner=file.customer, now=now
        )


def _finish(file: MovementFile, now: datetime) -> str:
    days = int(policy.value("statement.file_days", on=business_date(now)))
    with transaction.atomic(durable=True):
        locked = MovementFile.objects.select_for_update().get(pk=file.pk)
        if locked.state != State.WAITING:
            return str(locked.state)
        sums = locked.parts.aggregate(lines=Sum("count"), came=Sum("money_in"), went=Sum("money_out"))
        if (sums["lines"], sums["came"], sums["went"]) != (locked.count, locked.money_in, locked.money_out):
            raise DoesNotAddUp(f"{sums} instead of {locked.count}, {locked.money_in}, {locked.money_out}")
        locked.state, locked.ready_at, locked.expires_at = State.READY, now, now + timedelta(days=days)
        locked.save(update_fields=["state", "ready_at", "expires_at"])
        audit.record(
            act="statements.file_made", subject=locked, actor=WORKER, after={"movements": locked.count}, now=now
        )
        _tell(locked, days, now)
    return str(State.READY)


def _tell(file: MovementFile, days: int, now: datetime) -> None:
    if file.customer.user is None:
        return
    inbox.send(
        user=file.customer.user,
        event=FILE_READY,
        key=f"statements.file:{file.public_id}",
        text=lambda: (
            _("Your file of transactions is ready"),
            _("It has %(count)s transactions. You can download it for %(days)d days; then we delete it.")
            % {"count": f"{file.count:,}", "days": days},
        ),
        link=reverse("movement_file", args=[file.public_id]),
        now=now,
    )


def _fail(file: MovementFile, reason: str, now: datetime) -> str:
    with transaction.atomic(durable=True):
        locked = MovementFile.objects.select_for_update().get(pk=file.pk)
        if locked.state == State.WAITING:
            locked.state = State.FAILED
            locked.save(update_fields=["state"])
            audit.record(act="statements.file_failed", subject=locked, actor=WORKER, reason=reason, now=now)
    return str(State.FAILED)


def files_of(customer: Customer, *, most: int = 20) -> list[MovementFile]:
    """This function will list a customer's files of late, newest first, in one query."""
    return list(customer.movement_files.select_related("bank_account").order_by("-asked_at", "-id")[:most])


def file_of(customer: Customer, public_id: uuid.UUID) -> MovementFile | None:
    """This function will find one file of a customer, while its account is theirs to see; another's does not exist."""
    return (
        MovementFile.objects.select_related("bank_account")
        .filter(customer=customer, public_id=public_id, bank_account__dispositions__customer=customer)
        .first()
    )


def is_open(file: MovementFile, *, now: datetime) -> bool:
    """This function will say whether a file can be downloaded."""
    return file.state == State.READY and file.expires_at is not None and file.expires_at > now


def parts_of(file: MovementFile) -> list[MovementFilePart]:
    """This function will list the parts of a file, newest lines first."""
    return list(file.parts.exclude(stored="").order_by("number"))


def contents(parts: Sequence[MovementFilePart]) -> Iterator[bytes]:
    """This function will open the parts of a file one after the other. Raises FileGone."""
    for part in parts:
        yield FILES.read(part.stored)


def note_download(*, file: MovementFile, now: datetime) -> None:
    """This function will leave an audit row about a download, before it begins."""
    with transaction.atomic():
        audit.record(act="statements.file_downloaded", subject=file, after={"kind": file.kind}, now=now)


def delete_expired(*, now: datetime) -> int:
    """This function will delete the files whose days are over, and answer how many.

    The row is marked first and the parts are removed after the commit; the next call removes what a crash left.
    """
    gone = 0
    for file in MovementFile.objects.filter(state=State.READY, expires_at__lte=now).order_by("id"):
        with transaction.atomic(durable=True):
            locked = MovementFile.objects.select_for_update().get(pk=file.pk)
            if locked.state != State.READY:
                continue
            locked.state, locked.deleted_at = State.EXPIRED, now
            locked.save(update_fields=["state", "deleted_at"])
            audit.record(
                act="statements.file_deleted", subject=locked, actor=WORKER, reason="its days were over", now=now
            )
        gone += 1
    over = MovementFilePart.objects.filter(file__state__in=[State.EXPIRED, State.FAILED]).exclude(stored="")
    for part in over:
        FILES.remove(part.stored)
        MovementFilePart.objects.filter(pk=part.pk).update(stored="")
    return gone


def give_up(*, now: datetime) -> int:
    """This function will mark the files that could not be made in two hours, so that another may be asked for."""
    late = MovementFile.objects.filter(state=State.WAITING, asked_at__lt=now - GIVEN_UP).order_by("id")
    return sum(_fail(file, "it was not made in time", now) == State.FAILED for file in late)

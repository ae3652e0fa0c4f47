"""Files of rows that colleagues take out of the portal: one service for every room (trust: B19).

    outcome = takeouts.ask(kind="movements", wanted={…}, purpose="…", case="R100012", staff=user, now=now)

What is promised:

- Purpose and case number are asked for and stand in the file, first and last line, with who asked and when.
- Above `keeping.export_alone_rows` a second person decides (core.changes, kind "mydata.takeout"); above
  `keeping.export_most_rows` there is no file at all.
- The trail holds the filter and the number of rows, in the transaction that makes the file; each download has its row.
- No cell runs on the reader's machine. The file lies sealed, opens for who asked alone, and is deleted after
  `keeping.export_hours`.
"""

import csv
import hashlib
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox
from accounts.models import User
from accounts.mydata import files
from accounts.mydata.models import Takeout
from accounts.mydata.takeoutkinds import Kind, Wanted, board, kind_of
from accounts.roles import lent, roles_of
from accounts.statements.export import BYTE_ORDER_MARK, harmless
from core import audit, policy
from core.changes import services as changes
from core.changes.errors import NoRole, Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.changes.models import Change
from core.reviews.subject import Person, Text
from ledger.calendar import business_date

KIND: Final = "mydata.takeout"
WORKER: Final = "system: staff exports"
AGAIN: Final = timedelta(minutes=1)  # a repeat within this is a double click
State = Takeout.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either the file, or the change that waits for a second person."""

    takeout: Takeout | None = None
    change: Change | None = None


def offered(staff: User) -> dict[str, Kind]:
    """This function will list what a colleague may take out; an emergency lends nothing of it."""
    held = roles_of(staff) - lent(staff)
    return {name: kind for name, kind in board().items() if held & kind.roles}


def ask(*, kind: str, wanted: Wanted, purpose: str, case: str, staff: User, now: datetime) -> Outcome:
    """This function will make a small file at once, or put a large one on the desk for a second person.

    Raises NoRole, Refused, and what core.changes refuses with.
    """
    if kind not in offered(staff):
        raise NoRole
    payload = prepared(kind=kind, wanted=wanted, purpose=purpose, case=case, staff=staff, now=now)
    if payload["rows"] > _figure("keeping.export_alone_rows", now):
        return Outcome(change=changes.ask(kind=KIND, payload=payload, reason=purpose, asked_by=staff, now=now))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=staff.pk)
        same = Takeout.objects.filter(
            asked_by=staff, kind=kind, wanted__contains=_asked(payload["wanted"]), purpose=payload["purpose"],
            case=payload["case"], made_at__gt=now - AGAIN, change=None,
        ).first()  # fmt: skip
        return Outcome(takeout=same or _make(payload, staff=staff, change=None, now=now))


def prepared(*, kind: str, wanted: Wanted, purpose: str, case: str, staff: User, now: datetime) -> dict[str, Any]:
    """This function will look whether a file can be asked for and close its filter. Raises Refused."""
    purpose, case = purpose.strip()[:300], case.strip()[:40]
    if len(purpose) < 10:
        raise Refused(lambda: _("Say what the file is for, in at least ten characters."), field="purpose")
    if len(case) < 3:
        raise Refused(lambda: _("Enter the number of the case or letter it is for."), field="case")
    found = kind_of(kind)
    closed = found.closed(wanted, staff=staff, now=now)
    most = _figure("keeping.export_most_rows", now)
    rows = found.count(closed, most=most)
    if rows > most:
        raise Refused(lambda: _("That is more than %(most)d rows. Narrow it down.") % {"most": most}, field="kind")
    return {"kind": kind, "wanted": closed, "purpose": purpose, "case": case, "rows": rows}


def _asked(wanted: Wanted) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name != "until"}


def _make(payload: Mapping[str, Any], *, staff: User, change: uuid.UUID | None, now: datetime) -> Takeout:
    content, rows = _content(payload, staff, now)
    name, kept = files.write(content), False
    try:
        with transaction.atomic():
            made = Takeout.objects.create(
                kind=payload["kind"],
                wanted=payload["wanted"],
                purpose=payload["purpose"],
                case=payload["case"],
                asked_by=staff,
                change=change,
                rows=rows,
                file=name,
                digest=hashlib.sha256(content).hexdigest(),
                made_at=now,
                expires_at=now + timedelta(hours=_figure("keeping.export_hours", now)),
            )
            audit.record(
                act="mydata.taken_out",
                subject=made,
                actor=staff,
                after={
                    "kind": made.kind,
                    "filter": made.wanted,
                    "rows": rows,
                    "case": made.case,
                    "digest": made.digest,
                    "decided_in": str(change) if change else None,
                },
                reason=made.purpose,
                now=now,
            )
            kept = True
    finally:
        if not kept:
            files.remove(name)
    return made


def _content(payload: Mapping[str, Any], staff: User, now: datetime) -> tuple[bytes, int]:
    kind, text, rows = kind_of(payload["kind"]), io.StringIO(), 0
    writer = csv.writer(text, lineterminator="\r\n")
    mark = _("Taken out by %(name)s (%(number)s) on %(at)s for %(case)s: %(purpose)s") % {
        "name": staff.full_name or staff,
        "number": staff.employee_number or "-",
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "case": payload["case"],
        "purpose": payload["purpose"],
    }
    writer.writerow([harmless(mark)])
    writer.writerow(kind.columns())
    for row in kind.rows(payload["wanted"]):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        rows += 1
    writer.writerow([harmless(mark)])
    return (BYTE_ORDER_MARK + text.getvalue()).encode(), rows


def mine(staff: User) -> list[Takeout]:
    """This function will list a colleague's latest files, newest first."""
    return list(Takeout.objects.filter(asked_by=staff).order_by("-made_at", "-id")[:20])


def opened(*, staff: User, public_id: uuid.UUID, now: datetime) -> tuple[Takeout, bytes] | None:
    """This function will give a colleague their own file while it is kept, and write that down first."""
    with transaction.atomic():
        found = Takeout.objects.filter(
            asked_by=staff, public_id=public_id, state=State.READY, expires_at__gt=now
        ).first()
        if found is None or found.kind not in offered(staff):
            return None
        content = files.read(found.file)
        audit.record(
            act="mydata.takeout_downloaded", subject=found, actor=staff, after={"digest": found.digest}, now=now
        )
    return found, content


def delete_expired(*, now: datetime) -> int:
    """This function will delete the files whose time is over and answer how many; a kill between is made good next."""
    gone = 0
    for key in Takeout.objects.filter(state=State.READY, expires_at__lte=now).values_list("pk", flat=True):
        with transaction.atomic():
            locked = Takeout.objects.select_for_update().get(pk=key)
            if locked.state == State.READY:
                files.remove(locked.file)
                locked.state, locked.file = State.EXPIRED, ""
                locked.save(update_fields=["state", "file"])
                audit.record(act="mydata.takeout_deleted", subject=locked, actor=WORKER, now=now)
                gone += 1
    return gone


def _figure(key: str, now: datetime) -> int:
    return int(policy.value(key, on=business_date(now)))


class TakeoutChange:
    """A large file, decided by a second person. Payload: kind, wanted, purpose, case, rows."""

    label: Text = gettext_lazy("File of many rows")
    hint: Text = gettext_lazy("More rows than one person takes out alone.")

    def key(self, payload: Payload) -> str:
        content = f"{payload['kind']} {sorted(_asked(payload['wanted']).items())} {payload['case']}"
        return hashlib.sha256(content.encode()).hexdigest()[:40]

    def title(self, payload: Payload) -> str:
        return f"{payload['kind']} {payload['rows']} · {payload['case']}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(1)

    def why(self, code: str) -> Text:
        return code

    def validate(self, payload: Payload, *, now: datetime) -> None:
        if kind_of(payload["kind"]).count(payload["wanted"], most=payload["rows"]) != payload["rows"]:
            raise Refused(lambda: _("The rows are no longer those that were asked for."))
        if payload["rows"] <= _figure("keeping.export_alone_rows", now):
            raise Refused(lambda: _("So few rows take nobody's approval: make the file on the page of exports."))

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        kind = kind_of(payload["kind"])
        return Preview(
            [
                Line(gettext_lazy("What"), kind.label),
                Line(gettext_lazy("Which rows"), kind.shown(payload["wanted"])),
                Line(gettext_lazy("Rows"), str(payload["rows"])),
                Line(gettext_lazy("Purpose"), payload["purpose"]),
                Line(gettext_lazy("Case number"), payload["case"]),
            ],
            [_("The file opens for who asked alone, names them, and is deleted after a day.")],
        )

    def digest(self, payload: Payload, *, lock: bool = False) -> str:  # noqa: ARG002 - rows are only ever added
        return str(kind_of(payload["kind"]).count(payload["wanted"], most=payload["rows"]))

    def concerns(self, payload: Payload, user: Person) -> bool:
        return kind_of(payload["kind"]).is_about(payload["wanted"], user)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        if payload["kind"] not in offered(actor):
            raise Refused(lambda: _("Who asked no longer holds the role this file takes."))
        made = _make(payload, staff=actor, change=uuid.UUID(key.removeprefix("change:")), now=now)
        inbox.send(
            user=actor,
            event="keeping.export",
            key=f"mydata.takeout:{made.public_id}",
            text=lambda: (
                _("Your file is ready"),
                _("A second person has approved it. It is deleted after a day."),
            ),
            link=reverse("staff_takeouts"),
            now=now,
        )
        return {"takeout": str(made.public_id), "rows": made.rows}

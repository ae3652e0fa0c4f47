"""What colleagues may take out as a file (`settings.TAKEOUTS`). A room adds a kind by a class that answers `Kind`.

What is asked for is closed when it is asked: each kind adds to the filter up to where its rows reached then. Rows are
only ever added, so what a second person approves is what the file holds.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import masks
from accounts.models import BankAccount, User
from accounts.mydata import looking
from accounts.roles import Role
from accounts.statements import kinds
from accounts.statements import queries as movements
from accounts.statements.filters import Filter
from core.audit import search
from core.audit.models import Row
from core.changes.errors import Refused
from ledger import balances
from ledger.money import Money

Wanted = Mapping[str, Any]  # what JSON keeps


class Kind(Protocol):
    """A kind of rows."""

    label: str | Promise
    roles: frozenset[Role]

    def closed(self, wanted: Wanted, *, staff: User, now: datetime) -> dict[str, Any]:
        """This function will look whether the filter can be used by this colleague and close it; raises Refused."""

    def count(self, wanted: Wanted, *, most: int) -> int:
        """This function will count the rows, and stop one above `most`."""

    def columns(self) -> Sequence[str]:
        """This function will name the columns."""

    def rows(self, wanted: Wanted) -> Iterator[Sequence[Any]]:
        """This function will give the rows: texts, and figures as the bank's own numbers."""

    def shown(self, wanted: Wanted) -> str:
        """This function will say the filter in one line."""

    def is_about(self, wanted: Wanted, user: User) -> bool:
        """This function will say whether the rows are this person's own."""


class AuditRows:
    """Rows of the audit trail, found as the search of the trail finds them."""

    label = gettext_lazy("Rows of the audit trail")
    roles = frozenset({Role.AUDITOR})

    def closed(self, wanted: Wanted, *, staff: User, now: datetime) -> dict[str, Any]:  # noqa: ARG002
        words = str(wanted.get("words", "")).strip()
        if not words:
            raise Refused(lambda: _("Say which rows: days, an act, a person or a record."), field="words")
        newest = Row.objects.order_by("-id").values_list("id", flat=True).first()
        return {"words": words, "until": newest or 0}

    def count(self, wanted: Wanted, *, most: int) -> int:
        return self._rows(wanted)[: most + 1].count()

    def columns(self) -> Sequence[str]:
        return [
            _("Row"), _("Time"), _("Act"), _("Subject"), _("Actor"), _("Reason"), _("Network address"),
            _("Request reference"),
        ]  # fmt: skip

    def rows(self, wanted: Wanted) -> Iterator[Sequence[Any]]:
        for row in self._rows(wanted).iterator(chunk_size=2000):
            at = timezone.localtime(row.acted_at).isoformat(timespec="seconds")
            yield row.id, at, row.act, row.subject, row.actor_label, row.reason, row.ip or "", row.reference

    def shown(self, wanted: Wanted) -> str:
        return str(wanted["words"])

    def is_about(self, wanted: Wanted, user: User) -> bool:  # noqa: ARG002 - the trail is nobody's own
        return False

    def _rows(self, wanted: Wanted) -> Any:
        return Row.objects.filter(search.condition(wanted["words"]), id__lte=wanted["until"]).order_by("id")


class Movements:
    """The movements on one account of a customer, between two days."""

    label = gettext_lazy("Movements on a customer's account")
    roles = frozenset({Role.REVIEWER, Role.APPROVER, Role.AUDITOR})

    def closed(self, wanted: Wanted, *, staff: User, now: datetime) -> dict[str, Any]:
        account = _account(wanted)
        for customer in looking.behind(BankAccount, account.pk):
            if not looking.is_open(customer=customer, staff=staff, now=now):
                raise Refused(
                    lambda: _("This record is covered. Open it first and say why, then ask for the file."),
                    field="account",
                )
        first, last = str(wanted.get("first") or ""), str(wanted.get("last") or "")
        if first and last and first > last:
            raise Refused(lambda: _("The last day is before the first. Nothing would be found."), field="last")
        newest = balances.lines(account.ledger_account_id, limit=1)
        return {
            "account": str(account.public_id),
            "first": first,
            "last": last,
            "until": newest[0].number if newest else 0,
        }

    def count(self, wanted: Wanted, *, most: int) -> int:
        return sum(1 for _row in islice(self._movements(wanted), most + 1))

    def columns(self) -> Sequence[str]:
        return [
            _("Line number"), _("Date"), _("Booked at"), _("Kind"), _("Channel"), _("Details"), _("Amount"),
            _("Balance"), _("Currency"),
        ]  # fmt: skip

    def rows(self, wanted: Wanted) -> Iterator[Sequence[Any]]:
        for one in self._movements(wanted):
            yield (
                one.number,
                one.business_date.isoformat(),
                timezone.localtime(one.booked_at).isoformat(timespec="seconds"),
                str(kinds.label(one.kind)),
                str(kinds.channel(one.channel)),
                one.narrative,
                Money(one.amount, one.currency).decimal,
                Money(one.balance_after, one.currency).decimal,
                one.currency,
            )

    def shown(self, wanted: Wanted) -> str:
        days = f"{wanted['first'] or '…'} - {wanted['last'] or '…'}"
        return f"{masks.account_short(_account(wanted).number)}, {days}"

    def is_about(self, wanted: Wanted, user: User) -> bool:
        return _account(wanted).dispositions.filter(customer__user=user).exists()

    def _movements(self, wanted: Wanted) -> Iterator[movements.Movement]:
        days = [date.fromisoformat(wanted[name]) if wanted[name] else None for name in ("first", "last")]
        found = movements.everything(_account(wanted).ledger_account_id, Filter(first=days[0], last=days[1]))
        return (one for one in found if one.number <= wanted["until"])


def _account(wanted: Wanted) -> BankAccount:
    """Find the account. Raises Refused."""
    try:
        return BankAccount.objects.get(public_id=uuid.UUID(str(wanted.get("account", "")).strip()))
    except (ValueError, BankAccount.DoesNotExist):
        raise Refused(
            lambda: _("There is no account of this id. It stands on the account's record."), field="account"
        ) from None


def board() -> dict[str, Kind]:
    """This function will give every kind by its name."""
    paths: Mapping[str, str] = import_string(settings.TAKEOUTS)
    return {name: import_string(path)() for name, path in paths.items()}


def kind_of(name: str) -> Kind:
    """This function will give a kind; raises Refused."""
    found = board().get(name)
    if found is None:
        raise Refused(lambda: _("Choose what the file holds."), field="kind")
    return found

"""What takes a second person at the counter (core.changes): large operations, undoing, differences of tills.

Each payload names its record and a digest of what it says. Whoever asked keyed it in and is not asked again; nobody
decides about themselves, their household, or whom they declared to be close.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import masks
from core.changes.errors import Refused
from core.changes.kinds import Approvals, ChosenAt, Line, Payload, Preview
from core.reviews.subject import Person, Text
from core.ui import formats
from ledger.money import Money
from payments.counter import close_to, locks, queries
from payments.counter.models import Operation, TillDay
from payments.counter.refusals import NotDone, Unknown
from payments.counter.services import operations, rules, tills, undoing

COUNTER = "admin:counter_tillday_changelist"


def _gone() -> Refused:
    return Refused(lambda: _("This is no longer what was asked for. No money has moved. Ask again."))


def _refused(error: NotDone) -> Refused:
    return Refused(lambda: str(error))


def _found(payload: Payload) -> Operation:
    operation = queries.operation_by_id(payload["operation"])
    if operation is None or operations.version(operation) != payload["version"]:
        raise _gone()
    return operation


def _locked(payload: Payload) -> Operation:
    try:
        operation = locks.operation(payload["operation"])
    except Unknown:
        raise _gone() from None
    if operations.version(operation) != payload["version"]:
        raise _gone()
    return operation


def _title(payload: Payload) -> str:
    operation = queries.operation_by_id(payload["operation"])
    if operation is None:
        return str(payload["operation"])
    money = Money(operation.amount, operation.currency)
    return f"{money.decimal:,} {money.currency} · {operation.reference} · {operation.day.till}"


def _lines(operation: Operation) -> list[Line]:
    """What a second person compares with the slip and the person at the counter."""
    lines = [
        Line(gettext_lazy("What"), operation.get_kind_display()),
        Line(gettext_lazy("Amount"), _shown(operation.amount, operation.currency)),
        Line(gettext_lazy("Customer"), operation.customer_name),
        Line(gettext_lazy("Account"), masks.account_long(operation.account.number)),
    ]
    if operation.destination is not None:
        number = masks.account_long(operation.destination.number)
        lines.append(Line(gettext_lazy("Payee"), f"{operation.payee_name} · {number}"))
    visit = operation.visit
    document = f"{visit.get_document_kind_display()} {masks.DOTS}{visit.document_ending}"
    lines += [
        Line(gettext_lazy("Document sighted"), document),
        Line(gettext_lazy("Till and teller"), f"{operation.day.till} · {operation.day.teller}"),
    ]
    if operation.cash_note:
        lines.append(Line(gettext_lazy("Where the cash comes from or goes to"), operation.cash_note))
    if operation.memo:
        lines.append(Line(gettext_lazy("Memo"), operation.memo))
    return lines


def _concerns(payload: Payload, user: Person) -> bool:
    operation = queries.operation_by_id(payload["operation"])
    if operation is None:
        return True
    return close_to.is_close(user, rules.people(operation))


class LargeOperation:
    """Payload: operation (public id), version (digest of what it says)."""

    label: Text = gettext_lazy("Operation at the counter")
    hint: Text = gettext_lazy("A large deposit, withdrawal or transfer, keyed in by a teller with the customer there.")
    chosen_at = ChosenAt(COUNTER, "operation")

    def key(self, payload: Payload) -> str:
        return str(payload["operation"])

    def title(self, payload: Payload) -> str:
        return _title(payload)

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(count=1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - one approval asks for no reason
        return ""

    def validate(self, payload: Payload, *, now: datetime) -> None:
        operation = _found(payload)
        if operation.state not in {Operation.State.DRAFT, Operation.State.WAITING}:
            raise _gone()
        try:
            rules.judge(operation, now=now)
        except NotDone as error:
            raise _refused(error) from error

    def present(self, payload: Payload, *, now: datetime) -> Preview:
        operation = _found(payload)
        effects: list[Text] = []
        if rules.LOCKED in rules.why_second(operation, now=now):
            effects.append(_("The customer's online access is locked: make sure that it is they who stand here."))
        if operation.in_cash:
            left = queries.cash_in(operation.day.till.account_id)
            moved = operation.amount if operation.kind == Operation.Kind.DEPOSIT else -operation.amount
            effects.append(
                _("Till: %(old)s in it, afterwards %(new)s")
                % {"old": _shown(left, operation.currency), "new": _shown(left + moved, operation.currency)}
            )
        return Preview(_lines(operation), effects)

    def told(self, payload: Payload) -> list[Line]:
        return _lines(_found(payload))

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = Operation.objects.select_for_update(of=("self",)) if lock else Operation.objects
        operation = rows.get(public_id=payload["operation"])
        return json.dumps([operations.version(operation), operation.state])

    def concerns(self, payload: Payload, user: Person) -> bool:
        return _concerns(payload, user)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        operation = _locked(payload)
        if operation.state != Operation.State.WAITING:
            raise _gone()
        try:
            entry = operations.book(operation, actor=actor, key=key, approved_by=key, now=now)
        except NotDone as error:
            raise _refused(error) from error
        return {"entry": entry, "reference": operation.reference}


class Undoing:
    """Payload: operation (public id), version, narrative (why). The entry is mirrored; nothing is removed."""

    label: Text = gettext_lazy("Undoing an operation at the counter")
    hint: Text = gettext_lazy("What was keyed in wrongly today goes back by its mirror; both stay in the books.")
    chosen_at = ChosenAt(COUNTER, "operation")

    def key(self, payload: Payload) -> str:
        return str(payload["operation"])

    def title(self, payload: Payload) -> str:
        return f"↺ {_title(payload)}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(count=1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - one approval asks for no reason
        return ""

    def validate(self, payload: Payload, *, now: datetime) -> None:
        try:
            undoing.judge(_found(payload), now=now)
        except NotDone as error:
            raise _refused(error) from error

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        operation = _found(payload)
        lines = self.told(payload)
        effects: list[Text] = [_("Entry and reversal both stay in the books; statements show both.")]
        if operation.kind == Operation.Kind.DEPOSIT:
            effects.append(_("The cash is given back to the customer out of the till."))
        elif operation.kind == Operation.Kind.WITHDRAWAL:
            effects.append(_("The cash is taken back into the till."))
        return Preview(lines, effects)

    def told(self, payload: Payload) -> list[Line]:
        return [*_lines(_found(payload)), Line(gettext_lazy("Why it is undone"), payload["narrative"])]

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = Operation.objects.select_for_update(of=("self",)) if lock else Operation.objects
        operation = rows.get(public_id=payload["operation"])
        return json.dumps([operations.version(operation), operation.state, operation.reversal_id])

    def concerns(self, payload: Payload, user: Person) -> bool:
        return _concerns(payload, user)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        operation = _locked(payload)
        try:
            entry = undoing.undo(operation, key=key, reason=payload["narrative"], actor=actor, now=now)
        except NotDone as error:
            raise _refused(error) from error
        return {"entry": entry, "reference": operation.reference}


class TillDifference:
    """Payload: day (public id), counted, books (minor units), counted_at: this count and no other."""

    label: Text = gettext_lazy("Difference of a till")
    hint: Text = gettext_lazy(
        "What a teller counted more or less than the books say, above what one person books alone."
    )
    chosen_at = ChosenAt(COUNTER, "day")

    def key(self, payload: Payload) -> str:
        return str(payload["day"])

    def title(self, payload: Payload) -> str:
        day = self._day(payload)
        money = Money(int(payload["counted"]) - int(payload["books"]), day.till.branch.currency)
        return f"{money.decimal:+,} {money.currency} · {day.till}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(count=1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - one approval asks for no reason
        return ""

    def validate(self, payload: Payload, *, now: datetime) -> None:  # noqa: ARG002
        self._still(self._day(payload), payload)

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        return Preview(self.told(payload), [_("The difference is booked to the account for differences of tills.")])

    def told(self, payload: Payload) -> list[Line]:
        day, language = self._day(payload), get_language()
        currency = day.till.branch.currency
        lines = [
            Line(gettext_lazy("Till and teller"), f"{day.till} · {day.teller}"),
            Line(gettext_lazy("Business date"), formats.day(day.business_date, language)),
            Line(gettext_lazy("In the books"), _shown(int(payload["books"]), currency)),
            Line(gettext_lazy("Counted"), _shown(int(payload["counted"]), currency)),
            Line(gettext_lazy("Difference"), _shown(int(payload["counted"]) - int(payload["books"]), currency)),
        ]
        if payload["counted_at"]:  # that of this count: it may have been counted again
            counted = datetime.fromtimestamp(float(payload["counted_at"]), tz=UTC)  # seconds
            lines.insert(2, Line(gettext_lazy("Counted at"), formats.moment(timezone.localtime(counted), language)))
        return lines

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = TillDay.objects.select_for_update(of=("self",), no_key=True) if lock else TillDay.objects
        day = rows.get(public_id=payload["day"])
        return json.dumps([tills.difference_payload(day), day.state, day.entry_id])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002 - who counted asks and never decides
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        day = locks.day(self._day(payload).pk)
        self._still(day, payload)
        try:
            return {"entry": tills.book_difference(day, key=key, actor=actor, now=now)}
        except NotDone as error:
            raise _refused(error) from error

    def _day(self, payload: Payload) -> TillDay:
        day = TillDay.objects.select_related("till__branch", "teller").filter(public_id=payload["day"]).first()
        if day is None:
            raise _gone()
        return day

    def _still(self, day: TillDay, payload: Payload) -> None:
        if day.state != TillDay.State.COUNTED or day.entry_id is not None or tills.difference_payload(day) != payload:
            raise _gone()


def _shown(minor: int, currency: str) -> str:
    return str(formats.amount(Money(minor, currency).decimal, currency))

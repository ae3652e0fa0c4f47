"""Bookings and reversals by hand, as kinds of change that take two people (core.changes). No screen, no customer.

An account is named by its code. Amounts are decimals as text, so that what two people have read is what is booked.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import policy
from core.changes.errors import Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.reviews.subject import Person, Text
from core.ui import formats
from ledger import balances, chart, posting
from ledger.calendar import business_date
from ledger.models import Account, Entry
from ledger.models import Line as BookedLine
from ledger.money import InexactMoney, Money, UnknownCurrency

ENTRY, REVERSAL = "books.entry", "books.reversal"
MOST_LINES = 20


@dataclass(frozen=True)
class _Side:
    account: Account
    money: Money
    narrative: str


class ManualEntry:
    """Payload: business_date, narrative, lines [{account (code), side ("debit" or "credit"), amount, narrative}]."""

    label: Text = gettext_lazy("Booking by hand")
    hint: Text = gettext_lazy(
        "A double entry that no customer and no night run makes: a correction, a transfer of the bank's own."
    )

    def key(self, payload: Payload) -> str:
        return _fingerprint(payload)

    def title(self, payload: Payload) -> str:
        return f"{_turnover_text(payload)} · {payload['narrative']}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        turnover = _turnover(_sides(payload))
        return Approvals(why=("amount",), bands=f"books.{turnover.currency.lower()}", amount=turnover.decimal)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The amount is large.")

    def validate(self, payload: Payload, *, now: datetime) -> None:
        _in_time(payload, now)
        if not payload["narrative"].strip():
            raise Refused(lambda: _("Write what the booking is for."), field="narrative")
        sides = _sides(payload)
        if len(sides) < 2:
            raise Refused(lambda: _("A booking has at least one debit and one credit."), field="lines")
        if len(sides) > MOST_LINES:
            raise Refused(
                lambda: _("A booking by hand has at most %(most)d lines.") % {"most": MOST_LINES}, field="lines"
            )
        if len({side.money.currency for side in sides}) > 1:
            raise Refused(lambda: _("All accounts of a booking by hand keep the same currency."), field="lines")
        total = sum(side.money.minor for side in sides)
        if total:
            difference = _shown(Money(abs(total), sides[0].money.currency))
            raise Refused(
                lambda: (
                    _("Debit and credit differ by %(amount)s. Both sides must come to the same sum.")
                    % {"amount": difference}
                ),
                field="lines",
            )
        _covered(sides)

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        sides, language = _sides(payload), get_language()
        before = balances.of([side.account.pk for side in sides])
        lines = [
            Line(gettext_lazy("Business date"), formats.day(date.fromisoformat(payload["business_date"]), language)),
            Line(gettext_lazy("Narrative"), payload["narrative"]),
        ]
        lines.extend(
            Line(
                _("%(side)s %(account)s") % {"side": _side_word(side.money), "account": _named(side.account)},
                _shown(Money(abs(side.money.minor), side.money.currency))
                + (f" · {side.narrative}" if side.narrative else ""),
            )
            for side in sides
        )
        effects: list[Text] = [_("Sum: %(amount)s.") % {"amount": _shown(_turnover(sides))}]
        moved: dict[int, int] = {}
        for side in sides:
            moved[side.account.pk] = moved.get(side.account.pk, 0) + side.money.minor
        for account in {side.account.pk: side.account for side in sides}.values():
            booked = Money(before[account.pk].booked, account.currency)
            effects.append(
                _("%(account)s: balance %(old)s, afterwards %(new)s")
                % {
                    "account": account.code,
                    "old": _shown(booked),
                    "new": _shown(Money(booked.minor + moved[account.pk], booked.currency)),
                }
            )
        return Preview(lines, effects)

    def digest(self, payload: Payload, *, lock: bool = False) -> str:  # noqa: ARG002 - the books judge when written
        codes = sorted({line["account"] for line in payload["lines"]})
        rows = Account.objects.filter(code__in=codes).order_by("code")
        return json.dumps([[row.code, row.name, row.status, row.currency] for row in rows])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002 - whose accounts these are is known upstairs
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002
        lines = [
            posting.Line.of(side.account.pk, side.money, side.narrative or payload["narrative"])
            for side in _sides(payload)
        ]
        try:
            posted = posting.post(
                key=key,
                kind=ENTRY,
                channel=Entry.Channel.SYSTEM,
                business_date=date.fromisoformat(payload["business_date"]),
                lines=lines,
            )
        except posting.LedgerError as error:
            raise _refusal(error) from error
        return {"entry": posted.entry_id}


class Reversal:
    """Payload: entry (its number), business_date, narrative. The entry is mirrored; nothing is removed."""

    label: Text = gettext_lazy("Reversal of a booking")
    hint: Text = gettext_lazy("An entry is undone by its mirror; both stay in the books.")

    def key(self, payload: Payload) -> str:
        return str(payload["entry"])

    def title(self, payload: Payload) -> str:
        return f"#{payload['entry']} ↺ {payload['narrative']}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        turnover = _turnover_of(_booked(payload))
        return Approvals(why=("amount",), bands=f"books.{turnover.currency.lower()}", amount=turnover.decimal)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The amount is large.")

    def validate(self, payload: Payload, *, now: datetime) -> None:
        _in_time(payload, now)
        if not payload["narrative"].strip():
            raise Refused(lambda: _("Write why the entry is undone."), field="narrative")
        entry = _entry(payload)
        _booked(payload)
        if entry.reverses_id is not None:
            raise Refused(lambda: _("This entry is itself a reversal; it is not undone."), field="entry")
        if Entry.objects.filter(reverses=entry).exists():
            raise Refused(lambda: _("This entry has been reversed before."), field="entry")
        if any(chart.is_till(line.account.code) for line in _booked(payload)):
            raise Refused(
                lambda: _(
                    "This entry moved the cash of a till. On its own day it is undone at the counter; later, book a "
                    "correction against the vault."
                ),
                field="entry",
            )
        if date.fromisoformat(payload["business_date"]) < entry.business_date:
            raise Refused(lambda: _("The reversal cannot count before the entry itself."), field="business_date")

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        entry, language = _entry(payload), get_language()
        lines = [
            Line(gettext_lazy("Entry"), f"#{entry.pk} · {entry.kind}"),
            Line(
                gettext_lazy("Business date"),
                formats.day(date.fromisoformat(payload["business_date"]), language),
                formats.day(entry.business_date, language),
            ),
            Line(gettext_lazy("Narrative"), payload["narrative"]),
        ]
        for booked in _booked(payload):
            money = Money(-booked.amount, booked.currency)
            lines.append(
                Line(
                    _("%(side)s %(account)s") % {"side": _side_word(money), "account": _named(booked.account)},
                    _shown(Money(abs(money.minor), money.currency)),
                )
            )
        return Preview(lines, [_("Entry and reversal both stay in the books; statements show both.")])

    def digest(self, payload: Payload, *, lock: bool = False) -> str:  # noqa: ARG002 - the books judge when written
        return json.dumps([payload["entry"], Entry.objects.filter(reverses_id=payload["entry"]).exists()])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002
        try:
            posted = posting.reverse(
                entry_id=int(payload["entry"]),
                key=key,
                kind=REVERSAL,
                channel=Entry.Channel.SYSTEM,
                business_date=date.fromisoformat(payload["business_date"]),
                narrative=payload["narrative"],
            )
        except posting.LedgerError as error:
            raise _refusal(error) from error
        return {"entry": posted.entry_id}


def _sides(payload: Payload) -> list[_Side]:
    """Read the lines of a booking. Raises Refused, naming the line that is wrong."""
    codes = [line["account"] for line in payload["lines"]]
    found = {account.code: account for account in Account.objects.filter(code__in=codes)}
    return [_side(number, line, found) for number, line in enumerate(payload["lines"], start=1)]


def _side(number: int, line: Mapping[str, str], found: Mapping[str, Account]) -> _Side:
    account = found.get(line["account"])
    if account is None:
        raise Refused(
            lambda: (
                _("Line %(number)d: the books have no account %(code)s.") % {"number": number, "code": line["account"]}
            ),
            field="lines",
        )
    if account.status != Account.Status.OPEN:
        raise Refused(
            lambda: _("Line %(number)d: the account %(code)s is closed.") % {"number": number, "code": account.code},
            field="lines",
        )
    if chart.is_till(account.code):
        raise Refused(
            lambda: (
                _("Line %(number)d: what lies in a till moves at the counter alone, so that its count stays true. Book "
                  "against the vault, or have the till counted.") % {"number": number}
            ),
            field="lines",
        )  # fmt: skip
    try:
        money = Money.of(line["amount"], account.currency)
    except (InexactMoney, UnknownCurrency):
        raise Refused(
            lambda: (
                _("Line %(number)d: %(amount)s is not an amount in %(currency)s.")
                % {"number": number, "amount": line["amount"], "currency": account.currency}
            ),
            field="lines",
        ) from None
    if money.minor <= 0:
        raise Refused(
            lambda: (
                _("Line %(number)d: an amount is more than zero; the side says which way it goes.") % {"number": number}
            ),
            field="lines",
        )
    signed = money if line["side"] == "credit" else -money
    return _Side(account, signed, line.get("narrative", ""))


def _covered(sides: Sequence[_Side]) -> None:
    """Say early when an account would fall below what it may; the books say it again when they are written."""
    running = {side.account.pk: side.account for side in sides if side.account.running}
    if not running:
        return
    now_there = balances.of(list(running))
    moved: dict[int, int] = {}
    for side in sides:
        moved[side.account.pk] = moved.get(side.account.pk, 0) + side.money.minor
    for pk, account in running.items():
        spendable = now_there[pk].spendable
        if spendable is not None and moved[pk] < 0 and -moved[pk] > spendable:
            raise _uncovered(account, Money(spendable, account.currency))


def _uncovered(account: Account, left: Money) -> Refused:
    return Refused(
        lambda: (
            _("The account %(code)s does not cover this: %(left)s may leave it.")
            % {"code": account.code, "left": _shown(left)}
        ),
        field="lines",
    )


def _in_time(payload: Payload, now: datetime) -> None:
    today, on = business_date(now), date.fromisoformat(payload["business_date"])
    oldest = int(policy.value("changes.booking_oldest_days", on=today))
    if on > today:
        raise Refused(lambda: _("The business date lies ahead. It is today at the latest."), field="business_date")
    if on < today - timedelta(days=oldest):
        raise Refused(
            lambda: (
                _("The business date is more than %(days)d days old; what is that old stays as it was reported.")
                % {"days": oldest}
            ),
            field="business_date",
        )


def _entry(payload: Payload) -> Entry:
    entry = Entry.objects.filter(pk=payload["entry"]).first()
    if entry is None:
        raise Refused(lambda: _("The books have no entry of this number."), field="entry")
    return entry


def _booked(payload: Payload) -> list[BookedLine]:
    lines = (
        BookedLine.objects.filter(entry_id=payload["entry"])
        .select_related("account")
        .order_by("position")[: MOST_LINES + 1]
    )
    if len(lines) > MOST_LINES:
        raise Refused(
            lambda: (
                _("An entry with more than %(most)d lines is undone by the run that made it.") % {"most": MOST_LINES}
            ),
            field="entry",
        )
    if not lines:
        raise Refused(lambda: _("The books have no entry of this number."), field="entry")
    return list(lines)


def _turnover(sides: Sequence[_Side]) -> Money:
    if not sides:
        raise Refused(lambda: _("A booking has at least one debit and one credit."), field="lines")
    return Money(sum(side.money.minor for side in sides if side.money.minor > 0), sides[0].money.currency)


def _turnover_of(lines: Sequence[BookedLine]) -> Money:
    return Money(sum(line.amount for line in lines if line.amount > 0), lines[0].currency)


def _turnover_text(payload: Payload) -> str:
    turnover = _turnover(_sides(payload))
    return f"{turnover.decimal} {turnover.currency}"


def _fingerprint(payload: Payload) -> str:
    """Name what is booked: the same lines for the same day, however and in whatever order they are typed."""
    lines = sorted([line["account"], line["side"], str(Decimal(line["amount"]))] for line in payload["lines"])
    return hashlib.sha256(json.dumps([payload["business_date"], lines]).encode()).hexdigest()


def _named(account: Account) -> str:
    return f"{account.code} ({account.name})"


def _side_word(money: Money) -> str:
    return str(_("Credit") if money.minor > 0 else _("Debit"))


def _shown(money: Money) -> str:
    return str(formats.amount(money.decimal, money.currency))


def _refusal(error: posting.LedgerError) -> Refused:
    """Say in a sentence what the books refused; nothing was booked."""
    match error:
        case posting.BelowFloor():
            code = Account.objects.values_list("code", flat=True).get(pk=error.account_id)
            return Refused(lambda: _("The account %(code)s does not cover this. Nothing was booked.") % {"code": code})
        case posting.AccountClosed():
            return Refused(lambda: _("An account of this booking was closed in the meantime. Nothing was booked."))
        case posting.AlreadyReversed() | posting.CannotReverse():
            return Refused(lambda: _("The entry has been reversed in the meantime. Nothing was booked."))
    return Refused(lambda: _("The books refused this. Nothing was booked."))

"""Repairs as a kind of change that takes two people (core.changes): one asks for an action, others approve it.

Payload: item (public id), action, payment (reference; empty where none is meant).

    match      the line or message belongs to this payment: what it proves is booked, as if it had named it
    return     the money goes to the payer of this payment
    suspense   the money is kept in suspense until somebody knows more
    close      nothing is to be booked; the reason says why

An item is this room's own or, by `RepairItem.room`, that of a room above (`settings.REPAIR_ROOMS`): who asks, who
approves and what is read stay the same, what is judged and booked is that room's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import outbox
from core.changes.errors import Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.reviews.subject import Person, Text
from core.ui import formats
from ledger import posting
from ledger.calendar import business_date
from ledger.money import Money
from payments.clearing import causes
from payments.clearing.models import Payment, RepairItem, StatementEntry
from payments.clearing.services import accounts, moves, reconciling
from payments.clearing.states import OUTSTANDING, State

KIND = "clearing.repair"
BOOKED = "clearing.repair"
GIVEN = "clearing.given_back"
Action, ItemKind = RepairItem.Action, RepairItem.Kind
CURRENCY_WITHOUT = "CNY"  # whose bands count for an item that names no amount: the smallest band


@dataclass(frozen=True)
class Wish:
    """What is asked for: `payment` is one of the item's room, None where none is meant."""

    item: RepairItem
    action: RepairItem.Action
    payment: Any

    @property
    def money(self) -> Money | None:
        if self.item.amount is None or not self.item.currency:
            return None
        return Money(self.item.amount, self.item.currency)


class Room(Protocol):
    """Whose payments an item is about. Everything is called with the item read; `act` with both locked."""

    def payment(self, reference: str, *, lock: bool = False) -> Any:
        """This function will find a confirmed payment, with its payer; None when there is none."""

    def worth(self, money: Money, *, now: datetime) -> Money:
        """This function will give the sum by which the approvers of an item are chosen."""

    def judge(self, wish: Wish) -> None:
        """This function will say what stands against matching or giving back. Raises Refused."""

    def effects(self, wish: Wish) -> list[Text]:
        """This function will say what an action does."""

    def act(self, wish: Wish, *, key: str, actor: Person, now: datetime) -> int | None:
        """This function will match or give back, and name the entry. Raises ledger.posting.LedgerError."""


def room_of(item: RepairItem) -> Room:
    """This function will give whoever knows the payments an item is about."""
    if not item.room:
        return OURS
    found: Room = import_string(settings.REPAIR_ROOMS[item.room])
    return found


class Repair:
    """Settling an item of the repair queue."""

    label: Text = gettext_lazy("Repair of a payment to another bank")
    hint: Text = gettext_lazy("What statements and messages of the clearing systems left open: match, give back, keep.")

    def key(self, payload: Payload) -> str:
        return str(payload["item"])

    def title(self, payload: Payload) -> str:
        wish = _read(payload)
        parts = [_shown(wish.money) if wish.money else "", wish.item.reference or f"#{wish.item.pk}"]
        return " · ".join(part for part in parts if part)  # kept as it is, and read in both languages

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:
        wish = _read(payload)
        money = room_of(wish.item).worth(wish.money, now=now) if wish.money else Money.zero(CURRENCY_WITHOUT)
        return Approvals(why=("amount",), bands=f"clearing.{money.currency.lower()}", amount=abs(money).decimal)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The amount is large.")

    def validate(self, payload: Payload, *, now: datetime) -> None:  # noqa: ARG002
        _judge(_read(payload))

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        wish = _read(payload)
        lines = self._lines(wish)
        if wish.payment is not None:
            lines[-1] = Line(lines[-1].label, f"{lines[-1].new} · {wish.payment.get_state_display()}")
        return Preview(lines, _effects(wish))

    def told(self, payload: Payload) -> list[Line]:
        return self._lines(_read(payload))

    @staticmethod
    def _lines(wish: Wish) -> list[Line]:
        """What stays as it is whatever becomes of the change."""
        item, payment, language = wish.item, wish.payment, get_language()
        lines = [
            Line(gettext_lazy("What is open"), causes.sentence(item.cause)),
            Line(gettext_lazy("What came"), " · ".join(part for part in (item.reference, item.said) if part) or "–"),
            Line(gettext_lazy("Opened at"), formats.moment(timezone.localtime(item.opened_at), language)),
            Line(gettext_lazy("Action"), wish.action.label),
        ]
        if wish.money is not None:
            lines.insert(1, Line(gettext_lazy("Amount"), _shown(wish.money)))
        if payment is not None:
            lines.append(
                Line(
                    gettext_lazy("Payment"),
                    f"{payment.reference} · {_shown(Money(payment.amount, payment.currency))} · "
                    f"{payment.payer_name} → {payment.payee_name}",
                )
            )
        return lines

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = RepairItem.objects.select_for_update(of=("self",)) if lock else RepairItem.objects
        item = rows.get(public_id=payload["item"])
        payment = room_of(item).payment(payload["payment"], lock=lock) if payload["payment"] else None
        return json.dumps([item.state, item.cause, item.amount, payment.state if payment else "", payload["action"]])

    def concerns(self, payload: Payload, user: Person) -> bool:
        payment = _read(payload).payment
        return payment is not None and payment.payer.user_id == user.pk

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        wish = _read(payload, lock=True)
        _judge(wish)
        try:
            entry = _carried_out(wish, key, actor, now)
        except posting.LedgerError as error:
            raise Refused(lambda: _("The books refused this. Nothing was booked.")) from error
        item = wish.item
        item.state, item.action, item.repaired_at, item.entry_id = RepairItem.State.REPAIRED, wish.action, now, entry
        if isinstance(wish.payment, Payment):
            item.payment = wish.payment
        item.save(update_fields=["state", "action", "repaired_at", "entry", "payment"])
        return {"entry": entry, "action": wish.action.value, "item": str(item.public_id)}


def _read(payload: Payload, *, lock: bool = False) -> Wish:
    rows = RepairItem.objects.select_related("statement_entry__statement", "payment__payer", "file")
    found = rows.select_for_update(of=("self",)) if lock else rows
    item = found.filter(public_id=payload["item"]).first()
    if item is None:
        raise Refused(lambda: _("There is no such item."), field="item")
    reference, payment = str(payload.get("payment") or "").strip(), None
    if reference:
        payment = room_of(item).payment(reference, lock=lock)
        if payment is None:
            raise Refused(lambda: _("There is no payment of this reference."), field="payment")
    return Wish(item, Action(payload["action"]), payment)


def _judge(wish: Wish) -> None:
    """Say what stands against an action as things are. Raises Refused."""
    item, payment = wish.item, wish.payment
    if item.state != RepairItem.State.OPEN:
        raise Refused(lambda: _("This item has been settled in the meantime."))
    if wish.action in {Action.MATCH, Action.RETURN} and payment is None:
        raise Refused(lambda: _("Name the payment by its reference."), field="payment")
    if wish.action is Action.CLOSE:
        if item.kind == ItemKind.ENTRY:
            raise Refused(
                lambda: _("Money has moved here: it is booked one way or the other, not closed."), field="action"
            )
        return
    if item.kind not in {ItemKind.ENTRY, ItemKind.MESSAGE}:
        raise Refused(lambda: _("No money belongs to this item. Close it, and say why."), field="action")
    if wish.action is Action.SUSPENSE and item.kind != ItemKind.ENTRY:
        raise Refused(lambda: _("Only money on a statement can be kept in suspense."), field="action")
    if wish.action in {Action.MATCH, Action.RETURN}:
        room_of(item).judge(wish)


def _judge_match(wish: Wish) -> None:
    line, payment = wish.item.statement_entry, wish.payment
    if line is None:
        raise Refused(lambda: _("Only a line of a statement is matched with a payment."), field="action")
    shown = reconciling.shown_of([payment])
    cause, _movement = reconciling.match(line.amount, line.statement.currency, payment, shown, named=True)
    if cause:
        raise Refused(lambda: causes.sentence(cause), field="payment")


def _judge_return(wish: Wish) -> None:
    item, payment = wish.item, wish.payment
    if item.kind == ItemKind.ENTRY:
        if item.amount is None or item.amount <= 0:
            raise Refused(lambda: _("No money came in with this line. There is nothing to give back."), field="action")
        if item.currency != payment.currency:
            raise Refused(lambda: causes.sentence("wrong_currency"), field="payment")
        if item.amount > payment.amount:
            raise Refused(lambda: _("More came in than this payment ever sent."), field="payment")
        return
    if item.cause == "not_written" and payment.state == State.ACCEPTED and payment.batch_id is None:
        return
    if State(payment.state) not in {State.SETTLED} | OUTSTANDING:
        raise Refused(lambda: _("The payer of this payment has the money already."), field="payment")


def _effects(wish: Wish) -> list[Text]:
    match wish.action:
        case Action.SUSPENSE:
            return [_("The amount is booked between the nostro and suspense. Books and statement agree.")]
        case Action.CLOSE:
            return [_("Nothing is booked.")]
    return room_of(wish.item).effects(wish)


def _carried_out(wish: Wish, key: str, actor: Person, now: datetime) -> int | None:
    match wish.action:
        case Action.SUSPENSE:
            suspense = accounts.own("suspense", wish.item.currency, now=now)
            return book_line(wish, key=key, against=suspense, narrative=wish.item.reference, now=now)
        case Action.CLOSE:
            return None
    return room_of(wish.item).act(wish, key=key, actor=actor, now=now)


class _Ours:
    """The payments of the clearing systems."""

    def payment(self, reference: str, *, lock: bool = False) -> Payment | None:
        rows = Payment.objects.select_related("payer__user", "source").filter(confirmed_at__isnull=False)
        return (rows.select_for_update(of=("self",)) if lock else rows).filter(reference=reference).first()

    def worth(self, money: Money, *, now: datetime) -> Money:  # noqa: ARG002 - each currency has its bands
        return money

    def judge(self, wish: Wish) -> None:
        if wish.action is Action.MATCH:
            _judge_match(wish)
        else:
            _judge_return(wish)

    def effects(self, wish: Wish) -> list[Text]:
        if wish.action is Action.MATCH:
            return [_("What the line proves is booked for the payment, and its payer is told.")]
        if wish.item.kind == ItemKind.ENTRY:
            return [_("The amount is booked from the nostro to the payer's account, and the payer is told.")]
        return [_("The payment is given back to its payer in full, and the payer is told.")]

    def act(self, wish: Wish, *, key: str, actor: Person, now: datetime) -> int | None:
        return _match(wish, now) if wish.action is Action.MATCH else _return(wish, key, actor, now)


OURS: Room = _Ours()


def _match(wish: Wish, now: datetime) -> int | None:
    line, payment = wish.item.statement_entry, wish.payment
    assert line is not None  # noqa: S101 - _judge_match asked for it
    movement = StatementEntry.Movement.SETTLEMENT if line.amount < 0 else StatementEntry.Movement.RETURN
    reconciling.matched(line, payment, movement, side=reconciling.OURS, file=wish.item.file, now=now)
    found: int | None = payment.settlement_id if line.amount < 0 else payment.reversal_id
    return found


def _return(wish: Wish, key: str, actor: Person, now: datetime) -> int | None:
    item, payment = wish.item, wish.payment
    if item.kind != ItemKind.ENTRY:
        to = {State.SETTLED: State.RETURNED, State.ACCEPTED: State.REVOKED}.get(State(payment.state), State.REJECTED)
        moves.give_back(payment, to, now=now, heard="repair", actor=actor)
        given: int | None = payment.reversal_id
        return given
    account = payment.source.ledger_account_id
    entry = book_line(wish, key=key, against=account, narrative=moves.narrative(payment), now=now)
    outbox.record(
        kind=GIVEN,
        payload={"payment": str(payment.public_id), "item": str(item.public_id), "amount": item.amount},
        owner=payment.payer,
        now=now,
    )
    return entry


def book_line(wish: Wish, *, key: str, against: int, narrative: str, now: datetime) -> int:
    """This function will book what a line shows from the nostro against another account; the line is repaired by it.

    Raises ledger.posting.LedgerError.
    """
    item, line = wish.item, wish.item.statement_entry
    assert item.amount is not None  # noqa: S101 - a line has an amount
    assert line is not None  # noqa: S101 - _judge let lines alone come here
    posted = posting.post(
        key=key,
        kind=BOOKED,
        channel="interbank",
        business_date=business_date(now),
        lines=[
            posting.Line(accounts.own("nostro", item.currency, now=now), -item.amount, item.reference),
            posting.Line(against, item.amount, narrative),
        ],
    )
    line.state, line.entry_id = StatementEntry.State.REPAIRED, posted.entry_id
    line.save(update_fields=["state", "entry"])
    return posted.entry_id


def _shown(money: Money) -> str:
    return str(formats.amount(money.decimal, money.currency))

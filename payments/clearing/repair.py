"""Repairs as a kind of change that takes two people (core.changes): one asks for an action, others approve it.

Payload: item (public id), action, payment (reference; empty where none is meant).

    match      the line or message belongs to this payment: what it proves is booked, as if it had named it
    return     the money goes to the payer of this payment
    suspense   the money is kept in suspense until somebody knows more
    close      nothing is to be booked; the reason says why
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
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
class _Wish:
    item: RepairItem
    action: RepairItem.Action
    payment: Payment | None

    @property
    def money(self) -> Money | None:
        if self.item.amount is None or not self.item.currency:
            return None
        return Money(self.item.amount, self.item.currency)


class Repair:
    """Settling an item of the repair queue."""

    label: Text = gettext_lazy("Repair of a payment to another bank")
    hint: Text = gettext_lazy("What statements and messages of the clearing systems left open: match, give back, keep.")

    def key(self, payload: Payload) -> str:
        return str(payload["item"])

    def title(self, payload: Payload) -> str:
        wish = _read(payload)
        amount = f"{wish.money.decimal} {wish.money.currency} · " if wish.money else ""
        return f"{amount}{wish.item.reference or wish.item.cause} · {wish.action.value}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        money = _read(payload).money or Money.zero(CURRENCY_WITHOUT)
        return Approvals(why=("amount",), bands=f"clearing.{money.currency.lower()}", amount=abs(money).decimal)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The amount is large.")

    def validate(self, payload: Payload, *, now: datetime) -> None:  # noqa: ARG002
        _judge(_read(payload))

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        wish = _read(payload)
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
                    f"{payment.payer_name} → {payment.payee_name} · {payment.get_state_display()}",
                )
            )
        return Preview(lines, _effects(wish))

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = RepairItem.objects.select_for_update(of=("self",)) if lock else RepairItem.objects
        item = rows.get(public_id=payload["item"])
        payments = Payment.objects.select_for_update(of=("self",)) if lock else Payment.objects
        payment = payments.filter(reference=payload["payment"]).first() if payload["payment"] else None
        return json.dumps([item.state, item.cause, item.amount, payment.state if payment else "", payload["action"]])

    def concerns(self, payload: Payload, user: Person) -> bool:
        payment = _read(payload).payment
        return payment is not None and payment.payer.user_id == user.pk

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        wish = _read(payload, lock=True)
        _judge(wish)
        try:
            entry = _ACTS[wish.action](wish, key, actor, now)
        except posting.LedgerError as error:
            raise Refused(lambda: _("The books refused this. Nothing was booked.")) from error
        item = wish.item
        item.state, item.action, item.repaired_at, item.entry_id = RepairItem.State.REPAIRED, wish.action, now, entry
        item.payment = wish.payment or item.payment
        item.save(update_fields=["state", "action", "repaired_at", "entry", "payment"])
        return {"entry": entry, "action": wish.action.value, "item": str(item.public_id)}


def _read(payload: Payload, *, lock: bool = False) -> _Wish:
    rows = RepairItem.objects.select_related("statement_entry__statement", "payment__payer", "file")
    found = rows.select_for_update(of=("self",)) if lock else rows
    item = found.filter(public_id=payload["item"]).first()
    if item is None:
        raise Refused(lambda: _("There is no such item."), field="item")
    reference, payment = str(payload.get("payment") or "").strip(), None
    if reference:
        payments = Payment.objects.select_related("payer__user", "source").filter(confirmed_at__isnull=False)
        payment = (payments.select_for_update(of=("self",)) if lock else payments).filter(reference=reference).first()
        if payment is None:
            raise Refused(lambda: _("There is no payment of this reference."), field="payment")
    return _Wish(item, Action(payload["action"]), payment)


def _judge(wish: _Wish) -> None:
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
    if wish.action is Action.MATCH:
        _judge_match(wish)
    elif wish.action is Action.RETURN:
        _judge_return(wish)


def _judge_match(wish: _Wish) -> None:
    line, payment = wish.item.statement_entry, wish.payment
    if line is None:
        raise Refused(lambda: _("Only a line of a statement is matched with a payment."), field="action")
    shown = set(
        StatementEntry.objects.filter(payment=payment, state=StatementEntry.State.MATCHED).values_list(
            "payment_id", "movement"
        )
    )
    cause, _movement = reconciling.match(line.amount, line.statement.currency, payment, shown, named=True)
    if cause:
        raise Refused(lambda: causes.sentence(cause), field="payment")


def _judge_return(wish: _Wish) -> None:
    item, payment = wish.item, wish.payment
    assert payment is not None  # noqa: S101 - _judge asked for it
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


def _effects(wish: _Wish) -> list[Text]:
    match wish.action:
        case Action.MATCH:
            return [_("What the line proves is booked for the payment, and its payer is told.")]
        case Action.RETURN if wish.item.kind == ItemKind.ENTRY:
            return [_("The amount is booked from the nostro to the payer's account, and the payer is told.")]
        case Action.RETURN:
            return [_("The payment is given back to its payer in full, and the payer is told.")]
        case Action.SUSPENSE:
            return [_("The amount is booked between the nostro and suspense. Books and statement agree.")]
    return [_("Nothing is booked.")]


def _match(wish: _Wish, key: str, actor: Person, now: datetime) -> int | None:  # noqa: ARG001 - the payment's own keys
    line, payment = wish.item.statement_entry, wish.payment
    assert line is not None  # noqa: S101 - _judge asked for both
    assert payment is not None  # noqa: S101
    movement = StatementEntry.Movement.SETTLEMENT if line.amount < 0 else StatementEntry.Movement.RETURN
    reconciling.bring_about(payment, movement, file=wish.item.file, now=now)
    line.state, line.payment, line.movement = StatementEntry.State.MATCHED, payment, movement
    line.save(update_fields=["state", "payment", "movement"])
    return payment.settlement_id if line.amount < 0 else payment.reversal_id


def _return(wish: _Wish, key: str, actor: Person, now: datetime) -> int | None:
    item, payment = wish.item, wish.payment
    assert payment is not None  # noqa: S101 - _judge asked for it
    if item.kind != ItemKind.ENTRY:
        to = {State.SETTLED: State.RETURNED, State.ACCEPTED: State.REVOKED}.get(State(payment.state), State.REJECTED)
        moves.give_back(payment, to, now=now, heard="repair", actor=actor)
        return payment.reversal_id
    entry = _book(wish, key, payment.source.ledger_account_id, moves.narrative(payment), now)
    outbox.record(
        kind=GIVEN,
        payload={"payment": str(payment.public_id), "item": str(item.public_id), "amount": item.amount},
        owner=payment.payer,
        now=now,
    )
    return entry


def _suspense(wish: _Wish, key: str, actor: Person, now: datetime) -> int | None:  # noqa: ARG001
    return _book(wish, key, accounts.own("suspense", wish.item.currency, now=now), wish.item.reference, now)


def _close(wish: _Wish, key: str, actor: Person, now: datetime) -> int | None:  # noqa: ARG001
    return None


def _book(wish: _Wish, key: str, against: int, narrative: str, now: datetime) -> int:
    """Book what a line shows from the nostro against another account; the line is repaired by it."""
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


_ACTS = {Action.MATCH: _match, Action.RETURN: _return, Action.SUSPENSE: _suspense, Action.CLOSE: _close}


def _shown(money: Money) -> str:
    return str(formats.amount(money.decimal, money.currency))

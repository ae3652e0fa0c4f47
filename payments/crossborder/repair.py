"""What people may do about items for repair that concern payments abroad (payments.clearing.repair.Room).

match      a line of a correspondent's statement belongs to this payment: what it proves is booked
return     a line with money: it goes to the payer, as a return, or as more of one; a message: the payment comes back
           with the amount it names (what was silent: all that left); money in suspense: out of it to the payer
"""

from datetime import datetime

from django.utils.translation import gettext as _

from core.changes.errors import Refused
from core.reviews.subject import Person, Text
from ledger.calendar import business_date
from ledger.money import Money
from payments.clearing import causes
from payments.clearing.models import RepairItem, StatementEntry
from payments.clearing.repair import Room, Wish, book_line
from payments.clearing.services import reconciling
from payments.crossborder import buying, figures, queries
from payments.crossborder.models import Payment
from payments.crossborder.refusals import NoRate
from payments.crossborder.services import coming, moves
from payments.crossborder.services.nostro import NOSTRO
from payments.crossborder.states import CAME_BACK, State

Action, ItemKind = RepairItem.Action, RepairItem.Kind
BEYOND_EVERY_BAND = 10**15  # fen: who decides where nobody can say what it is worth


class _Abroad:
    """Payments abroad."""

    def payment(self, reference: str, *, lock: bool = False) -> Payment | None:
        if lock:
            return queries.locked_by_reference({reference}).get(reference)
        rows = Payment.objects.select_related("payer__user", "source", "message").defer("message__content")
        return rows.filter(confirmed_at__isnull=False, reference=reference).first()

    def worth(self, money: Money, *, now: datetime) -> Money:
        try:
            return Money(
                buying.worth(abs(money).minor, money.currency, figures.HOME, on=business_date(now)), figures.HOME
            )
        except NoRate:
            return Money(BEYOND_EVERY_BAND, figures.HOME)

    def judge(self, wish: Wish) -> None:
        if wish.action is Action.MATCH:
            _judge_match(wish)
        elif wish.item.cause in coming.SUSPENDED:
            if wish.item.reference != wish.payment.reference:
                raise Refused(lambda: _("The money in suspense is of another payment."), field="payment")
        elif wish.item.kind == ItemKind.ENTRY:
            _judge_money(wish)
        else:
            _judge_message(wish)

    def effects(self, wish: Wish) -> list[Text]:
        if wish.action is Action.MATCH:
            return [_("What the line proves is booked for the payment, and its payer is told.")]
        if wish.item.cause in coming.SUSPENDED:
            return [_("The amount is booked from suspense to an account of the payer.")]
        if State(wish.payment.state) in CAME_BACK:
            return [_("The amount is booked from the nostro to the payer's account in this currency.")]
        return [_("The amount is given back to the payer, who is told, and the payment ends. The fee stays with us.")]

    def act(self, wish: Wish, *, key: str, actor: Person, now: datetime) -> int | None:
        item, payment = wish.item, wish.payment
        if wish.action is Action.MATCH:
            return _match(wish, now)
        if item.cause in coming.SUSPENDED:
            try:
                return _out_of_suspense(wish, key, now)
            except NoRate:
                raise Refused(lambda: _("There is still no rate to turn it into yuan. Nothing was booked.")) from None
        if item.kind == ItemKind.ENTRY and State(payment.state) in CAME_BACK:
            return _more(wish, key, now)
        _end(wish, actor, now)
        found: int | None = payment.comeback_id
        return found


ROOM: Room = _Abroad()


def _judge_match(wish: Wish) -> None:
    line, payment = wish.item.statement_entry, wish.payment
    if line is None:
        raise Refused(lambda: _("Only a line of a statement is matched with a payment."), field="action")
    shown = NOSTRO.shown([payment])
    cause, _movement = NOSTRO.match(line.amount, line.statement.currency, payment, shown, named=True)
    if cause:
        raise Refused(lambda: causes.sentence(cause), field="payment")


def _judge_money(wish: Wish) -> None:
    item, payment = wish.item, wish.payment
    if item.amount is None or item.amount <= 0:
        raise Refused(lambda: _("No money came in with this line. There is nothing to give back."), field="action")
    if item.currency != payment.currency:
        raise Refused(lambda: causes.sentence("wrong_currency"), field="payment")
    if item.amount + (payment.came_back or 0) + queries.more_came(payment) > payment.leaves:
        raise Refused(lambda: _("More came in than this payment ever sent."), field="payment")
    if State(payment.state) in {State.SENT, State.ARRIVED}:
        return
    if State(payment.state) not in CAME_BACK:
        raise Refused(lambda: causes.sentence("contradicts"), field="payment")
    if payment.credited_currency != item.currency:
        raise Refused(
            lambda: _("The payer has no account in this currency. Keep it in suspense and book it by two people."),
            field="action",
        )


def _judge_message(wish: Wish) -> None:
    item, payment = wish.item, wish.payment
    if State(payment.state) not in {State.SENT, State.ARRIVED}:
        raise Refused(lambda: _("The payer of this payment has the money already."), field="payment")
    if item.amount is not None and item.currency != payment.currency:
        raise Refused(lambda: causes.sentence("wrong_currency"), field="payment")
    if item.amount is not None and not 0 < item.amount <= payment.leaves:
        raise Refused(lambda: causes.sentence("wrong_amount"), field="payment")


def _match(wish: Wish, now: datetime) -> int | None:
    line, payment = wish.item.statement_entry, wish.payment
    assert line is not None  # noqa: S101 - _judge_match asked for it
    movement = StatementEntry.Movement.SETTLEMENT if line.amount < 0 else StatementEntry.Movement.RETURN
    reconciling.matched(line, payment, movement, side=NOSTRO, file=wish.item.file, now=now)
    found: int | None = payment.release_id if line.amount < 0 else payment.comeback_id
    return found


def _more(wish: Wish, key: str, now: datetime) -> int:
    """Book a line as more of what came back already."""
    payment, line, money = wish.payment, wish.item.statement_entry, _money(wish.item)
    assert line is not None  # noqa: S101 - an item of this kind is about a line
    account = coming.landing_of(payment, money, now=now).account.ledger_account_id
    entry = book_line(wish, key=key, against=account, narrative=moves.narrative(payment), now=now)
    line.matched_with = payment.reference
    line.save(update_fields=["matched_with"])
    coming.tell_given(payment, wish.item, money, now=now)
    return entry


def _out_of_suspense(wish: Wish, key: str, now: datetime) -> int:
    entry = coming.pay_out(wish.payment, _money(wish.item), key=key, now=now)
    coming.tell_given(wish.payment, wish.item, _money(wish.item), now=now)
    return entry


def _end(wish: Wish, actor: Person, now: datetime) -> None:
    """Let a payment come back on people's word; a line of a statement becomes the line of its return."""
    item, payment, line = wish.item, wish.payment, wish.item.statement_entry
    amount = payment.leaves if item.amount is None else item.amount
    back = line is not None or payment.state == State.ARRIVED or item.cause != "silent"
    coming.come_back(
        payment, State.RETURNED if back else State.REJECTED, amount=amount, heard="repair", file=item.file,
        actor=actor, now=now,
    )  # fmt: skip
    if line is not None:
        line.matched_with, line.movement = payment.reference, StatementEntry.Movement.RETURN
        line.state = StatementEntry.State.MATCHED
        line.save(update_fields=["matched_with", "movement", "state"])


def _money(item: RepairItem) -> Money:
    assert item.amount is not None  # noqa: S101 - what lies in suspense, or came with a line, has an amount
    return Money(item.amount, item.currency)

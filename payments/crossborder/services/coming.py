"""What becomes of a payment after it has left, each with its booking in the same transaction. Whoever calls holds the
payment's lock.

    arrive      nothing is booked: the money left over the nostro with the message
    come back   nostro -> customer, as much as came back, in the currency it left the bank; once
    fee back    our income -> customer, where the reason says that the banks were at fault (policy); once

The money goes to the account it was taken from, when that is kept in its currency; else to the payer's oldest account
in that currency; else it is turned into yuan at the day's reference rate, without a spread, for the account it was
taken from. An account that was closed takes no money, and without a rate nothing is turned into anything: then it waits
in suspense, and people see to it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import BankAccount, Disposition
from core import outbox
from ledger import posting
from ledger.calendar import business_date
from ledger.money import Money
from payments.clearing.models import InboundFile, RepairItem
from payments.clearing.services import accounts, repairs
from payments.crossborder import figures, states
from payments.crossborder.buying import worth
from payments.crossborder.models import Payment, Step
from payments.crossborder.refusals import NoRate
from payments.crossborder.services import moves
from payments.crossborder.states import State
from payments.exchange import position

ROOM = "abroad"  # in settings.REPAIR_ROOMS
CAME_BACK, FEE_BACK = "crossborder.returned", "crossborder.fee_back"
GIVEN = "crossborder.given_back"
SUSPENDED = frozenset({"account_closed", "no_rate"})  # causes of items whose money waits in suspense


@dataclass(frozen=True, slots=True)
class Landing:
    """Where money that comes back goes: which account, as how much, and the lines that take it there."""

    account: BankAccount
    money: Money
    lines: list[posting.Line]


def arrive(payment: Payment, *, heard: str, now: datetime, file: InboundFile | None = None) -> None:
    """This function will note that the payee's bank has credited a payment. Raises IllegalStep."""
    states.check(State(payment.state), State.ARRIVED)
    payment.arrived_at = payment.heard_at = now
    moves.step(payment, State.ARRIVED, now=now, also=["arrived_at", "heard_at"], heard=heard, file=file)
    _answered(payment, now)


def note(payment: Payment, *, heard: str, now: datetime, code: str = "", file: InboundFile | None = None) -> None:
    """This function will remember what was heard of a payment where its state stays."""
    Step.objects.create(payment=payment, state=payment.state, heard=heard[:12], code=code[:4], file=file, at=now)
    payment.heard_at = now
    payment.save(update_fields=["heard_at"])


def come_back(
    payment: Payment,
    to: State,
    *,
    amount: int,
    now: datetime,
    heard: str,
    code: str = "",
    words: str = "",
    file: InboundFile | None = None,
    actor: Any = moves.WORKER,
) -> None:
    """This function will give the payer what came back of a payment; `amount` in minor units of its currency.

    Raises IllegalStep when it came back before, or never left.
    """
    states.check(State(payment.state), to)
    money = Money(amount, payment.currency)
    key = f"crossborder:{payment.public_id}:came-back"
    nostro = posting.Line(accounts.own("nostro", payment.currency, now=now), -amount, payment.reference)
    payment.comeback_id, landed = _land(payment, money, nostro, kind=CAME_BACK, key=key, file=file, now=now)
    payment.came_back, payment.reason_code = amount, code[:4]
    payment.ended_at = payment.heard_at = now
    if landed is not None:
        payment.credited, payment.credited_currency = landed.money.minor, landed.money.currency
        payment.credited_to = landed.account
    fields = ["comeback", "came_back", "credited", "credited_currency", "credited_to", "reason_code", "ended_at"]
    if gives_fee_back(payment, now=now):
        _fee_back(payment, now)
        fields.append("fee_back")
    moves.step(
        payment, to, now=now, also=[*fields, "heard_at"], heard=heard, code=code, words=words, file=file, actor=actor
    )
    _answered(payment, now)


def learn_reason(payment: Payment, code: str, *, now: datetime) -> None:
    """This function will keep the reason of a payment whose money was quicker than its message."""
    if payment.reason_code or not code:
        return
    payment.reason_code = code[:4]
    fields = ["reason_code"]
    if gives_fee_back(payment, now=now):
        _fee_back(payment, now)
        fields.append("fee_back")
    payment.save(update_fields=fields)


def gives_fee_back(payment: Payment, *, now: datetime) -> bool:
    """This function will say whether the reason a payment came back for is one that the payer did not give."""
    free = payment.reason_code in figures.fee_back_codes(on=business_date(now))
    return bool(payment.fee) and payment.fee_back_id is None and free


def too_little(payment: Payment, amount: int, *, now: datetime) -> bool:
    """This function will say whether more was kept on the way back than banks ask for it, so that people look first."""
    kept = payment.leaves - amount
    if not kept:
        return False
    today = business_date(now)
    try:
        return worth(kept, payment.currency, figures.HOME, on=today) > figures.charges_most(on=today)
    except NoRate:
        return True


def pay_out(payment: Payment, money: Money, *, key: str, now: datetime) -> int:
    """This function will take money of a payment out of suspense to where money of it goes, and name the entry.

    Raises NoRate, ledger.posting.LedgerError.
    """
    landing = landing_of(payment, money, now=now)
    suspense = accounts.own("suspense", money.currency, now=now)
    lines = [posting.Line(suspense, -money.minor, payment.reference), *landing.lines]
    entry = posting.post(
        key=key, kind=CAME_BACK, channel="interbank", business_date=business_date(now), lines=lines
    ).entry_id
    if payment.credited is None and payment.came_back == money.minor and money.currency == payment.currency:
        payment.credited, payment.credited_currency = landing.money.minor, landing.money.currency
        payment.credited_to = landing.account
        payment.save(update_fields=["credited", "credited_currency", "credited_to"])
    return entry


def tell_given(payment: Payment, item: RepairItem, money: Money, *, now: datetime) -> None:
    """This function will have the payer told that colleagues have put money that came back onto their account."""
    outbox.record(
        kind=GIVEN,
        payload={
            "payment": str(payment.public_id), "item": str(item.public_id), "amount": money.minor,
            "currency": money.currency,
        },
        owner=payment.payer,
        now=now,
    )  # fmt: skip


def landing_of(payment: Payment, money: Money, *, now: datetime) -> Landing:
    """This function will choose where money of a payment goes. Raises NoRate."""
    text, source = moves.narrative(payment), payment.source
    account = source if source.currency == money.currency else _own_account(payment, money.currency)
    if account is not None:
        return Landing(account, money, [posting.Line(account.ledger_account_id, money.minor, text)])
    into = source.currency
    turned = Money(worth(money.minor, money.currency, into, on=business_date(now)), into)
    if turned.minor <= 0:
        raise NoRate
    through = position.lines(
        sell=money, buy=turned, sell_worth=turned, buy_worth=turned, narrative=payment.reference, now=now
    )
    return Landing(source, turned, [*through, posting.Line(source.ledger_account_id, turned.minor, text)])


def _own_account(payment: Payment, currency: str) -> BankAccount | None:
    """The payer's oldest account in a currency, of their own and open."""
    found: BankAccount | None = (
        BankAccount.objects.filter(
            dispositions__customer_id=payment.payer_id,
            dispositions__role=Disposition.Role.OWNER,
            currency=currency,
            status=BankAccount.Status.OPEN,
        )
        .order_by("pk")
        .first()
    )
    return found


def _land(
    payment: Payment,
    money: Money,
    origin: posting.Line,
    *,
    kind: str,
    key: str,
    file: InboundFile | None,
    now: datetime,
) -> tuple[int, Landing | None]:
    """Book money from where it lies to the payer, or to suspense with an item for people."""
    post = partial(posting.post, channel="interbank", business_date=business_date(now))
    try:
        with transaction.atomic():
            landing = landing_of(payment, money, now=now)
            posted = post(key=key, kind=kind, lines=[origin, *landing.lines])
            return posted.entry_id, landing
    except posting.AccountClosed:
        cause = "account_closed"
    except NoRate:
        cause = "no_rate"
    suspense = posting.Line(accounts.own("suspense", money.currency, now=now), money.minor, payment.reference)
    posted = post(key=f"{key}:suspense", kind=moves.SUSPENSE, lines=[origin, suspense])
    queue(payment, cause, money=money, file=file, now=now)
    return posted.entry_id, None


def _fee_back(payment: Payment, now: datetime) -> None:
    money = Money(payment.fee, payment.fee_currency)
    income = posting.Line(accounts.own("fee-income", money.currency, now=now), -money.minor, payment.reference)
    key = f"crossborder:{payment.public_id}:fee-back"
    payment.fee_back_id, _landed = _land(payment, money, income, kind=FEE_BACK, key=key, file=None, now=now)


def queue(
    payment: Payment, cause: str, *, now: datetime, money: Money | None = None, said: str = "",
    file: InboundFile | None = None,
) -> RepairItem:  # fmt: skip
    """This function will queue something about a payment for people to see to."""
    return repairs.queue(
        kind=RepairItem.Kind.MESSAGE,
        cause=cause,
        reference=payment.reference,
        amount=None if money is None else money.minor,
        currency="" if money is None else money.currency,
        said=said,
        file=file,
        room=ROOM,
        now=now,
    )


def _answered(payment: Payment, now: datetime) -> None:
    """Nobody needs to look after a payment any more that was silent and has been answered."""
    RepairItem.objects.filter(
        room=ROOM, cause="silent", reference=payment.reference, state=RepairItem.State.OPEN
    ).update(state=RepairItem.State.REPAIRED, action=RepairItem.Action.CLOSE, repaired_at=now)

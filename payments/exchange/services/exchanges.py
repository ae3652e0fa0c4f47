"""Exchanging between one's own accounts: fill in, see the price, confirm once at that price."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.access import stepup
from accounts.models import Customer
from accounts.queries import HeldAccount
from core import audit, outbox
from ledger import balances, posting
from ledger.calendar import business_date
from ledger.money import Money
from payments import queries as payment_queries
from payments import references
from payments.exchange import figures, queries, quotes
from payments.exchange.models import HOME, Exchange
from payments.exchange.models import Quote as QuoteRow
from payments.exchange.queries import Shown
from payments.exchange.refusals import ExchangeVoid, NotQuoted, QuotaReached, SameCurrency, UnknownExchange
from payments.models import Freedom
from payments.refusals import (
    AccountClosed,
    InsufficientFunds,
    KeyTaken,
    SameAccount,
    UnknownDestination,
    UnknownSource,
)
from payments.services.rules import POLICY, Asked
from payments.services.rules import asked as asked_of

OPERATION = "payments.exchange"
KIND = "exchange.own"
DONE = "exchange.done"


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants exchanged: from which account to which, and one amount, of what is given or received."""

    source: uuid.UUID
    destination: uuid.UUID
    amount: int  # minor units of its side
    fixed: str  # "sell" or "buy"
    memo: str = ""


def draft(*, customer: Customer, key: uuid.UUID, order: Order, now: datetime) -> uuid.UUID:
    """This function will price an exchange and keep it to be checked and confirmed, once for each form (`key`).

    Nothing is booked. The same form sent again prices it anew, until it is confirmed; what was confirmed answers when
    it is the same exchange. Raises UnknownSource, UnknownDestination, SameAccount, SameCurrency, InsufficientFunds,
    QuotaReached, KeyTaken, and what `quotes.ask` raises.
    """
    source, destination = _ends(customer, order)
    with transaction.atomic():
        payment_queries.lock(customer)
        before = Exchange.objects.select_related("quote").filter(customer=customer, key=key).first()
        if before is not None and before.state == Exchange.State.CONFIRMED:
            if _is_same(before, source, destination, order):
                return before.public_id
            raise KeyTaken(before.public_id)
        quote = _ask(customer, source, destination, order.amount, order.fixed, now)
        _affordable(source, quote.sell)
        _within_quota(customer, quote, now)
        row = before or Exchange(customer=customer, key=key, reference=_reference(now), created_at=now)
        old = before.quote if before else None
        row.source_id, row.destination_id, row.memo = source.id, destination.id, order.memo
        row.quote = QuoteRow.objects.get(public_id=quote.id)
        row.expires_at = now + figures.draft_life(on=business_date(now))
        row.save()
        if old is not None:
            old.delete()
    return row.public_id


def requote(*, customer: Customer, exchange_id: uuid.UUID, now: datetime) -> Shown:
    """This function will give an exchange that waits a price that holds: the one it has, or a new one.

    The amount that was typed stays, the other is worked out anew. Raises UnknownExchange, ExchangeVoid, and what
    `quotes.ask` raises; what was confirmed is answered as it is.
    """
    with transaction.atomic():
        payment_queries.lock(customer)
        row = _row(customer, exchange_id)
        shown = queries.read(row)
        if shown.confirmed:
            return shown
        if row.expires_at <= now:
            raise ExchangeVoid
        if quotes.holds(shown.quote, now=now):
            return shown
        old = row.quote
        fixed = shown.sell if shown.quote.fixed == QuoteRow.Side.SELL else shown.buy
        quote = quotes.ask(
            customer=customer,
            sell=fixed if fixed is shown.sell else None,
            buy=fixed if fixed is shown.buy else None,
            sell_currency=shown.sell.currency,
            buy_currency=shown.buy.currency,
            purpose=quotes.OWN,
            now=now,
        )
        row.quote = QuoteRow.objects.get(public_id=quote.id)
        row.save(update_fields=["quote"])
        old.delete()
        return queries.read(row)


def shown(one: Shown) -> Mapping[str, Any]:
    """This function will spell out what the customer was shown and approves: the payload of the step-up."""
    return {
        "exchange": str(one.public_id),
        "quote": str(one.quote.id),
        "from": one.source.number,
        "to": one.destination.number,
        "sell": one.sell.minor,
        "sell_currency": one.sell.currency,
        "buy": one.buy.minor,
        "buy_currency": one.buy.currency,
        "rate": str(one.quote.rate.normalize()),
        "memo": one.memo,
    }


def asked(customer: Customer, one: Shown, *, seconds: float | None, now: datetime) -> Asked:
    """This function will say what confirming takes: what a transfer between own accounts of this amount would."""
    standing = payment_queries.standing(customer_id=customer.pk, currency=one.currency, now=now)
    return asked_of(one, standing=standing, careful_until=customer.careful_until, seconds=seconds, now=now)


def confirm(
    *,
    customer: Customer,
    exchange_id: uuid.UUID,
    quote_id: uuid.UUID,
    challenge_id: uuid.UUID | None,
    session: str = "",
    served_at: datetime | None = None,
    now: datetime,
) -> uuid.UUID:
    """This function will exchange the money, once, at the price that was shown; a repeat is answered with the first.

    One transaction: the customer is locked, everything is looked at anew, the quote and the answered step-up are used
    up, the books take one entry in which each currency balances, trail and outbox hear of it last. What is refused
    leaves no trace. Raises UnknownExchange, ExchangeVoid, NotQuoted, QuoteExpired, QuoteTaken, RateMoved,
    UnknownSource, AccountClosed, InsufficientFunds, QuotaReached, stepup.Refused.
    """
    try:
        with transaction.atomic(durable=True):
            return _confirm(customer, exchange_id, quote_id, challenge_id, session, served_at, now)
    except posting.BelowFloor:
        one = queries.exchange_of(customer, exchange_id)
        if one is None:
            raise UnknownExchange from None
        left = balances.of([one.source.ledger_account_id])[one.source.ledger_account_id].spendable
        raise InsufficientFunds(max(0, left or 0), one.currency) from None
    except posting.AccountClosed:
        raise AccountClosed from None


def _confirm(
    customer: Customer,
    exchange_id: uuid.UUID,
    quote_id: uuid.UUID,
    challenge_id: uuid.UUID | None,
    session: str,
    served_at: datetime | None,
    now: datetime,
) -> uuid.UUID:
    payment_queries.lock(customer)
    row = _row(customer, exchange_id)
    one = queries.read(row)
    if one.confirmed:
        return one.public_id
    if one.expires_at <= now:
        raise ExchangeVoid
    if one.quote.id != quote_id:
        raise NotQuoted
    who = Customer.objects.get(pk=customer.pk)
    usable = {held.id for held in queries.exchangeable(customer)}
    if who.standing != Customer.Standing.VERIFIED or not {one.source.pk, one.destination.pk} <= usable:
        raise UnknownSource
    _within_quota(customer, one.quote, now)
    taken = quotes.take(quote_id=quote_id, customer=customer, now=now)
    seconds = (now - served_at).total_seconds() if served_at else None
    takes = asked(who, one, seconds=seconds, now=now)
    free = takes.free
    if challenge_id is not None:
        free = ""
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=takes.binds(shown(one)),
            session=session,
            now=now,
        )
        Freedom.objects.filter(customer=customer).update(amount=0, count=0)
    elif not free:
        raise stepup.Unanswered
    elif free != POLICY:
        Freedom.objects.filter(customer=customer, kind=free, currency=one.currency).update(
            amount=F("amount") + one.amount, count=F("count") + 1
        )
    _book(customer, row, one, taken, challenge_id, free, now)
    return one.public_id


def _read(amount: Money) -> str:
    return f"{amount.decimal:,f} {amount.currency}"


def _book(
    customer: Customer,
    row: Exchange,
    one: Shown,
    taken: quotes.TakenQuote,
    challenge_id: uuid.UUID | None,
    free: str,
    now: datetime,
) -> None:
    today = business_date(now)
    words = f"{_read(taken.sell)} → {_read(taken.buy)}" + (f" · {one.memo}" if one.memo else "")
    posted = posting.post(
        key=f"exchange:{one.public_id}",
        kind=KIND,
        channel="online",
        business_date=today,
        lines=[
            posting.Line(one.source.ledger_account_id, -taken.sell.minor, words, taken.sell.currency),
            posting.Line(one.destination.ledger_account_id, taken.buy.minor, words, taken.buy.currency),
            *quotes.lines(taken, narrative=one.reference, now=now),
        ],
    )
    row.state, row.entry_id, row.business_date, row.confirmed_at = Exchange.State.CONFIRMED, posted.entry_id, today, now
    row.step_up, row.free = challenge_id, free
    row.save(update_fields=["state", "entry_id", "business_date", "confirmed_at", "step_up", "free"])
    outbox.record(
        kind=DONE,
        payload={"exchange": str(one.public_id)},
        owner=customer,
        act=audit.Act(
            act=DONE,
            subject=f"exchange.exchange:{one.public_id}",
            actor=customer.user,
            after={
                "sell": taken.sell.minor, "sell_currency": taken.sell.currency,
                "buy": taken.buy.minor, "buy_currency": taken.buy.currency,
                "rate": str(taken.rate), "quote": str(taken.id), "entry": posted.entry_id,
                **({"free": free} if free else {}),
            },
        ),
        now=now,
    )  # fmt: skip


def _row(customer: Customer, exchange_id: uuid.UUID) -> Exchange:
    row = (
        Exchange.objects.select_for_update(of=("self",))
        .select_related("source", "destination", "quote")
        .filter(customer=customer, public_id=exchange_id)
        .first()
    )
    if row is None:
        raise UnknownExchange
    return row


def _ends(customer: Customer, order: Order) -> tuple[HeldAccount, HeldAccount]:
    held = {each.public_id: each for each in queries.exchangeable(customer)}
    source, destination = held.get(order.source), held.get(order.destination)
    if source is None:
        raise UnknownSource
    if destination is None:
        raise UnknownDestination
    if source.id == destination.id:
        raise SameAccount
    if source.currency == destination.currency:
        raise SameCurrency
    return source, destination


def _ask(
    customer: Customer, source: HeldAccount, destination: HeldAccount, amount: int, fixed: str, now: datetime
) -> quotes.Quote:
    sells = fixed == QuoteRow.Side.SELL
    return quotes.ask(
        customer=customer,
        sell=Money(amount, source.currency) if sells else None,
        buy=None if sells else Money(amount, destination.currency),
        sell_currency=source.currency,
        buy_currency=destination.currency,
        purpose=quotes.OWN,
        now=now,
    )


def _affordable(source: HeldAccount, sell: Money) -> None:
    spendable = None if source.floor is None else source.available - source.floor
    if spendable is not None and sell.minor > spendable:
        raise InsufficientFunds(max(0, spendable), source.currency)


def _within_quota(customer: Customer, quote: quotes.Quote, now: datetime) -> None:
    """Buying foreign exchange for yuan, and selling it for yuan, each have their year; between two foreign none."""
    if HOME not in {quote.sell.currency, quote.buy.currency}:
        return
    buys = quote.sell.currency == HOME
    left = queries.quota(customer, buys=buys, on=business_date(now)).left
    if quote.usd > left:
        raise QuotaReached(left.minor, buys=buys)


def _is_same(before: Exchange, source: HeldAccount, destination: HeldAccount, order: Order) -> bool:
    quote = before.quote
    amount = quote.sell if quote.fixed == QuoteRow.Side.SELL else quote.buy
    return (before.source_id, before.destination_id, quote.fixed, amount, before.memo) == (
        source.id, destination.id, order.fixed, order.amount, order.memo,
    )  # fmt: skip


def _reference(now: datetime) -> str:
    return "X" + references.new_reference(business_date(now))[1:]

"""What a customer wants sent abroad, priced: the amounts on both sides, the fee, the ground it may go on.

Nothing here moves money. A draft holds the terms that the check page shows; a new rate or a new ground are new terms,
and are shown again before anything is confirmed.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.identity import watchlist
from accounts.models import Customer
from core import policy
from ledger.calendar import business_date
from payments import queries as payments
from payments import references
from payments.crossborder import allowance, buying, correspondents, fees, figures, queries
from payments.crossborder.fees import Charges
from payments.crossborder.figures import HOME, WORTH
from payments.crossborder.models import PayeeAbroad, Payment
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.quota import Basis, basis
from payments.crossborder.refusals import (
    CountryClosed,
    CurrencyNotSent,
    FeeTooLarge,
    NotScreened,
    OtherCurrency,
    PurposeClosed,
    UnknownPayee,
)
from payments.crossborder.states import State
from payments.queries import OwnEnd
from payments.refusals import (
    AccountClosed,
    DraftVoid,
    InsufficientFunds,
    KeyTaken,
    NotOffered,
    UnknownSource,
    UnknownTransfer,
)
from payments.services import doors

PAYEE_SIDE, PAYER_SIDE = "payee", "payer"


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants sent abroad. `given` is in minor units: of `currency` on the payee's side, of the account's
    currency on the payer's.
    """

    source: uuid.UUID
    payee: uuid.UUID
    currency: str
    side: str
    given: int
    charges: Charges
    purpose: str
    purpose_note: str
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft to check; `repeated` when the same form had made it before, `confirmed` when it has been sent."""

    payment_id: uuid.UUID
    repeated: bool = field(default=False)
    confirmed: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order comes to at this moment; minor units."""

    amount: int
    debit: int
    leaves: int
    fee: int
    fee_currency: str
    usd: int
    cny: int
    basis: Basis
    quote: buying.Quote | None

    @property
    def taken(self) -> int:
        """What leaves the account: the amount, and the fee where the payer bears it."""
        return self.debit + (0 if self.leaves != self.amount else self.fee)


def draft(*, customer: Customer, key: uuid.UUID, order: Order, now: datetime) -> Drafted:
    """This function will keep an order with its terms as a draft to be checked and confirmed, once for each form.

    The same form with the same content answers with the first draft; with other content it replaces a draft, and raises
    KeyTaken once that was confirmed. Raises UnknownSource, AccountClosed, UnknownPayee, CurrencyNotSent, OtherCurrency,
    PurposeClosed, CountryClosed, NotScreened, NoRate, AmountNotQuoted, FeeTooLarge, NotOffered,
    InsufficientFunds, LimitReached, PayeeYoung, SecondStepYoung, IdentityExpired, ClassLimit: what confirming would
    refuse too, said early.
    """
    if order.given <= 0:
        raise ValueError("an order moves at least one minor unit")
    today = business_date(now)
    with transaction.atomic():
        payments.lock(customer)
        before = customer.payments_abroad.select_related("source", "payee").filter(key=key).exclude(state=State.VOID)
        made = before.first()
        if made is not None and made.state != State.DRAFT:
            if _same(made, order):
                return Drafted(made.public_id, repeated=True, confirmed=True)
            raise KeyTaken(made.public_id)
        payee = queries.payee_of(customer, order.payee)
        if payee is None:
            raise UnknownPayee
        source = source_of(customer, order.source)
        may_be_sent(payee=payee, purpose=order.purpose, currency=order.currency, today=today)
        if made is not None and _same(made, order) and made.expires_at > now:
            return Drafted(made.public_id, repeated=True)
        terms = price(customer=customer, source=source, order=order, now=now)
        stands(customer=customer, source=source, payee=payee, terms=terms, now=now)
        if made is not None:
            made.state = State.VOID
            made.save(update_fields=["state"])
        payment = Payment(
            reference=references.new_reference(today),
            payer=customer,
            source_id=source.bank_account_id,
            payee=payee,
            payer_name=customer.legal_name,
            payee_name=payee.name,
            payee_address=payee.address,
            payee_country=payee.country,
            bank_country=payee.bank_country,
            is_iban=payee.is_iban,
            payee_number=payee.number,
            payee_bic=payee.bic,
            currency=order.currency,
            debit_currency=source.currency,
            charges=order.charges,
            given_side=order.side,
            given=order.given,
            purpose=order.purpose,
            purpose_note=order.purpose_note,
            memo=order.memo,
            key=key,
            created_at=now,
            expires_at=now + timedelta(minutes=figures.draft_minutes(on=today)),
        )
        put(payment, terms)
        payment.save(force_insert=True)
    return Drafted(payment.public_id)


def renew(*, customer: Customer, payment_id: uuid.UUID, now: datetime) -> None:
    """This function will put new terms into a draft whose rate or ground no longer holds, to be shown again.

    Raises UnknownTransfer, DraftVoid and what `draft` raises.
    """
    with transaction.atomic():
        payments.lock(customer)
        payment = queries.locked(customer.payments_abroad, payment_id)
        if payment is None:
            raise UnknownTransfer
        if payment.state != State.DRAFT or payment.expires_at <= now:
            raise DraftVoid
        source = source_of(customer, payment.source.public_id)
        may_be_sent(payee=payment.payee, purpose=payment.purpose, currency=payment.currency, today=business_date(now))
        terms = price(customer=customer, source=source, order=order_of(payment), now=now)
        stands(customer=customer, source=source, payee=payment.payee, terms=terms, now=now)
        put(payment, terms)
        payment.save()


def may_be_sent(*, payee: PayeeAbroad, purpose: str, currency: str, today: date) -> None:
    """This function will refuse what is not sent at all, whatever the amount.

    Raises PurposeClosed, CountryClosed, CurrencyNotSent, NotScreened, UnknownPayee.
    """
    meant = PURPOSES[purpose]
    if meant.refused is not None:
        raise PurposeClosed(meant)
    if payee.archived_at is not None:
        raise UnknownPayee
    stopped = figures.countries_stopped(on=today)
    for country in (payee.bank_country, payee.country):
        if country in stopped:
            raise CountryClosed(country)
    if correspondents.of(currency) is None:
        raise CurrencyNotSent(currency)
    if watchlist.in_force() is None:
        raise NotScreened


def source_of(customer: Customer, public_id: uuid.UUID) -> OwnEnd:
    """This function will find an open account of the customer's own: the quota is theirs.

    Raises UnknownSource, AccountClosed.
    """
    source = payments.own_ends(customer, [public_id]).get(public_id)
    if source is None or not source.owned:
        raise UnknownSource
    if not source.open:
        raise AccountClosed
    return source


def price(*, customer: Customer, source: OwnEnd, order: Order, now: datetime) -> Terms:
    """This function will work out what an order comes to now, with a quote where something has to be bought.

    Raises OtherCurrency, NoRate, FeeTooLarge, NotOffered. Asking for a quote keeps it, so this needs a transaction.
    """
    today = business_date(now)
    quote: buying.Quote | None = None
    if source.currency == order.currency:
        amount = debit = order.given
    elif source.currency == HOME:
        quote = buying.ask(
            customer=customer, currency=order.currency, given=order.given, buys=order.side == PAYEE_SIDE, now=now
        )
        amount, debit = quote.buys, quote.sells
    else:
        raise OtherCurrency(source.currency)
    cny = debit if source.currency == HOME else buying.worth(amount, order.currency, HOME, on=today)
    usd = quote.usd if quote else buying.worth(amount, order.currency, WORTH, on=today)
    try:
        tariff = figures.tariff(on=today)
    except policy.UnknownPolicy as missing:
        raise NotOffered(order.currency) from missing
    bears = order.charges is Charges.BEN
    fee_currency = order.currency if bears else source.currency
    asked = fees.fee(value=cny, charges=order.charges, tariff=tariff).total
    fee = asked if fee_currency == HOME else buying.worth(asked, HOME, fee_currency, on=today)
    if bears and fee >= amount:
        raise FeeTooLarge
    found = basis(
        buys=quote is not None,
        value=usd,
        year=queries.year_of(customer, on=today),
        day=queries.day_of(customer, on=today),
    )
    return Terms(
        amount=amount, debit=debit, leaves=amount - fee if bears else amount, fee=fee, fee_currency=fee_currency,
        usd=usd, cny=cny, basis=found, quote=quote,
    )  # fmt: skip


def stands(*, customer: Customer, source: OwnEnd, payee: PayeeAbroad, terms: Terms, now: datetime) -> None:
    """This function will refuse what the account, its class, the person's papers or a limit do not allow.

    Raises InsufficientFunds, IdentityExpired, ClassLimit, LimitReached, PayeeYoung, SecondStepYoung, NotOffered.
    """
    if source.spendable is not None and terms.taken > source.spendable:
        raise InsufficientFunds(max(0, source.spendable), source.currency)
    through_the_doors(customer=customer, source=source, taken=terms.taken, now=now)
    allowance.within_limits(customer=customer, worth=terms.cny, payee=payee, now=now)


def through_the_doors(*, customer: Customer, source: OwnEnd, taken: int, now: datetime) -> None:
    """This function will ask what the accounts lay down. Raises IdentityExpired, ClassLimit, NotOffered."""
    today = business_date(now)
    doors.money_may_leave(document_expires_on=customer.document_expires_on, stays_own=False, today=today)
    doors.class_allows(
        classed=source.classed, source_id=source.bank_account_id, destination_id=None, own=False, amount=taken,
        currency=source.currency, today=today,
    )  # fmt: skip


def put(payment: Payment, terms: Terms) -> None:
    """This function will write terms into a draft."""
    payment.amount, payment.debit, payment.leaves = terms.amount, terms.debit, terms.leaves
    payment.fee, payment.fee_currency = terms.fee, terms.fee_currency
    payment.usd, payment.cny, payment.basis = terms.usd, terms.cny, terms.basis
    quote = terms.quote
    payment.quote = quote.id if quote else None
    payment.rate = quote.rate if quote else None
    payment.quote_expires_at = quote.expires_at if quote else None


def order_of(payment: Payment) -> Order:
    """This function will give the order that a payment was drafted from."""
    return Order(
        source=payment.source.public_id, payee=payment.payee.public_id, currency=payment.currency,
        side=payment.given_side, given=payment.given, charges=Charges(payment.charges), purpose=payment.purpose,
        purpose_note=payment.purpose_note, memo=payment.memo,
    )  # fmt: skip


def _same(before: Payment, order: Order) -> bool:
    return order_of(before) == order


def expire(*, now: datetime) -> int:
    """This function will void the drafts that nobody confirmed in time, and answer how many."""
    return Payment.objects.filter(state=State.DRAFT, expires_at__lte=now).update(state=State.VOID)

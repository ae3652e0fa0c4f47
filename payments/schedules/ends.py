"""Both ends of an order, as its customer may use them: at this bank, or with a payee at another."""

from dataclasses import dataclass

from accounts.models import Customer
from payments.clearing import banks
from payments.clearing import queries as clearing
from payments.clearing.notices import bank_name
from payments.clearing.refusals import UnknownBank
from payments.refusals import AccountClosed, UnknownDestination, UnknownSource
from payments.schedules import queries
from payments.schedules.models import Schedule
from payments.schedules.terms import Terms
from payments.services import orders


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of an order; of the other bank its number and its name, "" where the money stays here."""

    source_id: int
    source_number: str
    destination_id: int | None
    payee_id: int | None
    other_payee_id: int | None
    number: str  # of the account that is paid
    bank_code: str
    bank: str
    currency: str
    kind: str
    shown_name: str


def look_up(customer: Customer, terms: Terms) -> Ends:
    """This function will find both ends among what the customer may use; whether there is money is asked on the date.

    Raises UnknownSource, UnknownDestination, SameAccount, AccountClosed, CurrencyDiffers, UnknownBank.
    """
    if terms.to_bank is not None:
        return _at_another_bank(customer, terms)
    order = orders.Order(terms.source, terms.to_account, terms.to_payee, amount=0, memo=terms.memo)
    found = orders.look_up(customer, order)
    source, destination = queries.numbers(found.source_id, found.destination_id)
    return Ends(
        source_id=found.source_id,
        source_number=source,
        destination_id=found.destination_id,
        payee_id=found.payee_id,
        other_payee_id=None,
        number=destination,
        bank_code="",
        bank="",
        currency=found.currency,
        kind=found.kind,
        shown_name=found.shown_name,
    )


def _at_another_bank(customer: Customer, terms: Terms) -> Ends:
    assert terms.to_bank is not None  # noqa: S101 - asked before
    source = clearing.source_of(customer, terms.source)
    if source is None:
        raise UnknownSource
    if not source.open:
        raise AccountClosed
    payee = clearing.payee_of(customer, terms.to_bank)
    if payee is None:
        raise UnknownDestination
    if banks.find(payee.bank_code) is None:
        raise UnknownBank(payee.bank_code)
    return Ends(
        source_id=source.bank_account_id,
        source_number=queries.number(source.bank_account_id),
        destination_id=None,
        payee_id=None,
        other_payee_id=payee.pk,
        number=payee.number,
        bank_code=payee.bank_code,
        bank=bank_name(payee.bank_code),
        currency=source.currency,
        kind=Schedule.Kind.BANK.value,
        shown_name=payee.name,
    )

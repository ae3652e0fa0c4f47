"""What a transfer's form starts with: a transfer made before, or a template (payments.filling)."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import BankAccount, Customer
from ledger.money import Money
from payments import queries as transfers
from payments.clearing import queries as bank_payments
from payments.filling import Filled
from payments.forms import ACCOUNT, PAYEE
from payments.models import Transfer
from payments.requests import queries
from payments.requests.models import Template


@dataclass(frozen=True, slots=True)
class _Way:
    """A transfer within the bank, as a receipt or a template holds it."""

    kind: str
    source: uuid.UUID
    destination_id: int
    shown_name: str
    money: Money
    memo: str


def again(customer: Customer, public_id: uuid.UUID) -> Filled | None:
    """This function will fill in a transfer as one that the customer has sent before."""
    found = transfers.transfer_of(customer, public_id)
    if found is not None and found.state == Transfer.State.CONFIRMED:
        return _within(
            customer,
            _Way(
                found.kind, found.source_public_id, found.destination_id, found.shown_name, found.money, found.memo
            ),
        )  # fmt: skip
    payment = bank_payments.payment_of(customer, public_id)
    if payment is None or payment.confirmed_at is None:
        return None
    values = {
        "name": payment.payee_name, "number": payment.payee_number, "bank": payment.payee_bank, "mode": payment.mode,
        "amount": _typed(Money(payment.amount, payment.currency)), "memo": payment.memo,
    }  # fmt: skip
    return _from(customer, payment.source.public_id, values)


def template(customer: Customer, public_id: uuid.UUID) -> Filled | None:
    """This function will fill in a transfer as one of the customer's templates has it."""
    found = queries.template_of(customer, public_id)
    if found is None:
        return None
    money = Money(found.amount, found.currency)
    if found.kind == Template.Kind.BANK or found.destination_id is None:
        values = {
            "name": found.shown_name, "number": found.bank_number, "bank": found.bank_code, "mode": found.mode,
            "amount": _typed(money), "memo": found.memo,
        }  # fmt: skip
        return _from(customer, found.source.public_id, values)
    way = _Way(found.kind, found.source.public_id, found.destination_id, found.shown_name, money, found.memo)
    return _within(customer, way)


def _within(customer: Customer, way: _Way) -> Filled:
    """Fill in a transfer within the bank, and say who is no longer on the list or which account is closed."""
    values = {"amount": _typed(way.money), "memo": way.memo}
    said = ""
    destination = BankAccount.objects.values_list("public_id", "status").get(pk=way.destination_id)
    closed = destination[1] != BankAccount.Status.OPEN
    if way.kind == Transfer.Kind.OWN:
        if closed or not queries.is_theirs(customer, way.destination_id):
            said = _("The account that got the money is closed. Choose another one to pay to.")
        else:
            values["to"] = f"{ACCOUNT}{destination[0]}"
    else:
        payee = queries.known_payee(customer, way.destination_id)
        if payee is None:
            said = _("%(payee)s is not on your list of payees. Add them first, or choose somebody else.") % {
                "payee": way.shown_name
            }
        elif closed:
            said = _("The account of %(payee)s is closed. Ask them for another one.") % {"payee": way.shown_name}
        else:
            values["to"] = f"{PAYEE}{payee.public_id}"
    return _from(customer, way.source, values, said)


def _from(customer: Customer, source: uuid.UUID, values: dict[str, str], *said: str) -> Filled:
    """Choose the account to pay from, unless it is closed or no longer theirs."""
    end = transfers.own_ends(customer, [source]).get(source)
    if end is not None and end.open:
        return Filled({"source": str(source), **values}, tuple(filter(None, said)))
    gone = _("The account you paid from is closed. Look which one is chosen now.")
    return Filled(values, (*filter(None, said), gone))


def _typed(money: Money) -> str:
    return f"{money.decimal:,f}"

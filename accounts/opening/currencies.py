"""Opening a demand account in a foreign currency online, beside one of class I in yuan, with a second step.

Such an account is of class I: the rules of classes II and III are about yuan. One in each currency; the bank lays down
which currencies (`account.currencies`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.access import stepup
from accounts.classes import CLASS_I, WhyNot
from accounts.identity.queries import money_stays
from accounts.models import BankAccount, Customer, Disposition
from accounts.opening.services import OPERATION, IdentityExpired
from accounts.services import CannotOpen, deposit_code, open_demand_account
from core import policy
from ledger.calendar import business_date

HOME = "CNY"


class CurrencyNotOffered(Exception):
    """The bank opens no accounts in this currency online."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A currency, and the number of the account the customer has in it already; "" for none."""

    currency: str
    number: str


def offered(*, on: date) -> list[str]:
    """This function will list the currencies in which accounts are opened online."""
    return str(policy.value("account.currencies", on=on)).split()


def offers(customer: Customer, *, now: datetime) -> list[Offer]:
    """This function will list the currencies on offer with what the customer holds in them, in one query."""
    held = dict(_own(customer).values_list("currency", "number"))
    return [Offer(currency, held.get(currency, "")) for currency in offered(on=business_date(now))]


def may_open(customer: Customer) -> bool:
    """This function will say whether the customer has what it takes: an open class I account in yuan of their own."""
    return _own(customer).filter(currency=HOME).exists()


def shown(*, currency: str, key: uuid.UUID) -> Mapping[str, str]:
    """This function will spell out what the customer was shown and approves: the payload of the step-up."""
    return {"currency": currency, "form": str(key)}


def open_online(
    *, customer: Customer, currency: str, key: uuid.UUID, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> BankAccount:
    """This function will open a demand account in a currency, once for each form (`key`); a repeat answers the first.

    Starts a transaction and locks the customer, so that two forms do not both open one. Raises CurrencyNotOffered,
    CannotOpen (FULL: there is one already; UNBOUND: no class I account in yuan), IdentityExpired, stepup.Refused.
    """
    books_key = f"online:{key}"
    with transaction.atomic(durable=True):
        customer = Customer.objects.select_for_update(of=("self",)).select_related("user").get(pk=customer.pk)
        before = BankAccount.objects.filter(
            ledger_account__code=deposit_code(books_key), dispositions__customer=customer
        ).first()
        if before is not None:
            return before
        if currency not in offered(on=business_date(now)):
            raise CurrencyNotOffered(currency)
        if customer.standing != Customer.Standing.VERIFIED or customer.user is None or not may_open(customer):
            raise CannotOpen(WhyNot.UNBOUND)
        if money_stays(customer.document_expires_on, today=business_date(now)):
            raise IdentityExpired
        if _own(customer).filter(currency=currency).exists():
            raise CannotOpen(WhyNot.FULL)
        opened = open_demand_account(customer=customer, currency=currency, key=books_key, now=now)
        stepup.consume(
            user=customer.user,
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(currency=currency, key=key),
            session=session,
            now=now,
        )
        inbox.send(
            user=customer.user,
            event="accounts.opened",
            key=f"accounts.opened:{opened.public_id}",
            text=partial(_letter, currency, opened.number),
            link=reverse("statement", args=[opened.public_id]),
            now=now,
        )
    return opened


def _own(customer: Customer):  # type: ignore[no-untyped-def]  # a query set
    return BankAccount.objects.filter(
        dispositions__customer=customer,
        dispositions__role=Disposition.Role.OWNER,
        status=BankAccount.Status.OPEN,
        account_class=CLASS_I,
    )


def _letter(currency: str, number: str) -> tuple[str, str]:
    return (
        _("Your account in %(currency)s is open") % {"currency": currency},
        _("It ends in %(last)s and costs nothing. Money can come in at once.") % {"last": masks.tail(number)},
    )

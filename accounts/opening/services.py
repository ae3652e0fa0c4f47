"""Opening an account of class II or III online, bound to a class I account of the same person, with a second step."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import class_limits, inbox, masks
from accounts.access import stepup
from accounts.classes import CLASS_I, ONLINE, WhyNot, may_open
from accounts.identity.queries import money_stays
from accounts.models import BankAccount, Customer
from accounts.queries import NAMES, HeldAccount, accounts_of
from accounts.services import CannotOpen, deposit_code, held_by_class, open_bound_account
from core import policy
from ledger.calendar import business_date

OPERATION = "accounts.open"


class IdentityExpired(Exception):
    """The customer's identity document expired too long ago: nothing new is opened until it is renewed."""


@dataclass(frozen=True)
class Offer:
    """A class as it is offered: how many the customer holds, how many there may be, and why not one more."""

    account_class: str
    held: int
    most: int
    why_not: WhyNot | None
    caps: class_limits.Caps


def offers(customer: Customer, *, currency: str, now: datetime) -> list[Offer]:
    """This function will list the classes that can be opened online in a currency, with what stands in the way.

    Raises core.policy.UnknownPolicy where a currency has no limits for a class.
    """
    today, held = business_date(now), held_by_class(customer)
    most = class_limits.most(on=today)
    return [
        Offer(
            account_class=one,
            held=held[one],
            most=most[one],
            why_not=may_open(one, held=held, most=most),
            caps=class_limits.caps(one, currency=currency, on=today),
        )
        for one in ONLINE
    ]


def to_bind(customer: Customer, *, now: datetime) -> list[HeldAccount]:
    """This function will list the accounts of a customer to which another can be bound, oldest first."""
    today = business_date(now)
    return [
        held
        for held in accounts_of(customer)
        if held.account_class == CLASS_I
        and held.is_owner
        and held.status == BankAccount.Status.OPEN
        and _is_offered(held.currency, today)
    ]


def _is_offered(currency: str, today: date) -> bool:
    try:
        for one in ONLINE:
            class_limits.caps(one, currency=currency, on=today)
    except policy.UnknownPolicy:
        return False
    return True


def shown(*, account_class: str, bound_number: str, key: uuid.UUID) -> Mapping[str, str]:
    """This function will spell out what the customer was shown and approves: the payload of the step-up."""
    return {"class": account_class, "bound_to": bound_number, "form": str(key)}


def open_online(
    *,
    customer: Customer,
    account_class: str,
    bound_to: uuid.UUID,
    key: uuid.UUID,
    challenge_id: uuid.UUID,
    session: str = "",
    now: datetime,
) -> BankAccount:
    """This function will open an account of class II or III, once for each form (`key`); a repeat answers the first.

    Starts a transaction and locks the customer, so that two forms cannot both be the fifth. Raises CannotOpen,
    IdentityExpired, stepup.Refused.
    """
    books_key = f"online:{key}"
    with transaction.atomic(durable=True):
        customer = Customer.objects.select_for_update(of=("self",)).select_related("user").get(pk=customer.pk)
        before = BankAccount.objects.filter(
            ledger_account__code=deposit_code(books_key), dispositions__customer=customer
        ).first()
        if before is not None:
            return before
        if customer.standing != Customer.Standing.VERIFIED:
            raise CannotOpen(WhyNot.UNBOUND)
        if money_stays(customer.document_expires_on, today=business_date(now)):
            raise IdentityExpired
        bound = BankAccount.objects.filter(public_id=bound_to, dispositions__customer=customer).first()
        if bound is None or customer.user is None:
            raise CannotOpen(WhyNot.UNBOUND)
        opened = open_bound_account(
            customer=customer, account_class=account_class, bound_to=bound, key=books_key, now=now
        )
        stepup.consume(
            user=customer.user,
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(account_class=account_class, bound_number=bound.number, key=key),
            session=session,
            now=now,
        )
        inbox.send(
            user=customer.user,
            event="accounts.opened",
            key=f"accounts.opened:{opened.public_id}",
            text=partial(_letter, opened.account_class, opened.number, bound.number),
            link=reverse("statement", args=[opened.public_id]),
            now=now,
        )
    return opened


def _letter(account_class: str, number: str, bound_number: str) -> tuple[str, str]:
    return (
        _("Your new account is open"),
        _("%(account)s ending in %(last)s is bound to your account ending in %(bound)s. It costs nothing.")
        % {"account": NAMES[account_class], "last": masks.tail(number), "bound": masks.tail(bound_number)},
    )


__all__ = ["OPERATION", "CannotOpen", "IdentityExpired", "Offer", "offers", "open_online", "shown", "to_bind"]

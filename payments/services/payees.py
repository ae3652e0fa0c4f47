"""Whom a customer may pay: looked up, shown, confirmed; renamed, removed."""

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.access import stepup
from accounts.models import BankAccount, Customer
from core import audit, policy
from ledger.calendar import business_date
from payments import names, queries
from payments.kept import KeptPayee
from payments.models import NameLookup, Payee

OPERATION = "payments.payee"
DRAFT_LIFE = timedelta(minutes=30)
WINDOW = timedelta(hours=1)


class PayeeRefused(Exception):
    """The payee cannot be added, renamed or removed. Nothing has changed."""


class UnknownAccount(PayeeRefused):
    """No account of this number can be paid here; whether one exists is not said."""


class OwnAccount(PayeeRefused):
    """The account is the customer's own: it needs no payee."""


class AlreadyThere(PayeeRefused):
    """The customer has this payee already; `payee_id` is its public id."""

    def __init__(self, payee_id: uuid.UUID) -> None:
        super().__init__(payee_id)
        self.payee_id = payee_id


class TooManyLookups(PayeeRefused):
    """The customer had as many names looked up in an hour as is allowed; `until` says when another may follow."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class TooManyPayees(PayeeRefused):
    """The customer's list is full; `most` is how many it holds."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class UnknownPayee(PayeeRefused):
    """The customer has no such payee, or the draft of it is too old."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A payee to be checked before it is added."""

    public_id: uuid.UUID
    alias: str
    shown_name: str
    number: str
    agrees: bool
    confirmed: bool
    looks_like: str  # how the customer calls another payee whose name cannot be told apart by eye; "" for none


def propose(*, customer: Customer, number: str, holder_name: str, alias: str, now: datetime) -> uuid.UUID:
    """This function will look up whose account a number is and keep a draft of the payee, to be checked and confirmed.

    Each look-up is counted, found or not, before anything is said. Raises TooManyLookups, UnknownAccount, OwnAccount,
    AlreadyThere, TooManyPayees.
    """
    with transaction.atomic():
        queries.lock(customer)
        _may_look_up(customer, now)
        holder = queries.holder_of(number)
        found = holder is not None and holder.open
        NameLookup.objects.create(customer=customer, found=found, looked_up_at=now)
    if holder is None or not holder.open:
        raise UnknownAccount
    if holder.customer_id == customer.pk:
        raise OwnAccount
    there = Payee.objects.filter(
        customer=customer, bank_account_id=holder.bank_account_id, state=Payee.State.ACTIVE
    ).first()
    if there is not None:
        raise AlreadyThere(there.public_id)
    most = int(policy.value("payee.most", on=business_date(now)))
    if customer.payees.filter(state=Payee.State.ACTIVE).count() >= most:
        raise TooManyPayees(most)
    agrees = names.same(holder_name, holder.legal_name)
    payee = Payee.objects.create(
        customer=customer,
        bank_account_id=holder.bank_account_id,
        alias=alias or holder_name,
        shown_name=names.masked(holder.legal_name),
        name_check=Payee.NameCheck.AGREES if agrees else Payee.NameCheck.DIFFERS,
        created_at=now,
        expires_at=now + DRAFT_LIFE,
    )
    return payee.public_id


def proposed(*, customer: Customer, payee_id: uuid.UUID, now: datetime) -> Proposed:
    """This function will find a payee that waits for confirmation, or was confirmed. Raises UnknownPayee."""
    payee = customer.payees.select_related("bank_account").filter(public_id=payee_id).first()
    if payee is None or payee.state == Payee.State.ARCHIVED or _is_stale(payee, now):
        raise UnknownPayee
    return _proposed(payee, looks_like=_looks_like(customer, payee))


def _looks_like(customer: Customer, payee: Payee) -> str:
    """Whom on the list a new payee could be taken for: another person of a name that looks the same."""
    new = queries.holder_of(payee.bank_account.number)
    if new is None:
        return ""
    for alias, legal_name, holder_id in queries.names_of_payees(customer):
        if holder_id == new.customer_id:
            continue
        if names.alike(alias, payee.alias) or names.alike(legal_name, new.legal_name):
            return alias
    return ""


def shown(payee: Proposed) -> Mapping[str, str]:
    """This function will spell out what the customer was shown and approves: the payload of the step-up."""
    return {"payee": str(payee.public_id), "account": payee.number, "name": payee.shown_name, "alias": payee.alias}


def add(
    *, customer: Customer, payee_id: uuid.UUID, challenge_id: uuid.UUID, session: str = "", now: datetime
) -> uuid.UUID:
    """This function will add a checked payee to the customer's list, once, and answer its public id.

    Starts a transaction and locks the customer. A repeat, or another draft of the same account, is answered with the
    payee that is there. Raises UnknownPayee, UnknownAccount (closed meanwhile), TooManyPayees, stepup.Refused.
    """
    with transaction.atomic(durable=True):
        queries.lock(customer)
        payee = (
            Payee.objects.select_for_update(of=("self",))
            .select_related("bank_account")
            .filter(customer=customer, public_id=payee_id)
            .first()
        )
        if payee is None or payee.state == Payee.State.ARCHIVED or _is_stale(payee, now):
            raise UnknownPayee
        if payee.state == Payee.State.ACTIVE:
            return payee.public_id
        there = customer.payees.filter(bank_account_id=payee.bank_account_id, state=Payee.State.ACTIVE).first()
        if there is not None:
            return there.public_id
        if payee.bank_account.status != BankAccount.Status.OPEN:
            raise UnknownAccount
        most = int(policy.value("payee.most", on=business_date(now)))
        if customer.payees.filter(state=Payee.State.ACTIVE).count() >= most:
            raise TooManyPayees(most)
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(_proposed(payee, looks_like="")),
            session=session,
            now=now,
        )
        payee.state, payee.confirmed_at = Payee.State.ACTIVE, now
        payee.save(update_fields=["state", "confirmed_at"])
        audit.record(
            act="payments.payee_added",
            subject=payee,
            actor=customer.user,
            after={"account": payee.bank_account.number, "name_check": payee.name_check},
            now=now,
        )
    return payee.public_id


@dataclass(frozen=True, slots=True)
class Entry:
    """How a customer keeps a payee: their own word, the group, a note, whether on top of the list."""

    alias: str
    group: str = ""
    note: str = ""
    favourite: bool = False


def arrange(*, customer: Customer, payee_id: uuid.UUID, entry: Entry, now: datetime) -> bool:
    """This function will change how a customer keeps a payee; says whether anything changed. Raises UnknownPayee."""
    with transaction.atomic():
        return keep(_active(customer, payee_id), entry, act="payments.payee_changed", actor=customer.user, now=now)


def keep(payee: Payee | KeptPayee, entry: Entry, *, act: str, actor: Any, now: datetime) -> bool:
    """This function will change how a payee, at whichever bank, is kept in the list; says whether anything changed.

    Needs an open transaction. `act` is what the trail calls it.
    """
    fields = [field.name for field in dataclasses.fields(Entry)]
    changed = {name: getattr(payee, name) for name in fields if getattr(payee, name) != getattr(entry, name)}
    if not changed:
        return False
    for name in changed:
        setattr(payee, name, getattr(entry, name))
    payee.save(update_fields=list(changed))
    after = {name: getattr(entry, name) for name in changed}
    audit.record(act=act, subject=payee, actor=actor, before=changed, after=after, now=now)
    return True


def remove(*, customer: Customer, payee_id: uuid.UUID, now: datetime) -> bool:
    """This function will take a payee off the list and answer whether this call did; what was paid stays on record.

    A draft to this payee can no longer be confirmed. Raises UnknownPayee.
    """
    with transaction.atomic():
        queries.lock(customer)
        payee = Payee.objects.select_for_update().filter(customer=customer, public_id=payee_id).first()
        if payee is None or payee.state == Payee.State.DRAFT:
            raise UnknownPayee
        if payee.state == Payee.State.ARCHIVED:
            return False
        payee.state, payee.archived_at, payee.trusted_at = Payee.State.ARCHIVED, now, None
        payee.save(update_fields=["state", "archived_at", "trusted_at"])
        audit.record(act="payments.payee_removed", subject=payee, actor=customer.user, now=now)
    return True


def _may_look_up(customer: Customer, now: datetime) -> None:
    most = int(policy.value("payee.lookups_per_hour", on=business_date(now)))
    made = list(
        NameLookup.objects.filter(customer=customer, looked_up_at__gt=now - WINDOW)
        .order_by("-looked_up_at")
        .values_list("looked_up_at", flat=True)[:most]
    )
    if len(made) >= most:
        raise TooManyLookups(made[-1] + WINDOW)


def _active(customer: Customer, payee_id: uuid.UUID) -> Payee:
    payee = (
        Payee.objects.select_for_update()
        .filter(customer=customer, public_id=payee_id, state=Payee.State.ACTIVE)
        .first()
    )
    if payee is None:
        raise UnknownPayee
    return payee


def _is_stale(payee: Payee, now: datetime) -> bool:
    return payee.state == Payee.State.DRAFT and payee.expires_at <= now


def _proposed(payee: Payee, *, looks_like: str) -> Proposed:
    return Proposed(
        public_id=payee.public_id,
        alias=payee.alias,
        shown_name=payee.shown_name,
        number=payee.bank_account.number,
        agrees=payee.name_check == Payee.NameCheck.AGREES,
        confirmed=payee.state == Payee.State.ACTIVE,
        looks_like=looks_like,
    )

"""Paying what somebody asks for: an ordinary transfer that is made while the request still counts.

The draft's payee stands on nobody's list, so that only this room can let it pass (payments.vouching), and does so with
the request locked: whoever comes second finds it paid.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import BankAccount, Customer
from core import outbox
from payments import names, queries
from payments import refusals as transfer_refusals
from payments.locking import LockedTransfer
from payments.models import Payee, Transfer
from payments.requests import queries as requests
from payments.requests.models import MoneyRequest, Share
from payments.requests.refusals import AlreadyPaid, AmountNeeded, NotSure, UnknownRequest
from payments.services import transfers
from payments.services.orders import Ends, Order

PAID = "requests.paid"


@dataclass(frozen=True, slots=True)
class Pay:
    """What a payer answers a request with; `amount` in minor units counts only where the request leaves it open."""

    source: uuid.UUID
    amount: int | None = None
    sure: bool = False  # the payer says that they know who asks


def may_pay(customer: Customer, request: MoneyRequest, *, now: datetime) -> bool:
    """This function will say whether a customer may pay a request at a moment, without locking anything."""
    if not requests.can_be_paid(request, now=now) or request.asker_id == customer.pk:
        return False
    if request.addressed_to and request.addressee_id != customer.pk:
        return False
    return request.destination.status == BankAccount.Status.OPEN and not requests.is_theirs(
        customer, request.destination_id
    )


def draft(*, customer: Customer, token: str, key: uuid.UUID, pay: Pay, now: datetime) -> transfers.Drafted:
    """This function will fill in the transfer that pays a request, to be checked and confirmed like any other.

    Raises UnknownRequest, AlreadyPaid, AmountNeeded, NotSure, and what `transfers.draft` raises.
    """
    with transaction.atomic():
        queries.lock(customer)
        request = requests.by_token(token)
        if request is None:
            raise UnknownRequest
        share = requests.share_of(request, customer)
        if share is not None and share.paid_at is not None:
            raise AlreadyPaid
        if not may_pay(customer, request, now=now):
            raise UnknownRequest
        amount = request.amount if request.amount is not None else pay.amount
        if amount is None:
            raise AmountNeeded
        known = requests.known_payee(customer, request.destination_id)
        if known is None and not pay.sure:
            raise NotSure
        payee = _payee(customer, request, share, known, now)
        ends = _ends(customer, request, pay.source, amount, payee)
        order = Order(source=pay.source, to_account=None, to_payee=payee.public_id, amount=amount, memo=request.words)
    made = transfers.draft(customer=customer, key=key, order=order, ends=ends, now=now)
    with transaction.atomic():
        queries.lock(customer)
        filled = customer.transfers.values_list("pk", flat=True).get(public_id=made.transfer_id)
        Share.objects.filter(request=request, payer=customer, paid_at=None).update(transfer_id=filled)
    return made


def _payee(customer: Customer, request: MoneyRequest, share: Share | None, known: Payee | None, now: datetime) -> Payee:
    """The asker as this payer's payee, off the list; new from now on unless they stand on the list already."""
    since = known.confirmed_at if known is not None else now
    if share is not None:
        payee = share.payee
        payee.confirmed_at = payee.archived_at = since
        payee.save(update_fields=["confirmed_at", "archived_at"])
        return payee
    name = names.masked(request.asker.legal_name)
    payee = Payee.objects.create(
        customer=customer,
        bank_account_id=request.destination_id,
        alias=name[:60],
        shown_name=name,
        name_check=Payee.NameCheck.AGREES,
        state=Payee.State.ARCHIVED,
        created_at=now,
        expires_at=now,
        confirmed_at=since,
        archived_at=since,
    )
    Share.objects.create(request=request, payer=customer, payee=payee, created_at=now)
    return payee


def _ends(customer: Customer, request: MoneyRequest, source_id: uuid.UUID, amount: int, payee: Payee) -> Ends:
    """Both ends of the transfer, as `payments.services.orders.look_up` finds those of an ordinary one."""
    source = queries.own_ends(customer, [source_id]).get(source_id)
    if source is None:
        raise transfer_refusals.UnknownSource
    if not source.open:
        raise transfer_refusals.AccountClosed
    if source.currency != request.currency:
        raise transfer_refusals.CurrencyDiffers
    if source.spendable is not None and amount > source.spendable:
        raise transfer_refusals.InsufficientFunds(max(0, source.spendable), source.currency)
    return Ends(
        source_id=source.bank_account_id,
        destination_id=request.destination_id,
        payee_id=payee.pk,
        currency=source.currency,
        kind=Transfer.Kind.CUSTOMER.value,
        shown_name=payee.shown_name,
        payee_name=request.asker.legal_name,
        payee_since=payee.confirmed_at,
        classed=True,
        stays_own=False,
    )


def vouch(transfer: LockedTransfer, now: datetime) -> bool:
    """This function will let a transfer to somebody off the list pass that pays a request, and count it as paid.

    Called in the confirming transaction under the payer's lock (payments.vouching); a refusal later undoes it. False
    where the transfer pays no request. Raises RequestOver when the request does not count any more, and FilledInAnew
    for a draft that a newer one took the place of.
    """
    if transfer.payee_id is None:
        return False
    share = (
        Share.objects.filter(payee_id=transfer.payee_id)
        .values_list("pk", "request_id", "paid_at", "payer_id", "transfer_id")
        .first()
    )
    if share is None:
        return False
    share_id, request_id, paid_at, payer_id, counts = share
    request = MoneyRequest.objects.select_for_update(of=("self",)).select_related("asker").get(pk=request_id)
    still_theirs = requests.is_theirs(request.asker, request.destination_id)
    if paid_at is not None or not requests.can_be_paid(request, now=now) or not still_theirs:
        raise transfer_refusals.RequestOver
    if counts != transfer.id:
        raise transfer_refusals.FilledInAnew
    Share.objects.filter(pk=share_id).update(paid_at=now)
    last = request.paid_count + 1 >= request.people
    MoneyRequest.objects.filter(pk=request_id).update(
        paid_count=F("paid_count") + 1,
        paid_total=F("paid_total") + transfer.amount,
        **({"state": MoneyRequest.State.PAID, "ended_at": now} if last else {}),
    )
    outbox.record(
        kind=PAID,
        payload={"request": str(request.public_id), "transfer": str(transfer.public_id)},
        owner=Customer.objects.get(pk=payer_id),
        now=now,
    )
    return True


def request_of(transfer_id: uuid.UUID) -> MoneyRequest | None:
    """This function will find the request that a customer's own transfer pays, or was filled in to pay."""
    share = (
        Share.objects.filter(payee__in=Transfer.objects.filter(public_id=transfer_id).values("payee"))
        .select_related("request__asker")
        .first()
    )
    return share.request if share else None

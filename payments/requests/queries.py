"""What the pages of requests and templates read. Another customer's record is None, as if it were not."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import Customer, Disposition
from ledger.calendar import business_date
from ledger.money import Money
from payments import names, references
from payments.models import Payee
from payments.requests.models import MoneyRequest, Share, Template


@dataclass(frozen=True, slots=True)
class Looked:
    """A request that can be paid, as anybody with the link may see it."""

    name: str  # half hidden
    money: Money | None  # None: the payer says how much
    words: str
    last_day: date
    people: int
    paid_count: int


def by_token(token: str) -> MoneyRequest | None:
    """This function will find the request of a link."""
    code = references.read_code(token)
    found = MoneyRequest.objects.select_related("asker", "destination").filter(token=code) if code else None
    return found.first() if found is not None else None


def can_be_paid(request: MoneyRequest, *, now: datetime) -> bool:
    """This function will say whether a request still counts."""
    return request.state == MoneyRequest.State.OPEN and business_date(now) <= request.last_day


def looked_at(request: MoneyRequest) -> Looked:
    """This function will give what anybody with the link may see."""
    return Looked(
        name=names.masked(request.asker.legal_name),
        money=None if request.amount is None else Money(request.amount, request.currency),
        words=request.words,
        last_day=request.last_day,
        people=request.people,
        paid_count=request.paid_count,
    )


def sent_by(customer: Customer, public_id: uuid.UUID) -> MoneyRequest | None:
    """This function will find one request a customer has made."""
    return customer.money_requests.select_related("destination").filter(public_id=public_id).first()


def sent(customer: Customer, most: int) -> list[MoneyRequest]:
    """This function will list the requests a customer has made, newest first, in one query."""
    return list(customer.money_requests.order_by("-created_at", "-id")[:most])


def received_by(customer: Customer, public_id: uuid.UUID) -> MoneyRequest | None:
    """This function will find one request that was addressed to a customer."""
    return customer.asked_for_money.select_related("asker", "destination").filter(public_id=public_id).first()


def received(customer: Customer, most: int) -> list[MoneyRequest]:
    """This function will list the requests that reached a customer, newest first, in one query."""
    return list(customer.asked_for_money.select_related("asker").order_by("-created_at", "-id")[:most])


def paid_by(customer: Customer, most: int) -> list[Share]:
    """This function will list what a customer has paid of requests that came by a link, newest first, in one query."""
    found = customer.money_shares.filter(paid_at__isnull=False, request__addressee__isnull=True)
    return list(found.select_related("request__asker", "transfer").order_by("-paid_at")[:most])


def share_of(request: MoneyRequest, customer: Customer) -> Share | None:
    """This function will find a customer's part in a request."""
    return request.shares.select_related("transfer").filter(payer=customer).first()


def paid_shares(request: MoneyRequest) -> list[Share]:
    """This function will list who has paid a request, first to last, in one query."""
    found = request.shares.filter(paid_at__isnull=False).select_related("transfer")
    return list(found.order_by("paid_at"))


def known_payee(customer: Customer, bank_account_id: int) -> Payee | None:
    """This function will find an account on a customer's own list of payees."""
    return customer.payees.filter(bank_account_id=bank_account_id, state=Payee.State.ACTIVE).first()


def is_theirs(customer: Customer, bank_account_id: int) -> bool:
    """This function will say whether a customer may dispose of an account."""
    return Disposition.objects.filter(customer=customer, bank_account_id=bank_account_id).exists()


def templates_of(customer: Customer) -> QuerySet[Template]:
    """This function will list a customer's templates, favourites first, then by name."""
    found = customer.transfer_templates.select_related("source", "destination")
    return found.order_by("-favourite", "name", "id")


def template_of(customer: Customer, public_id: uuid.UUID) -> Template | None:
    """This function will find one template of a customer."""
    return templates_of(customer).filter(public_id=public_id).first()

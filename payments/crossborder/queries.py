"""What this room reads. A customer's payees, payments and documents are reached through the customer."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Customer
from ledger.models import Account
from payments.clearing import queries as clearing
from payments.clearing.models import RepairItem, StatementEntry
from payments.clearing.queries import Comparison
from payments.crossborder import figures
from payments.crossborder.models import Page, Paper, PayeeAbroad, Payment, Step, Upload
from payments.crossborder.quota import Basis, Quota
from payments.crossborder.states import CAME_BACK, COUNTS, IN_TRANSIT, LEFT, State
from payments.exchange.models import Quote as Price


def payees_of(customer: Customer) -> list[PayeeAbroad]:
    """This function will list the payees abroad that a customer keeps, favourites first, in one query."""
    return list(customer.payees_abroad.filter(archived_at=None).order_by("-favourite", "name", "pk"))


def payee_of(customer: Customer, public_id: uuid.UUID) -> PayeeAbroad | None:
    """This function will find one of them."""
    found: PayeeAbroad | None = customer.payees_abroad.filter(archived_at=None, public_id=public_id).first()
    return found


def payment_of(customer: Customer, public_id: uuid.UUID) -> Payment | None:
    """This function will find one payment of a customer, in whatever state, with account and payee."""
    found: Payment | None = (
        customer.payments_abroad.select_related("source", "payee", "credited_to").filter(public_id=public_id).first()
    )
    return found


def under_way(customer: Customer, *, limit: int) -> list[Payment]:
    """This function will list a customer's latest confirmed payments abroad, newest first, in one query."""
    return list(customer.payments_abroad.filter(confirmed_at__isnull=False).order_by("-confirmed_at", "-pk")[:limit])


def drafts_of(customer: Customer, *, now: datetime) -> list[Payment]:
    """This function will list the drafts that wait for documents or a confirmation, in one query."""
    return list(customer.payments_abroad.filter(state="draft", expires_at__gt=now).order_by("-pk")[:10])


def locked(rows: Any, public_id: uuid.UUID | str) -> Payment | None:
    """This function will lock one payment among these and read it with account and payer. Needs an open transaction."""
    found: Payment | None = (
        rows.select_for_update(of=("self",))
        .select_related("source", "payer__user", "payee")
        .filter(public_id=public_id)
        .first()
    )
    return found


def locked_by_reference(references: set[str]) -> dict[str, Payment]:
    """This function will lock the confirmed payments of these references, always in the same order."""
    rows = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("source", "payer__user", "payee", "message")
        .defer("message__content")
        .filter(reference__in=references, confirmed_at__isnull=False)
        .order_by("pk")
    )
    return {payment.reference: payment for payment in rows}


def silent(*, heard_before: datetime, most: int) -> list[Payment]:
    """This function will list the payments nothing was heard of since a moment and that nobody sees to, in order."""
    seen = RepairItem.objects.filter(room="abroad", cause="silent", state=RepairItem.State.OPEN).values("reference")
    rows = (
        Payment.objects.filter(state=State.SENT, sent_at__lt=heard_before)
        .filter(Q(heard_at__isnull=True) | Q(heard_at__lt=heard_before))
        .exclude(reference__in=seen)
    )
    return list(rows.order_by("sent_at", "pk")[:most])


def looked_after_at(payment: Payment) -> datetime | None:
    """This function will say when colleagues last settled the silence about a payment."""
    rows = RepairItem.objects.filter(room="abroad", cause="silent", reference=payment.reference)
    found: datetime | None = rows.aggregate(at=Max("repaired_at"))["at"]
    return found


def more_came(payment: Payment) -> int:
    """This function will sum what people gave the payer of a payment out of lines that came besides its return."""
    rows = StatementEntry.objects.filter(matched_with=payment.reference, state=StatementEntry.State.REPAIRED)
    return _sum(rows, "amount")


def compare(*, account: str, currency: str, closing: int) -> Comparison:
    """This function will compare the newest statement of a correspondent with the books as they stand now.

    `outstanding` takes back what we have booked and no statement shows yet; `open` is what statements show and we have
    not booked. What a correspondent refused outright stands on no statement: it left and came back in our books alone.
    """
    shown = StatementEntry.objects.filter(state=StatementEntry.State.MATCHED, statement__account=account)
    left = Payment.objects.filter(currency=currency, state__in=[each.value for each in LEFT])
    out = left.exclude(reference__in=shown.filter(movement="settlement").values("matched_with"))
    back = left.filter(state__in=[each.value for each in CAME_BACK]).exclude(
        reference__in=shown.filter(movement="return").values("matched_with")
    )
    waiting = StatementEntry.objects.filter(state=StatementEntry.State.OPEN, statement__account=account)
    return Comparison(
        statement=closing,
        books=-clearing.balance("nostro", currency),
        outstanding=_sum(out, "leaves") - _sum(back, "came_back"),
        open=_sum(waiting, "amount"),
    )


def _sum(rows: Any, name: str) -> int:
    return int(rows.aggregate(sum=Coalesce(Sum(name), 0))["sum"])


def steps_of(payment: Payment) -> list[Step]:
    """This function will list what happened to a payment, oldest first."""
    return list(payment.steps.order_by("pk"))


def papers_of(payment: Payment) -> list[Paper]:
    """This function will list the documents of a payment with the number of their pages (`.count`), in one query."""
    return list(payment.papers.annotate(count=Count("pages")).order_by("pk"))


def page_of(customer: Customer, paper_id: uuid.UUID, number: int) -> Page | None:
    """This function will find a page of a document of a customer's own."""
    return Page.objects.filter(paper__public_id=paper_id, paper__payment__payer=customer, number=number).first()


def pages_of(payment: Payment) -> list[Page]:
    """This function will list every page of a payment's documents in their order, in one query."""
    return list(Page.objects.filter(paper__payment=payment).select_related("paper").order_by("paper_id", "number"))


def uploads_since(customer: Customer, since: datetime) -> int:
    """This function will count the files a customer has sent since a moment, taken or not."""
    return Upload.objects.filter(customer=customer, at__gte=since).count()


def year_of(customer: Customer, *, on: date) -> Quota:
    """This function will say how far a customer has used the yearly quota for buying foreign exchange.

    What was bought for payments abroad, and what was bought between own accounts. What came back in the currency that
    was bought still counts: the customer has it. Under the customer's lock it is what counts. Raises
    core.policy.UnknownPolicy.
    """
    first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    exchanged = Price.objects.filter(
        customer=customer, purpose=Price.Purpose.OWN, sell_currency=figures.HOME, taken_on__range=(first, last)
    ).aggregate(used=Coalesce(Sum("usd"), 0))["used"]
    return Quota(figures.quota(on=on), _used(customer, Basis.QUOTA, first, last) + int(exchanged))


def day_of(customer: Customer, *, on: date) -> Quota:
    """This function will say how much of their own foreign currency a customer has sent abroad on a business date."""
    return Quota(figures.own_day(on=on), _used(customer, Basis.OWN, on, on))


def _used(customer: Customer, basis: Basis, first: date, last: date) -> int:
    rows = Payment.objects.filter(
        payer=customer, basis=basis, business_date__range=(first, last), state__in=[each.value for each in COUNTS]
    ).exclude(state__in=[each.value for each in CAME_BACK], credited_currency=figures.HOME)
    return int(rows.aggregate(used=Coalesce(Sum("usd"), 0))["used"])


def in_transit(currency: str) -> int:
    """This function will sum what the payments on their way hold in a currency, in minor units."""
    states = [each.value for each in IN_TRANSIT]
    moving = Payment.objects.filter(state__in=states)
    sums = moving.aggregate(
        amounts=Coalesce(Sum("amount", filter=Q(currency=currency)), 0),
        fees=Coalesce(Sum("fee", filter=Q(fee_currency=currency) & ~Q(charges="ben")), 0),
    )
    return int(sums["amounts"]) + int(sums["fees"])


def held(currency: str) -> int:
    """This function will give the balance of the account that holds what is on its way abroad, in minor units."""
    from ledger import balances  # reason: asked by checks and tests alone

    account = Account.objects.filter(code=f"abroad:{currency}").values_list("pk", flat=True).first()
    return balances.of([account])[account].booked if account else 0


def payers_of(payment: Payment, *, since: date) -> int:
    """This function will count the people of this bank who have paid a payment's payee since a business date."""
    return (
        Payment.objects.filter(
            payee_bic=payment.payee_bic,
            payee_number=payment.payee_number,
            business_date__gte=since,
            state__in=[each.value for each in COUNTS],
        )
        .values("payer_id")
        .distinct()
        .count()
    )

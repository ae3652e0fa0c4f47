"""What this room reads. A customer's own is reached through the customer; what they are asked, by their accounts."""

import uuid
from collections.abc import Sequence

from django.db import connection

from accounts.models import BankAccount, Customer, Disposition
from payments.clearing.models import Payment
from payments.crossborder.models import Payment as PaymentAbroad
from payments.models import Transfer
from payments.recalls.models import Dispute, Evidence, Recall, Step
from payments.recalls.states import OPEN, State

_SEEN = (
    "transfer__source", "transfer__destination", "payment__source", "abroad__payee", "abroad__credited_to", "back",
    "payer__user",
)  # fmt: skip


def recall_of(customer: Customer, public_id: uuid.UUID) -> Recall | None:
    """This function will find a recall of a payer."""
    found: Recall | None = customer.recalls.select_related(*_SEEN).filter(public_id=public_id).first()
    return found


def asked_of(customer: Customer, public_id: uuid.UUID) -> Recall | None:
    """This function will find a recall whose money is on an account that the customer may dispose of."""
    reached = Disposition.objects.filter(customer=customer).values("bank_account_id")
    found: Recall | None = (
        Recall.objects.select_related(*_SEEN)
        .filter(public_id=public_id, transfer__destination__in=reached)
        .exclude(payer=customer)
        .first()
    )
    return found


def asked_of_all(customer: Customer) -> list[Recall]:
    """This function will list what a customer is asked to give back and has not answered, oldest first."""
    reached = Disposition.objects.filter(customer=customer).values("bank_account_id")
    return list(
        Recall.objects.select_related("transfer")
        .filter(state=State.ASKED, transfer__destination__in=reached)
        .exclude(payer=customer)
        .order_by("pk")
    )


def recalls_of(customer: Customer, *, most: int) -> list[Recall]:
    """This function will list a payer's latest recalls, newest first, in one query."""
    return list(customer.recalls.select_related("transfer", "payment", "abroad").order_by("-pk")[:most])


def steps_of(recall: Recall) -> list[Step]:
    """This function will list what happened to a recall, oldest first."""
    return list(recall.steps.order_by("pk"))


def transfer_of(customer: Customer, public_id: uuid.UUID) -> Transfer | None:
    """This function will find a confirmed transfer that a customer made, with its accounts and its recall."""
    found: Transfer | None = (
        customer.transfers.select_related("source", "destination", "recall")
        .filter(public_id=public_id, state=Transfer.State.CONFIRMED)
        .first()
    )
    return found


def payment_of(customer: Customer, public_id: uuid.UUID) -> Payment | None:
    """This function will find a confirmed payment of a customer to another bank, with its account and its recall."""
    found: Payment | None = (
        customer.bank_payments.select_related("source", "recall")
        .filter(public_id=public_id, confirmed_at__isnull=False)
        .first()
    )
    return found


def payment_abroad_of(customer: Customer, public_id: uuid.UUID) -> PaymentAbroad | None:
    """This function will find a confirmed payment abroad of a customer, with its recall."""
    found: PaymentAbroad | None = (
        customer.payments_abroad.select_related("source", "payee", "recall")
        .filter(public_id=public_id, confirmed_at__isnull=False)
        .first()
    )
    return found


def locked(public_id: uuid.UUID) -> Recall | None:
    """This function will lock a recall and read it. Needs an open transaction."""
    found: Recall | None = (
        Recall.objects.select_for_update(of=("self",)).select_related(*_SEEN).filter(public_id=public_id).first()
    )
    return found


def locked_by_payment(payment: Payment | PaymentAbroad) -> Recall | None:
    """This function will lock the recall of a payment. Needs an open transaction, in which the payment is locked."""
    which = {"payment": payment} if isinstance(payment, Payment) else {"abroad": payment}
    found: Recall | None = (
        Recall.objects.select_for_update(of=("self",)).select_related("payer__user").filter(**which).first()
    )
    return found


def to_send() -> list[uuid.UUID]:
    """This function will list the recalls that wait to be handed to the other bank, oldest first."""
    return _waiting(payment__batch__isnull=False, payment__state__in=["sent", "checking", "settled"])


def to_send_abroad() -> list[uuid.UUID]:
    """This function will list the recalls that wait to be handed to a correspondent, oldest first."""
    return _waiting(abroad__message__isnull=False, abroad__state__in=["sent", "arrived"])


def _waiting(**about: object) -> list[uuid.UUID]:
    rows = Recall.objects.filter(state=State.ASKED, **about).order_by("pk")
    return list(rows.values_list("public_id", flat=True))


def about_entry(entry_id: int) -> Recall | None:
    """This function will find the recall that gave back, or was given back by, the transfer of an entry."""
    found = Recall.objects.select_related("transfer", "back").filter(transfer__entry_id=entry_id).first()
    return found or Recall.objects.select_related("transfer", "back").filter(back__entry_id=entry_id).first()


def is_a_return(transfer: Transfer) -> bool:
    """This function will say whether a transfer gave another one back."""
    return Recall.objects.filter(back=transfer).exists()


def open_recalls(customer: Customer) -> int:
    """This function will count a payer's recalls that wait for an answer or for the money."""
    return customer.recalls.filter(state__in=OPEN).count()


def dispute_of(customer: Customer, public_id: uuid.UUID) -> Dispute | None:
    """This function will find a dispute of a customer."""
    found: Dispute | None = customer.disputes.select_related("bank_account").filter(public_id=public_id).first()
    return found


def dispute_on(bank_account_id: int, number: int) -> Dispute | None:
    """This function will find the newest dispute about a movement."""
    return Dispute.objects.filter(bank_account_id=bank_account_id, number=number).order_by("-pk").first()


def disputes_of(customer: Customer, *, most: int) -> list[Dispute]:
    """This function will list a customer's latest disputes, newest first, in one query."""
    return list(customer.disputes.order_by("-pk")[:most])


def evidence_of(dispute: Dispute) -> Sequence[Evidence]:
    """This function will list the pictures of a dispute, without their content."""
    return list(dispute.evidence.defer("sealed").order_by("position"))


def public_id_of(bank_account_id: int) -> uuid.UUID:
    """This function will give the public id of an account."""
    found: uuid.UUID = BankAccount.objects.values_list("public_id", flat=True).get(pk=bank_account_id)
    return found


def corrections_of(dispute: Dispute) -> list[tuple[int, int, str]]:
    """This function will find what two colleagues booked on the account for a dispute: (line, amount, narrative).

    Such a booking carries the dispute's reference in its narrative.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTIONS, [dispute.number, dispute.bank_account_id, dispute.reference])
        return [(int(row[0]), int(row[1]), str(row[2])) for row in cursor.fetchall()]


_CORRECTIONS = """
    SELECT line.number, line.amount, line.narrative
      FROM accounts_bankaccount b
      JOIN ledger_line line ON line.account_id = b.ledger_account_id AND line.number > %s
      JOIN ledger_entry entry ON entry.id = line.entry_id AND entry.kind IN ('books.entry', 'books.reversal')
     WHERE b.id = %s AND strpos(line.narrative, %s) > 0
     ORDER BY line.number
"""

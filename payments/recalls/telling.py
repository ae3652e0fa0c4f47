"""What this room adds to receipts (payments.movements): what became of a transfer, and what can be done about it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Customer
from core.ui import formats
from payments import telling as transfers
from payments.clearing.models import Payment
from payments.clearing.services.payments import may_take_back
from payments.clearing.states import BACK
from payments.crossborder.models import Payment as AbroadPayment
from payments.models import Transfer
from payments.movements import Act, Movement, Told
from payments.recalls import queries
from payments.recalls.models import Recall
from payments.recalls.states import State

PAID = {  # kind -> where its recall stands
    "payments.transfer": "transfer__entry_id",
    "clearing.payment": "payment__entry_id",
    "crossborder.payment": "abroad__entry_id",
}


def back(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:
    """This function will lead to the receipt of the transfer by which money was given back."""
    return transfers.transfer(entry_id=entry_id, ledger_account_id=ledger_account_id, customer=customer)


def notes(entry_id: int) -> Sequence[str]:
    """This function will say that a transfer was given back, and by which; or which one a transfer gave back."""
    found = queries.about_entry(entry_id)
    if found is None or found.back is None or found.transfer is None or found.ended_at is None:
        return []
    figures = {
        "day": formats.day(timezone.localtime(found.ended_at).date(), get_language() or "en"),
        "first": found.transfer.reference,
        "back": found.back.reference,
    }
    if found.transfer.entry_id == entry_id:
        return [_("The payee gave the money back on %(day)s, with the transfer %(back)s.") % figures]
    return [_("With this transfer the money of the transfer %(first)s was given back.") % figures]


def acts(*, customer: Customer, movement: Movement) -> Sequence[Act]:
    """This function will list what the holder can do about a movement: ask for it back, answer, say it is not right."""
    found = _recall(customer, movement)
    return [*([found] if found else []), _dispute(movement, customer)]


def _recall(customer: Customer, movement: Movement) -> Act | None:
    if movement.kind not in PAID or movement.line_kind != movement.kind:  # its fee is not asked for
        return None
    asked = _of_entry(movement)
    if movement.amount > 0:
        if asked is None or asked.state != State.ASKED or asked.payer_id == customer.pk:
            return None
        words = _("The payer asks for this money back: answer")
        return Act(words, reverse("recall_asked", args=[asked.public_id]), "info")
    if asked is not None and asked.payer_id == customer.pk:
        return Act(_("How your request for this money stands"), reverse("recall", args=[asked.public_id]), "clock")
    return _back(customer, movement)


def _back(customer: Customer, movement: Movement) -> Act | None:
    """Where the payer of a movement asks for its money back; nowhere while they can take it back without asking."""
    if movement.kind == "payments.transfer":
        paid = Transfer.objects.filter(entry_id=movement.entry_id, payer=customer).exclude(kind=Transfer.Kind.OWN)
        found = paid.values_list("public_id", flat=True).first()
        return _ask(reverse("recall_transfer", args=[found])) if found else None
    if movement.kind == "crossborder.payment":
        left = AbroadPayment.objects.filter(entry_id=movement.entry_id, payer=customer, state__in=["sent", "arrived"])
        found = left.values_list("public_id", flat=True).first()
        return _ask(reverse("recall_abroad", args=[found])) if found else None
    sent = Payment.objects.filter(entry_id=movement.entry_id, payer=customer).exclude(state__in=BACK).first()
    if sent is None or may_take_back(sent, now=timezone.now()):  # its own page has the button for that
        return None
    return _ask(reverse("recall_payment", args=[sent.public_id]))


def _ask(page: str) -> Act:
    return Act(_("Ask for this money back"), page, "back")


def _of_entry(movement: Movement) -> Recall | None:
    found: Recall | None = Recall.objects.filter(**{PAID[movement.kind]: movement.entry_id}).first()
    return found


def _dispute(movement: Movement, customer: Customer) -> Act:
    there = queries.dispute_on(movement.bank_account_id, movement.number)
    if there is not None and there.customer_id == customer.pk and there.state == "open":
        return Act(_("We are looking into this movement"), reverse("dispute", args=[there.public_id]), "search")
    account = queries.public_id_of(movement.bank_account_id)
    return Act(
        _("Something is not right with this movement"),
        reverse("dispute_new", args=[account, movement.number]),
        "warning",
    )

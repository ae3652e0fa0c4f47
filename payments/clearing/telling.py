"""What this room adds to the receipts of movements it booked (payments.movements)."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from core.ui import formats
from payments import names
from payments.clearing import presenting, reasons
from payments.clearing.models import Payment
from payments.clearing.notices import bank_name
from payments.clearing.states import BACK, State
from payments.movements import Row, Told
from payments.receipts import masked_number


def payment(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will say to whom a payment to another bank went and how it stands now."""
    found = Payment.objects.filter(entry_id=entry_id).first()
    if found is None:
        return None
    state = State(found.state)
    return Told(
        rows=_rows(found),
        state=state_of(found),
        tone=presenting.TONES[state],
        page=_page(found, customer),
    )


def back(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will say which payment came back with a movement, and why."""
    found = Payment.objects.filter(reversal_id=entry_id).first()
    if found is None:
        return None
    why = (Row(_("Reason"), str(reasons.reason(found.reason_code).tells)),) if found.reason_code else ()
    return Told(rows=(*_rows(found), *why), state=state_of(found), tone="info", page=_page(found, customer))


def state_of(found: Payment) -> str:
    """This function will say how a payment stands now, with the day on which it arrived or came back."""
    state = State(found.state)
    if state is State.SETTLED and found.settled_at is not None:
        return _("Arrived at the other bank on %(day)s") % {"day": _day(found.settled_at)}
    if state in BACK and found.ended_at is not None:
        words = {
            State.REVOKED: _("Taken back by the payer on %(day)s"),
            State.REJECTED: _("Refused by the other bank, given back on %(day)s"),
            State.RETURNED: _("Sent back by the other bank on %(day)s"),
        }
        return words[state] % {"day": _day(found.ended_at)}
    if state is State.CHECKING:
        return _("On its way; the other bank has not answered yet")
    return _("On its way to the other bank")


def _day(moment: object) -> str:
    return str(formats.day(timezone.localtime(moment).date(), get_language() or settings.LANGUAGE_CODE))  # type: ignore[arg-type]


def _rows(found: Payment) -> tuple[Row, ...]:
    bank = bank_name(found.payee_bank)
    return (
        Row(_("Reference"), found.reference, found.reference),
        Row(_("Payer"), found.payer_name, names.masked(found.payer_name)),
        Row(_("Payee"), found.payee_name, names.masked(found.payee_name)),
        Row(_("Payee's account"), grouped(found.payee_number), masked_number(found.payee_number)),
        Row(_("Bank"), bank, bank),
        Row(_("Memo"), found.memo),
    )


def _page(found: Payment, customer: Customer | None) -> str:
    mine = customer is not None and found.payer_id == customer.pk
    return reverse("bank_payment", args=[found.public_id]) if mine else ""

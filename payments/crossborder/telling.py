"""What this room adds to the receipts of movements it booked (payments.movements)."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Customer
from core.ui import formats
from ledger.money import Money
from payments import names
from payments.crossborder import comeback_reasons, ibans, presenting, sentences
from payments.crossborder.models import Payment
from payments.crossborder.states import CAME_BACK, State
from payments.movements import Row, Told
from payments.receipts import masked_number


def payment(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will say to whom a payment abroad went and how it stands now."""
    found = Payment.objects.filter(entry_id=entry_id).first()
    if found is None:
        return None
    tone = presenting.TONES[State(found.state)]
    return Told(rows=_rows(found), state=state_of(found), tone=tone, page=_page(found, customer))


def back(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will say which payment came back with a movement, why, and why it is less."""
    found = Payment.objects.filter(Q(reversal_id=entry_id) | Q(comeback_id=entry_id) | Q(fee_back_id=entry_id)).first()
    if found is None:
        return None
    rows = list(_rows(found))
    if State(found.state) in CAME_BACK:
        rows.append(Row(_("Reason"), str(comeback_reasons.reason(found.reason_code).tells)))
        if found.comeback_id == entry_id and found.came_back is not None and found.came_back < found.leaves:
            rows.append(Row(_("Kept by banks on the way"), _money(found.leaves - found.came_back, found.currency)))
    return Told(rows=tuple(rows), state=state_of(found), tone="info", page=_page(found, customer))


def state_of(found: Payment) -> str:
    """This function will say how a payment stands now, with the day on which it arrived or came back."""
    state = State(found.state)
    if state is State.ARRIVED and found.arrived_at is not None:
        return _("Arrived at the payee's bank on %(day)s") % {"day": _day(found.arrived_at)}
    if found.ended_at is not None:
        words = {
            State.REFUSED: _("Refused by us, given back on %(day)s"),
            State.REVOKED: _("Taken back by the payer on %(day)s"),
            State.REJECTED: _("Not carried out abroad, given back on %(day)s"),
            State.RETURNED: _("Sent back from abroad on %(day)s"),
        }
        return words[state] % {"day": _day(found.ended_at)}
    return _("On its way abroad") if state is State.SENT else _("Not sent yet")


def _rows(found: Payment) -> tuple[Row, ...]:
    number = ibans.shown(found.payee_number, is_iban=found.is_iban)
    amount = _money(found.leaves, found.currency)
    return (
        Row(_("Reference"), found.reference, found.reference),
        Row(_("Payer"), found.payer_name, names.masked(found.payer_name)),
        Row(_("Payee"), found.payee_name, names.masked(found.payee_name)),
        Row(_("Payee's account"), number, masked_number(found.payee_number)),
        Row(_("BIC"), found.payee_bic, found.payee_bic),
        Row(_("Country of the bank"), sentences.country(found.bank_country), sentences.country(found.bank_country)),
        Row(_("Amount sent abroad"), amount, amount),
        Row(_("Message to the payee"), found.memo),
    )


def _money(minor: int, currency: str) -> str:
    return str(formats.amount(Money(minor, currency).decimal, currency))


def _day(moment: datetime) -> str:
    return str(formats.day(timezone.localtime(moment).date(), get_language() or settings.LANGUAGE_CODE))


def _page(found: Payment, customer: Customer | None) -> str:
    mine = customer is not None and found.payer_id == customer.pk
    return reverse("payment_abroad", args=[found.public_id]) if mine else ""

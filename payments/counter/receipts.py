"""What the receipt of a movement says about the counter (payments.movements), and the slip that the teller prints."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import masks
from accounts.models import Customer, User
from accounts.numbers import grouped
from core import audit
from core.ui import signing
from payments import movements, names, references, typesetting
from payments.counter.models import Operation
from payments.counter.refusals import Unknown
from payments.models import MovementPaper
from payments.movements import Row, Told


def tell(*, entry_id: int, ledger_account_id: int, customer: Customer | None) -> Told | None:  # noqa: ARG001
    """This function will say of a movement at the counter what the books do not: reference, branch, both names."""
    operation = _by_entry(entry_id)
    if operation is None:
        return None
    branch = operation.day.till.branch
    rows = [Row(_("Reference"), operation.reference, operation.reference), Row(_("Branch"), str(branch), str(branch))]
    if operation.destination is None:
        name = operation.customer_name
        who = _("Paid in by") if operation.kind == Operation.Kind.DEPOSIT else _("Paid out to")
        rows.append(Row(who, name, names.masked(name)))
    else:
        is_payer = operation.account.ledger_account_id == ledger_account_id
        rows += [
            Row(_("Payer"), operation.customer_name, names.masked(operation.customer_name)),
            Row(_("Payer's account"), _number(operation.account.number, whole=is_payer)),
            Row(_("Payee"), operation.payee_name, names.masked(operation.payee_name)),
            Row(_("Payee's account"), _number(operation.destination.number, whole=True)),
        ]
    if operation.memo:
        rows.append(Row(_("Memo"), operation.memo))
    if operation.reversal_id is None:
        return Told(rows=tuple(rows), state=pgettext("movement", "Booked"), tone="good")
    return Told(rows=tuple(rows), state=_("Undone on the same day"), tone="bad")


def _number(number: str, *, whole: bool) -> str:
    return grouped(number) if whole else masks.account_long(number)


def _by_entry(entry_id: int) -> Operation | None:
    found = Operation.objects.select_related("day__till__branch", "account", "destination")
    return found.filter(entry_id=entry_id).first() or found.filter(reversal_id=entry_id).first()


def slip(*, operation: Operation, teller: User, now: datetime) -> bytes:
    """This function will make the signed paper of a done operation: the one its customer finds online, same code.

    Raises Unknown while nothing is booked.
    """
    if operation.entry_id is None:
        raise Unknown
    movement = movements.movement_by_entry(operation.account_id, operation.entry_id)
    if movement is None:
        raise Unknown
    with transaction.atomic():
        paper, made = MovementPaper.objects.get_or_create(
            bank_account_id=movement.bank_account_id,
            number=movement.number,
            defaults={"verification_code": references.new_verification_code(), "issued_at": now},
        )
        if made:
            audit.record(act="payments.paper_issued", subject=operation, actor=teller, now=now)
    pdf = typesetting.movement_pdf(movement, paper=paper, customer=operation.customer, balance=False, now=now)
    return signing.signed(pdf, reason=operation.reference, now=now)

"""What the machine looks up for a dispute before a person reads it. It finds facts and decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.reviews.subject import Text
from payments.clearing.models import Payment
from payments.crossborder.models import Payment as PaymentAbroad
from payments.models import Transfer
from payments.movements import Movement
from payments.recalls.models import Recall

PASS, WARN, COULD_NOT = "pass", "warn", "could_not_run"
ALIKE_DAYS = 3
LABELS: dict[str, Text] = {
    "confirmed": gettext_lazy("How it was confirmed"),
    "alike": gettext_lazy("The same once more"),
    "stands": gettext_lazy("Where the money is"),
    "recall": gettext_lazy("Asked back"),
}


@dataclass(frozen=True)
class Finding:
    """What one check found; `sentence` is called in each language."""

    name: str
    outcome: str
    evidence: dict[str, Any]
    sentence: Callable[[], Text]


def findings(movement: Movement) -> list[Finding]:
    """This function will look up what can be known of a movement."""
    transfer = Transfer.objects.filter(entry_id=movement.entry_id).first()
    payment = Payment.objects.filter(entry_id=movement.entry_id).first()
    abroad = PaymentAbroad.objects.filter(entry_id=movement.entry_id).first()
    return [
        _confirmed(movement, transfer or payment or abroad),
        _alike(movement),
        _stands(movement, payment or abroad),
        _recall(movement),
    ]


def _confirmed(movement: Movement, paid: Transfer | Payment | PaymentAbroad | None) -> Finding:
    if paid is None:
        return Finding(
            "confirmed", COULD_NOT, {"kind": movement.kind}, lambda: _("No order of the customer stands behind it.")
        )
    if paid.step_up is None:
        return Finding("confirmed", WARN, {"step_up": False}, lambda: _("It was made without a code."))
    if movement.channel != "online":
        return Finding(
            "confirmed", PASS, {"step_up": True, "channel": movement.channel},
            lambda: _("It follows from an order that the customer had confirmed before."),
        )  # fmt: skip
    return Finding(
        "confirmed", PASS, {"step_up": True, "channel": movement.channel},
        lambda: _("It was confirmed with the customer's second step."),
    )  # fmt: skip


_ALIKE = """
    SELECT count(*) FROM ledger_line line JOIN ledger_entry entry ON entry.id = line.entry_id
     WHERE line.account_id = %s AND line.number <> %s AND line.amount = %s AND entry.kind = %s
       AND entry.business_date BETWEEN %s AND %s AND line.narrative = %s
"""


def _alike(movement: Movement) -> Finding:
    span = timedelta(days=ALIKE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            _ALIKE,
            [
                movement.ledger_account_id, movement.number, movement.amount, movement.kind,
                movement.business_date - span, movement.business_date + span, movement.narrative,
            ],
        )  # fmt: skip
        count = int(cursor.fetchone()[0])
    return Finding(
        "alike", WARN if count else PASS, {"count": count},
        lambda: (
            ngettext(
                "%(count)d more movement of this amount and narrative within three days.",
                "%(count)d more movements of this amount and narrative within three days.",
                count,
            )
            % {"count": count}
            if count
            else _("No other movement of this amount and narrative within three days.")
        ),
    )  # fmt: skip


def _stands(movement: Movement, payment: Payment | PaymentAbroad | None) -> Finding:
    if isinstance(payment, PaymentAbroad):
        stands = payment.state
        return Finding(
            "stands", PASS if stands == "arrived" else WARN, {"payment": stands},
            lambda: _("Payment abroad: %(state)s.") % {"state": PaymentAbroad.States(stands).label},
        )  # fmt: skip
    if payment is not None:
        state = payment.state
        return Finding(
            "stands", PASS if state == "settled" else WARN, {"payment": state},
            lambda: _("Payment to another bank: %(state)s.") % {"state": Payment.States(state).label},
        )  # fmt: skip
    undone = movement.reversed_by
    return Finding(
        "stands", WARN if undone else PASS, {"reversed_by": undone, "kind": movement.kind},
        lambda: (
            _("The entry was undone by entry %(entry)d.") % {"entry": undone}
            if undone
            else _("%(kind)s, booked and not undone.") % {"kind": movement.called}
        ),
    )  # fmt: skip


def _recall(movement: Movement) -> Finding:
    found = (
        Recall.objects.filter(transfer__entry_id=movement.entry_id).first()
        or Recall.objects.filter(payment__entry_id=movement.entry_id).first()
        or Recall.objects.filter(abroad__entry_id=movement.entry_id).first()
    )
    if found is None:
        return Finding("recall", PASS, {"recall": None}, lambda: _("The money was not asked back."))
    state = found.state
    return Finding(
        "recall", WARN, {"recall": found.reference, "state": state},
        lambda: _("Asked back: %(state)s.") % {"state": Recall.States(state).label},
    )  # fmt: skip

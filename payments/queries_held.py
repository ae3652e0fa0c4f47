"""What is held on an account, whoever made the payment."""

from dataclasses import dataclass

from core import prepared
from ledger.money import Money
from payments.queries import HeldTransfer


@dataclass(frozen=True, slots=True)
class HeldOn:
    """A payment whose money is held on an account, who made it, and what it waits for."""

    payment: HeldTransfer
    payer_id: int
    waits: str


_HELD_ON = """
    SELECT h.payment, h.kind, coalesce(t.shown_name, p.payee_name), h.amount, h.currency, h.until, h.payer_id, h.waits
      FROM ledger_hold l JOIN payments_holding h ON h.hold_id = l.id
                         LEFT JOIN payments_transfer t ON t.public_id = h.payment
                         LEFT JOIN clearing_payment p ON p.public_id = h.payment
     WHERE l.account_id = %s AND l.state = 'live'
     ORDER BY h.id DESC
"""


def held_on(ledger_account_id: int) -> list[HeldOn]:
    """This function will list the payments whose money is held on an account, newest first, in one query."""
    found = prepared.rows(_HELD_ON, [ledger_account_id])
    return [
        HeldOn(HeldTransfer(row[0], row[1], row[2], Money(row[3], row[4]), row[5]), row[6], row[7]) for row in found
    ]

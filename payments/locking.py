"""A transfer under its payer's lock: the one question in which a confirmation reads everything it judges by."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from accounts.access import stepup
from accounts.models import Customer
from core import prepared
from payments.queries import STANDING_COLUMNS, Standing, read_standing, standing_span

# The payer and the draft are locked first; payments_standing is volatile and sums after the wait (migration 0004).
_LOCK = f"""
      WITH {stepup.USE_UP}
    SELECT l.*, {STANDING_COLUMNS}, {", ".join(f"q.{name}" for name in stepup.COLUMNS.split(", "))}
      FROM (
    SELECT t.id, t.public_id, t.state, t.kind, t.amount, t.currency, t.memo, t.shown_name, t.payer_name, t.expires_at,
           s.number AS source_number, s.ledger_account_id AS source_ledger_id,
           d.number AS destination_number, d.ledger_account_id AS destination_ledger_id,
           s.status = 'open' AND d.status = 'open', s.currency = d.currency AND s.currency = t.currency,
           EXISTS (SELECT 1 FROM accounts_disposition h WHERE h.customer_id = c.id AND h.bank_account_id = s.id),
           t.kind <> 'own' OR EXISTS (SELECT 1 FROM accounts_disposition h
                                       WHERE h.customer_id = c.id AND h.bank_account_id = d.id),
           c.standing, c.careful_until, t.confirmed_sum, t.payee_id,
           t.source_id, t.destination_id, s.account_class <> 'i' OR d.account_class <> 'i', c.document_expires_on,
           (SELECT count(*) FROM accounts_disposition h
             WHERE h.customer_id = c.id AND h.bank_account_id IN (s.id, d.id) AND h.role = 'owner') = 2
      FROM accounts_customer c
      JOIN payments_transfer t ON t.payer_id = c.id
      JOIN accounts_bankaccount s ON s.id = t.source_id
      JOIN accounts_bankaccount d ON d.id = t.destination_id
     WHERE c.id = %s AND t.public_id = %s
       FOR NO KEY UPDATE OF c, t
           ) l, LATERAL payments_standing(%s::bigint, l.currency, l.payee_id, %s, %s, %s, %s, %s, %s, %s) u
      LEFT JOIN question q ON true
"""  # noqa: S608 - our words


@dataclass(frozen=True, slots=True)
class LockedTransfer:
    """A draft under its payer's lock, with what may have changed since it was filled in."""

    id: int
    public_id: uuid.UUID
    state: str
    kind: str
    amount: int
    currency: str
    memo: str
    shown_name: str
    payer_name: str
    expires_at: datetime
    source_number: str
    source_ledger_id: int
    destination_number: str
    destination_ledger_id: int
    accounts_open: bool
    one_currency: bool
    may_dispose: bool
    may_be_paid: bool
    standing: str
    careful_until: datetime | None
    confirmed_sum: int | None
    payee_id: int | None
    source_id: int
    destination_id: int
    classed: bool  # one of the two accounts is of class II or III
    document_expires_on: date | None
    stays_own: bool  # both accounts are the payer's


@dataclass(frozen=True, slots=True)
class Locked:
    """What a confirmation judges by: the draft, how far its payer has gone, and the question that was answered."""

    transfer: LockedTransfer
    standing: Standing
    question: list[prepared.Row]  # as `stepup.judge` reads it; empty where there is none


def locked(
    customer: Customer, public_id: uuid.UUID, *, challenge_id: uuid.UUID | None = None, now: datetime
) -> Locked | None:
    """This function will lock a customer and one of their transfers, in this order, and read it with both accounts.

    Needs an open transaction. What it waits for is read anew, so the state, what is used of the limits and what they
    are now are those that count. After the payer the question of a step-up is locked and used up in the same round
    trip (accounts.access.stepup.USE_UP): whoever names one lets `stepup.judge` say whether it opens this transfer, and
    undoes the transaction when nothing is booked.
    """
    asked = stepup.asked_with(customer.user, challenge_id, now)
    found = prepared.rows(_LOCK, [*asked, customer.pk, public_id, customer.pk, *standing_span(now)])
    if not found:
        return None
    row, question = found[0][:-_QUESTION], found[0][-_QUESTION:]
    transfer, rest = row[:-_STANDING], row[-_STANDING:]
    return Locked(LockedTransfer(*transfer), read_standing(rest), [question] if question[0] is not None else [])


_STANDING, _QUESTION = len(STANDING_COLUMNS.split(",")), len(stepup.COLUMNS.split(","))

"""The accounts that correspondents keep for us, one for each currency, against their statements: to the cent.

What is done with a statement is clearing's (payments.clearing.services.reconciling); here stands what a line may show
of a payment abroad. A debit shows that the correspondent took the payment, a credit that money came back: as much as
was booked, or, where no message has come yet, as much as the line says.
"""

from collections.abc import Iterable
from datetime import datetime

from payments.clearing.models import InboundFile, StatementEntry
from payments.clearing.queries import Comparison
from payments.clearing.services.reconciling import RETURN, SETTLEMENT, Movement, Shown, Side
from payments.crossborder import correspondents, queries
from payments.crossborder.models import Payment
from payments.crossborder.services import coming, moves
from payments.crossborder.states import LEFT, State


def _debit_amiss(amount: int, payment: Payment) -> str:
    if State(payment.state) not in LEFT and not moves.may_have_left(payment):
        return "contradicts"
    return "" if -amount == payment.leaves else "wrong_amount"


def _credit_amiss(amount: int, payment: Payment, *, left: bool) -> str:
    if payment.came_back is not None:
        return "" if amount == payment.came_back else "wrong_amount"
    if State(payment.state) not in LEFT or not left:
        return "contradicts"  # money comes back only after it had left: until a statement shows that, the line waits
    return "" if amount <= payment.leaves else "wrong_amount"


class _Nostro:
    """What clearing's reconciliation asks about a correspondent's statement."""

    room = coming.ROOM

    def holds(self, account: str, currency: str) -> bool:
        carries = correspondents.of(currency)
        return carries is not None and carries.account == account

    def locked(self, references: set[str]) -> dict[str, Payment]:
        return queries.locked_by_reference(references)

    def shown(self, payments: Iterable[Payment]) -> Shown:
        rows = StatementEntry.objects.filter(
            matched_with__in=[payment.reference for payment in payments], state=StatementEntry.State.MATCHED
        )
        return set(rows.values_list("matched_with", "movement"))

    def match(
        self, amount: int, currency: str, payment: Payment | None, shown: Shown, *, named: bool
    ) -> tuple[str, Movement | None]:
        if payment is None:
            return "unknown_payment" if named else "no_reference", None
        if currency != payment.currency:
            return "wrong_currency", None
        movement = SETTLEMENT if amount < 0 else RETURN
        if (payment.reference, movement.value) in shown:
            return "double_entry", None
        left = (payment.reference, SETTLEMENT.value) in shown
        cause = _debit_amiss(amount, payment) if movement is SETTLEMENT else _credit_amiss(amount, payment, left=left)
        return (cause, None) if cause else ("", movement)

    def bring_about(
        self, payment: Payment, movement: Movement, *, amount: int, file: InboundFile | None, now: datetime
    ) -> None:
        moves.has_left(payment, now=now)
        if movement is RETURN and payment.came_back is None:
            coming.come_back(payment, State.RETURNED, amount=amount, heard="camt.053", file=file, now=now)
        else:
            coming.note(payment, heard="camt.053", file=file, now=now)

    def name(self, row: StatementEntry, payment: Payment) -> None:
        row.matched_with = payment.reference

    def compare(self, *, account: str, currency: str, closing: int) -> Comparison:
        return queries.compare(account=account, currency=currency, closing=closing)


NOSTRO: Side = _Nostro()

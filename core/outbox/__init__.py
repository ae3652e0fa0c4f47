"""Facts leave a room through the outbox.

    from core import outbox
    outbox.record(kind="payments.transfer_made", payload={"transfer": str(transfer.public_id)}, owner=..., now=now)

What is promised:

- A fact stands exactly when the transaction that made it true stands, with one delivery per handler that
  `settings.OUTBOX_ROUTES` names for its kind. A kind that is not listed there is an error.
- Every handler is called at least once for every fact, whatever is killed or stopped in between; the broker is only a
  doorbell, and a sweep every two seconds finds what it did not ring for.
- An ordinary handler runs inside one transaction with the mark "done": its effects in the database happen once. It
  must not talk to the network. A handler marked `@outside_transaction` runs without one (mail, other systems): if the
  worker dies between its effect and the mark, it is called again.
- Each try is counted before it begins, so that a try which kills its worker counts too. After five tries the delivery
  is parked with its error, where staff see it and may try again. Others are not delayed by it.
- No order is promised, neither between facts nor between handlers: a handler that needs the latest state reads it.
"""

from core.outbox.facts import Fact, outside_transaction
from core.outbox.services import Change, NothingChanged, NotInTransaction, One, UnknownKind, record, record_many

__all__ = [
    "Change",
    "Fact",
    "NotInTransaction",
    "NothingChanged",
    "One",
    "UnknownKind",
    "outside_transaction",
    "record",
    "record_many",
]

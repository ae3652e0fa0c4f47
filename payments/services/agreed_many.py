"""Making many transfers that were agreed to before, as `agreed.make` would one after the other, in few statements.

    batch = Batch(asked, on=day, now=now)          # reads what all of them are judged by
    for one in asked:
        if not batch.can_judge(one): break         # needs more than was read: `agreed.make` does it by itself
        batch.take(one)                            # judged with everything taken before; raises TransferRefused
    batch.make()                                   # shows them to the monitor and books them, in this order

What was taken counts at once for those behind it: for the limits of its payer, and for the balances of both accounts.
Nothing is locked here but by the books themselves, which have the last word: what they refuse, because an account was
closed or emptied since it was read, undoes the whole batch.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog
from django.db import connection, transaction

from accounts.models import Customer
from core import outbox
from ledger import posting
from payments import figures, queries, queries_many, watching
from payments.limits import Used, Which
from payments.models import Transfer
from payments.refusals import UnknownDestination, UnknownSource
from payments.services import agreed as single
from payments.services import booking
from payments.services.agreed import Agreed
from payments.services.orders import Ends, judged
from payments.services.transfers import CONFIRMED

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One of them, and whose it is: a customer whose row is locked."""

    customer: Customer
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one: the row of its transfer, how much in minor units, and whether its money is held."""

    transfer: int
    amount: int
    held: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    """One that was taken, and the number that its transfer will have."""

    customer: Customer
    agreed: Agreed
    ends: Ends
    made: uuid.UUID


@dataclass(slots=True)
class _Gone:
    """What one payer has moved in this batch, of one currency."""

    currency: str
    limited: int = 0  # minor units that use up limits
    count: int = 0
    to_young: int = 0


class Batch:
    """Some transfers of one business date, in order."""

    def __init__(self, asked: Sequence[Asked], *, on: date, now: datetime) -> None:
        if not connection.in_atomic_block:
            raise RuntimeError("a batch belongs into the transaction of its dates")
        self.on, self.now, self.moment = on, now, single.judged_at(on, now)
        orders = [(one.customer.pk, one.agreed.order) for one in asked]
        self.own = queries_many.own_ends_of(
            [
                *((payer, order.source) for payer, order in orders),
                *((payer, order.to_account) for payer, order in orders if order.to_account is not None),
            ]
        )
        self.payees = queries_many.payee_ends_of(
            [(payer, order.to_payee) for payer, order in orders if order.to_payee is not None]
        )
        self.standings = self._standings(asked)
        self.moved: dict[int, int] = {}  # bank account -> minor units that came less those that left
        self.gone: dict[int, _Gone] = {}
        self.taken: list[_Taken] = []

    def _standings(self, asked: Sequence[Asked]) -> dict[tuple[int, str, int | None], queries.Standing]:
        keys: dict[tuple[int, str, int | None], None] = {}
        for one in asked:
            source, payee = self._source(one), self._payee(one)
            if source is not None:
                keys[(one.customer.pk, source.currency, payee.payee_id if payee else None)] = None
        return dict(zip(keys, queries_many.standings(list(keys), now=self.moment), strict=True))

    def _source(self, one: Asked) -> queries.OwnEnd | None:
        return self.own.get((one.customer.pk, one.agreed.order.source))

    def _payee(self, one: Asked) -> queries.PayeeEnd | None:
        order = one.agreed.order
        return self.payees.get((one.customer.pk, order.to_payee)) if order.to_payee is not None else None

    def _target(self, one: Asked) -> queries.OwnEnd | queries.PayeeEnd | None:
        order = one.agreed.order
        return self._payee(one) if order.to_account is None else self.own.get((one.customer.pk, order.to_account))

    def can_judge(self, one: Asked) -> bool:
        """This method will say whether all was read that decides about it.

        Accounts of class II and III have sums of their own, taken under locks of their own; a payer's transfers in
        two currencies share the limits of numbers; and what one payee may get in a day is summed from the books alone.
        """
        source, target, payee = self._source(one), self._target(one), self._payee(one)
        if source is not None and payee is not None:
            standing = self.standings[(one.customer.pk, source.currency, payee.payee_id)]
            if Which.PAYEE_DAY in standing.own:
                return False
        gone = self.gone.get(one.customer.pk)
        return not (
            (source is not None and source.classed)
            or (target is not None and target.classed)
            or (gone is not None and source is not None and gone.currency != source.currency)
        )

    def take(self, one: Asked) -> None:
        """This method will judge one after all that were taken before it, and take it. Raises as `agreed.make`."""
        customer, agreed = one.customer, one.agreed
        if customer.standing != Customer.Standing.VERIFIED:
            raise UnknownSource
        source = self._source(one)
        if source is not None and source.spendable is not None:
            source = replace(source, spendable=source.spendable + self.moved.get(source.bank_account_id, 0))
        ends = judged(customer, agreed.order, source, self._target(one))
        single.judge(customer, agreed, ends, self._standing(one, ends), on=self.on, moment=self.moment)
        if (ends.source_id, ends.destination_id) != (agreed.source.pk, agreed.destination.pk):
            raise UnknownDestination  # the payee's account is another one by now
        self._count(one, ends)
        self.taken.append(_Taken(one.customer, one.agreed, ends, uuid.uuid4()))

    def _standing(self, one: Asked, ends: Ends) -> queries.Standing:
        standing = self.standings[(one.customer.pk, ends.currency, ends.payee_id)]
        gone = self.gone.get(one.customer.pk)
        if gone is None:
            return standing
        used = standing.used
        return replace(
            standing,
            used=Used(
                used.day + gone.limited, used.month + gone.limited, used.year + gone.limited,
                used.day_count + gone.count, used.month_count + gone.count, used.year_count + gone.count,
            ),
            to_young=standing.to_young + gone.to_young,
        )  # fmt: skip

    def _count(self, one: Asked, ends: Ends) -> None:
        amount = one.agreed.order.amount
        gone = self.gone.setdefault(one.customer.pk, _Gone(ends.currency))
        if figures.is_limited(kind=ends.kind, on=self.on):
            gone.limited += amount
            gone.count += 1
        if figures.is_young(ends.payee_since, now=self.moment):
            gone.to_young += amount
        self.moved[ends.source_id] = self.moved.get(ends.source_id, 0) - amount
        self.moved[ends.destination_id] = self.moved.get(ends.destination_id, 0) + amount

    def make(self) -> list[Made]:
        """This method will book what was taken, with transfers, trail and facts, or hold what the monitor keeps back;
        answers what became of each, in order.

        A monitor that hangs is not waited for again and again: `watching.unjudged` decides about all of them. Raises
        what the books raise (ledger.posting), and MonitorFailed when the monitor fails, which one of them may be the
        cause of: then nothing of the transaction may stay.
        """
        others = [one for one in self.taken if one.ends.kind != Transfer.Kind.OWN]
        movings = [single.moving(one.customer, one.agreed, one.ends, one.made) for one in others]
        blind = False
        try:
            with transaction.atomic():
                verdicts = watching.judge_many(movings, now=self.now)
        except watching.MonitorLate as late:
            log.error("monitor_failed", transfers=len(movings), error=repr(late.__cause__ or late))
            verdicts, blind = [watching.unjudged(moving, now=self.now) for moving in movings], True
        held = {
            one.made: verdict
            for one, verdict in zip(others, verdicts, strict=True)
            if single.holds(verdict, one.agreed)
        }
        goes = [one for one in self.taken if one.made not in held]
        ids = self._book(goes, {moving.public_id for moving in movings} if blind else ())
        for one in self.taken:
            if (verdict := held.get(one.made)) is not None:
                single.hold(
                    one.customer, one.agreed, one.ends, one.made, verdict, blind=blind, on=self.on, now=self.now
                )
        if held:
            ids |= dict(Transfer.objects.filter(public_id__in=held).values_list("public_id", "pk"))
        return [Made(ids[one.made], one.agreed.order.amount, one.made in held) for one in self.taken]

    def _book(self, taken: Sequence[_Taken], not_judged: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
        if not taken:
            return {}
        posted = posting.post_many(
            [single.draft_of(one.customer, one.agreed, one.ends.shown_name, self.on) for one in taken]
        )
        rows = [
            single.row_of(one.customer, one.agreed, one.ends, one.made, entry.entry_id, self.on, self.now)
            for one, entry in zip(taken, posted, strict=True)
        ]
        made = Transfer.objects.bulk_create([Transfer(**row) for row in rows])
        facts = [
            single.fact_of(one.customer, one.agreed, row, blind=one.made in not_judged)
            for one, row in zip(taken, rows, strict=True)
        ]
        outbox.record_many(kind=CONFIRMED, facts=facts, now=self.now)
        for one in taken:
            if one.made in not_judged:
                booking.tell_operations(one.made, held=False, now=self.now)
        return {transfer.public_id: transfer.pk for transfer in made}

"""Out to the gateway: what is due goes into a message, the message to the gateway; what is not answered is asked about.

Two transactions with the gateway between them. Killed before the first: nothing has happened. Killed between them: the
same bytes are handed over again under the same name, and the other side knows them.
"""

import uuid
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from django.conf import settings
from django.db import transaction

from core import policy
from ledger.calendar import business_date
from payments.clearing import queries, signing
from payments.clearing.gateway import Gateway
from payments.clearing.messages import pacs008, pacs028
from payments.clearing.messages.safe import Unreadable
from payments.clearing.models import Batch, Payment, RepairItem
from payments.clearing.paths import Path
from payments.clearing.services import moves, promises, repairs
from payments.clearing.states import State

log = structlog.get_logger(__name__)


def send_due(*, gateway: Gateway, now: datetime) -> int:
    """This function will write what is due into messages, hand them over, and answer how many payments left."""
    while _write_some(now):
        pass
    waiting = list(Batch.objects.filter(handed_at=None).order_by("pk"))
    return sum(_hand_over(batch, gateway, now) for batch in waiting)


def _write_some(now: datetime) -> int:
    most = int(policy.value("clearing.batch_most", on=business_date(now)))
    with transaction.atomic():
        # What was held up until the large-value system closed waits for it to open, and nobody calls that sent.
        shut = () if promises.large_open(now=now) else (Path.HVPS.value,)
        due = list(
            Payment.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("source")
            .filter(state=State.ACCEPTED, batch=None, execute_at__lte=now)
            .exclude(path__in=shut)
            .exclude(repairs__cause="not_written", repairs__state=RepairItem.State.OPEN)
            .order_by("path", "pk")[:most]
        )
        for path, payments in groupby(due, key=lambda payment: payment.path):
            for part in _parts(path, list(payments)):
                _write(path, part, now)
    return len(due)


def _parts(path: str, payments: list[Payment]) -> list[list[Payment]]:
    """Batch what is cleared in batches; the other two systems take each payment by itself."""
    return [payments] if path == Path.BEPS.value else [[payment] for payment in payments]


def _write(path: str, payments: list[Payment], now: datetime) -> None:
    message_id = uuid.uuid4().hex
    try:
        content = pacs008.write(
            message_id=message_id,
            created_at=promises.local(now),
            path=path,
            own_bank=settings.CLEARING_OWN_CODE,
            instructions=[_instruction(payment, now) for payment in payments],
        )
    except Unreadable as error:
        if len(payments) > 1:  # one of them is at fault; the others shall go
            for payment in payments:
                _write(path, [payment], now)
            return
        log.error("payment_not_written", payment=payments[0].reference, error=str(error))
        repairs.queue(
            kind=RepairItem.Kind.MESSAGE,
            cause="not_written",
            reference=payments[0].reference,
            amount=payments[0].amount,
            currency=payments[0].currency,
            said=str(error),
            payment=payments[0],
            now=now,
        )
        return
    batch = Batch.objects.create(
        message_id=message_id, path=path, content=content, digest=signing.digest(content), made_at=now
    )
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(batch=batch)


def _instruction(payment: Payment, now: datetime) -> pacs008.Instruction:
    return pacs008.Instruction(
        reference=payment.reference,
        amount=payment.amount,
        currency=payment.currency,
        settle_on=business_date(now),
        payer_name=payment.payer_name,
        payer_account=payment.source.number,
        payee_name=payment.payee_name,
        payee_account=payment.payee_number,
        payee_bank=payment.payee_bank,
        memo=payment.memo,
    )


def _hand_over(batch: Batch, gateway: Gateway, now: datetime) -> int:
    gateway.send(name=f"pacs008-{batch.message_id}.xml", content=bytes(batch.content))
    with transaction.atomic():
        mine = Batch.objects.select_for_update().get(pk=batch.pk)
        if mine.handed_at is not None:
            return 0
        mine.handed_at = now
        mine.save(update_fields=["handed_at"])
        payments = list(
            Payment.objects.select_for_update(of=("self",))
            .select_related("payer__user")
            .filter(batch=mine, state=State.ACCEPTED)
            .order_by("pk")
        )
        for payment in payments:
            payment.sent_at = now
            moves.step(payment, State.SENT, now=now, also=["sent_at"])
    return len(payments)


def look_after(*, gateway: Gateway, now: datetime) -> int:
    """This function will mark what was not answered in time as being checked, ask about it, and answer how often.

    Nothing is assumed about such a payment: its money stays in clearing until the other side has spoken.
    """
    today = business_date(now)
    for path in Path:
        minutes = int(policy.value(f"clearing.answer_minutes.{path.value}", on=today))
        for public_id in queries.unanswered(sent_before=now - timedelta(minutes=minutes), path=path.value):
            with transaction.atomic():
                payment = queries.locked(Payment.objects, public_id)
                if payment is not None and payment.state == State.SENT:
                    moves.step(payment, State.CHECKING, now=now)
    again = timedelta(minutes=int(policy.value("clearing.ask_again_minutes", on=today)))
    asked = 0
    for payment in queries.to_ask_about(asked_before=now - again):
        message_id = uuid.uuid4().hex
        content = pacs028.write(
            message_id=message_id,
            created_at=promises.local(now),
            original_message=payment.batch.message_id if payment.batch else "",
            reference=payment.reference,
        )
        gateway.send(name=f"pacs028-{message_id}.xml", content=content)
        Payment.objects.filter(pk=payment.pk).update(queried_at=now)
        asked += 1
    return asked

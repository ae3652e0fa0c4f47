"""Out to the correspondents: what is ready goes into a message, the message to the gateway; then it is booked as sent.

Two transactions with the gateway between them. Killed before the first: nothing has happened. Killed between them: the
same bytes are handed over again under the same name, and the other side knows them.
"""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction

from accounts.identity import names
from core import workdays
from ledger.calendar import business_date
from payments.clearing import signing
from payments.clearing.gateway import Gateway
from payments.clearing.messages.safe import Unreadable
from payments.crossborder import correspondents, fees
from payments.crossborder import gateway as gateways
from payments.crossborder.fees import Charges
from payments.crossborder.messages import pacs008
from payments.crossborder.models import Message, Payment
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.services import coming, drafts, moves
from payments.crossborder.states import State

log = structlog.get_logger(__name__)
AT_ONCE = 200  # payments in one round


def run(*, now: datetime, gateway: Gateway | None = None) -> int:
    """This function will go one round and answer how many payments left. Must not be called in a transaction."""
    drafts.expire(now=now)
    found = gateway or gateways.chosen()
    if found is None:
        return 0
    if workdays.works_on(business_date(now)):  # correspondents take payments on working days
        _write_ready(now)
    waiting = list(Message.objects.filter(handed_at=None).order_by("pk"))
    return sum(_hand_over(message, found, now) for message in waiting)


def _write_ready(now: datetime) -> None:
    with transaction.atomic():
        ready = list(
            Payment.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("source", "payer")
            .filter(state=State.READY, message=None)
            .order_by("confirmed_at", "pk")[:AT_ONCE]
        )
        for payment in ready:
            _write(payment, now)


def _write(payment: Payment, now: datetime) -> None:
    carries = correspondents.of(payment.currency)
    if carries is None:
        log.error("no_correspondent", payment=payment.reference, currency=payment.currency)
        coming.queue(payment, "not_written", said="no correspondent", now=now)
        return
    message_id = uuid.uuid4().hex
    try:
        content = pacs008.write(
            message_id=message_id,
            created_at=now.astimezone(ZoneInfo(settings.TIME_ZONE)),
            own_bic=settings.CROSSBORDER_OWN_BIC,
            correspondent=carries.bic,
            nostro=carries.account,
            payment=_as_written(payment, now),
        )
    except Unreadable as error:
        log.error("payment_not_written", payment=payment.reference, error=str(error))
        coming.queue(payment, "not_written", said=str(error), now=now)
        return
    payment.message = Message.objects.create(
        message_id=message_id,
        currency=payment.currency,
        correspondent=carries.bic,
        content=content,
        digest=signing.digest(content),
        made_at=now,
    )
    payment.save(update_fields=["message"])


def _as_written(payment: Payment, now: datetime) -> pacs008.Abroad:
    purpose = PURPOSES[payment.purpose]
    return pacs008.Abroad(
        reference=payment.reference,
        uetr=str(payment.public_id),
        amount=payment.amount,
        leaves=payment.leaves,
        currency=payment.currency,
        bearer=fees.BEARER[Charges(payment.charges)],
        fee=payment.fee,
        fee_currency=payment.fee_currency,
        settle_on=business_date(now),
        payer_name=latin(payment.payer_name),
        payer_account=payment.source.number,
        payer_id=payment.payer.public_id.hex,
        payee_name=payment.payee_name,
        payee_address=payment.payee_address,
        payee_country=payment.payee_country,
        payee_bic=payment.payee_bic,
        payee_number=payment.payee_number,
        is_iban=payment.is_iban,
        purpose=purpose.iso,
        purpose_words=purpose.said,
        memo=payment.memo,
    )


def latin(name: str) -> str:
    """This function will write a name in the plain Latin letters every bank on the way can read: WANG XIAO MING."""
    if not names.han(name):
        return name
    from pypinyin import lazy_pinyin  # reason: its tables are large, and the web never needs them

    return " ".join(lazy_pinyin(name, v_to_u=False, errors="ignore")).upper()


def _hand_over(message: Message, gateway: Gateway, now: datetime) -> int:
    gateway.send(name=f"abroad008-{message.message_id}.xml", content=bytes(message.content))
    with transaction.atomic():
        mine = Message.objects.select_for_update().get(pk=message.pk)
        if mine.handed_at is not None:
            return 0
        mine.handed_at = now
        mine.save(update_fields=["handed_at"])
        payments = list(
            Payment.objects.select_for_update(of=("self",))
            .select_related("payer__user")
            .filter(message=mine, state=State.READY)
            .order_by("pk")
        )
        for payment in payments:
            moves.send(payment, now=now)
    return len(payments)

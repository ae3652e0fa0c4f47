"""What payments stand against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.ending import Obstacle
from accounts.models import Customer, Disposition
from core.outbox import Fact
from payments import ways
from payments.models import Holding, StandingOrder, Transfer


def drafts(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:
    """This function will name the transfers that wait for the customer's confirmation; they lapse by themselves."""
    waiting = list(
        Transfer.objects.filter(payer=customer, state=Transfer.State.DRAFT, expires_at__gt=now)
        .order_by("-created_at")
        .values_list("public_id", flat=True)
    )
    if not waiting:
        return []
    text = ngettext(
        "%(count)d transfer waits for your confirmation. Confirm it, or let it lapse.",
        "%(count)d transfers wait for your confirmation. Confirm them, or let them lapse.",
        len(waiting),
    ) % {"count": len(waiting)}
    return [Obstacle("drafts", text, reverse("transfer_check", args=[waiting[0]]), _("See the transfer"))]


def held(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - the door's shape
    """This function will name the payments that are held; each is sent or given back by itself."""
    waiting = list(
        Holding.objects.filter(payer=customer, state=Holding.State.HELD).order_by("-pk").values_list("payment", "kind")
    )
    if not waiting:
        return []
    payment_id, kind = waiting[0]
    text = ngettext(
        "%(count)d transfer is being held. Send it or stop it, or wait until its time is over.",
        "%(count)d transfers are being held. Send them or stop them, or wait until their time is over.",
        len(waiting),
    ) % {"count": len(waiting)}
    return [Obstacle("held", text, ways.of(kind).shown(payment_id).page, _("See the transfer"))]


def end_standing_orders(fact: Fact) -> None:
    """This handler will end the standing orders on the accounts of a relationship that has ended."""
    StandingOrder.objects.filter(
        source__dispositions__customer__public_id=fact.payload["customer"],
        source__dispositions__role=Disposition.Role.OWNER,
        status=StandingOrder.Status.ACTIVE,
    ).update(status=StandingOrder.Status.ENDED)

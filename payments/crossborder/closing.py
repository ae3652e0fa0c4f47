"""What payments abroad stand against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.ending import Obstacle
from accounts.models import Customer
from payments.crossborder.models import Payment
from payments.crossborder.states import IN_TRANSIT, State


def under_way(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - what is under way is so now
    """This function will name the payments whose end nobody knows yet: their money may come back to an account."""
    open_ones = [each.value for each in IN_TRANSIT | {State.SENT}]
    count = Payment.objects.filter(payer=customer, state__in=open_ones).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d payment abroad is under way. Wait until it has arrived or come back.",
        "%(count)d payments abroad are under way. Wait until they have arrived or come back.",
        count,
    ) % {"count": count}
    return [Obstacle("payments_abroad", text, reverse("payments_abroad"), _("See the payments"))]

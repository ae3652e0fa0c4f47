"""What payments to other banks stand against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.ending import Obstacle
from accounts.models import Customer
from payments.clearing.models import Payment
from payments.clearing.states import IN_FLIGHT


def under_way(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - what is under way is so now
    """This function will name the payments whose outcome nobody knows yet: their money may come back to an account."""
    count = Payment.objects.filter(payer=customer, state__in=IN_FLIGHT).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d payment to another bank is under way. Wait until it has arrived or come back.",
        "%(count)d payments to other banks are under way. Wait until they have arrived or come back.",
        count,
    ) % {"count": count}
    return [Obstacle("bank_payments", text, reverse("bank_payments"), _("See the payments"))]

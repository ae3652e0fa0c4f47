"""What of the counter stands against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ending import Obstacle
from accounts.models import Customer
from payments.counter.models import Operation


def under_way(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - what waits, waits now
    """This function will name operations at the counter that a second person has not decided yet."""
    waits = Operation.objects.filter(customer=customer, state=Operation.State.WAITING, change__state="asked").exists()
    if not waits:
        return []
    text = _("A branch counter is still seeing to something for you. Wait until it is done, or ask at the branch.")
    return [Obstacle("counter", text, reverse("accounts_overview"), _("See your accounts"))]

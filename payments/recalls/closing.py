"""What stands here against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.ending import Obstacle
from accounts.models import Customer
from payments.recalls import queries
from payments.recalls.models import Dispute


def open_matters(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - what is open is so now
    """This function will name the money asked back and the movements looked into: both may still bring money."""
    recalls = queries.open_recalls(customer)
    disputes = customer.disputes.filter(state=Dispute.State.OPEN).count()
    found = []
    if recalls:
        text = ngettext(
            "You have asked for %(count)d payment back. Wait for the answer: the money may come to your account.",
            "You have asked for %(count)d payments back. Wait for the answers: the money may come to your account.",
            recalls,
        ) % {"count": recalls}
        found.append(Obstacle("recalls", text, reverse("recalls"), _("See what you asked for")))
    if disputes:
        text = ngettext(
            "We look into %(count)d movement for you. Wait for the answer, or take it back.",
            "We look into %(count)d movements for you. Wait for the answers, or take them back.",
            disputes,
        ) % {"count": disputes}
        found.append(Obstacle("disputes", text, reverse("recalls"), _("See what we look into")))
    return found

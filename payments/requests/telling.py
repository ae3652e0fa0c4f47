"""What this room says on the pages of others: a request on the check page, and what can be done on a receipt."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.clearing.models import Payment
from payments.models import Transfer
from payments.movements import Act, Movement
from payments.requests import queries
from payments.requests.services import paying
from payments.vouching import Told


def told(transfer_id: uuid.UUID, now: datetime) -> Told | None:  # noqa: ARG001 - part of the door
    """This function will say on the check page who asked for the money, and where to change what was filled in."""
    request = paying.request_of(transfer_id)
    if request is None:
        return None
    return Told(
        change_url=reverse("request_pay", args=[request.token]),
        template="requests/_told.html",
        values={"looked": queries.looked_at(request)},
    )


def acts(*, customer: Customer, movement: Movement) -> Sequence[Act]:
    """This function will offer to send again, and to keep as a template, what a customer has sent."""
    if movement.amount > 0:
        return []
    for form, kind in (("transfer", Transfer), ("bank_transfer", Payment)):
        of = kind.objects.filter(entry_id=movement.entry_id, payer=customer).values_list("public_id", flat=True).first()
        if of is not None:
            return [
                Act(_("Send again"), f"{reverse(form)}?again={of}", "transfer"),
                Act(_("Keep as a template"), f"{reverse('template_new')}?of={of}", "plus"),
            ]
    return []

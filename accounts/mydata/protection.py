"""The mark on a customer whose record asks for a reason: put there and taken away by two people (core.changes)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from accounts.mydata.models import Protection
from core import audit
from core.changes.errors import Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.reviews.subject import Person, Text

ON, OFF = "on", "off"
ACTS: Final = {ON: gettext_lazy("Protect the record"), OFF: gettext_lazy("End the protection")}


class ProtectionChange:
    """Payload: customer (public id), act ("on" or "off"), why."""

    label: Text = gettext_lazy("Special protection of a customer")
    hint: Text = gettext_lazy("A record that colleagues open only for a task or with a reason.")

    def key(self, payload: Payload) -> str:
        return str(payload["customer"])

    def title(self, payload: Payload) -> str:
        return f"{'+' if payload['act'] == ON else '-'} {payload['customer']}"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(1)

    def why(self, code: str) -> Text:
        return code

    def validate(self, payload: Payload, *, now: datetime) -> None:  # noqa: ARG002
        stands = Protection.objects.filter(customer=_customer(payload), ended_at=None).exists()
        if stands == (payload["act"] == ON):
            raise Refused(
                lambda: _("This record is protected already.") if stands else _("This record is not protected."),
                field="customer",
            )

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        return Preview(
            [
                Line(gettext_lazy("Customer"), str(_customer(payload).public_id)),
                Line(gettext_lazy("Act"), ACTS[payload["act"]]),
                Line(gettext_lazy("Why"), payload["why"]),
            ],
            [_("From then on the auditors are told of everybody who opens the record without a task.")]
            if payload["act"] == ON
            else [_("From then on colleagues open the record as any other.")],
        )

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        rows = Protection.objects.select_for_update() if lock else Protection.objects
        return str(rows.filter(customer=_customer(payload), ended_at=None).values_list("public_id", flat=True).first())

    def concerns(self, payload: Payload, user: Person) -> bool:
        return bool(_customer(payload).user_id == user.pk)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002
        customer = _customer(payload)
        self.validate(payload, now=now)
        if payload["act"] == ON:
            Protection.objects.create(customer=customer, reason=payload["why"], since=now)
        else:
            Protection.objects.filter(customer=customer, ended_at=None).update(ended_at=now)
        audit.record(
            act=f"mydata.protection_{payload['act']}", subject=customer, actor=actor, reason=payload["why"], now=now
        )
        return {"customer": str(customer.public_id), "protected": payload["act"] == ON}


def _customer(payload: Payload) -> Customer:
    """Find the customer. Raises Refused."""
    try:
        return Customer.objects.get(public_id=uuid.UUID(str(payload["customer"])))
    except (ValueError, Customer.DoesNotExist):
        raise Refused(
            lambda: _("There is no customer of this id. It stands on the customer's record."), field="customer"
        ) from None

"""What in the identity check stands against the end of a relationship (accounts.ending)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ending import Obstacle
from accounts.identity.models import Verification
from accounts.models import Customer


def open_cases(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - the checks' signature
    """This function will name an application for verification that is being decided."""
    waiting = (Verification.State.SUBMITTED, Verification.State.IN_REVIEW)
    if not Verification.objects.filter(customer=customer, state__in=waiting).exists():
        return []
    return [
        Obstacle(
            "identity",
            _("The check of your identity is not finished. Wait for the answer, or take the application back."),
            reverse("identity_status"),
            _("See where it stands"),
        )
    ]

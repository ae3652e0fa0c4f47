"""Looking again at an application that was declined by mistake."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.identity.models import Verification
from accounts.identity.services import SUBJECT
from core import audit
from core.reviews import services as desk

State = Verification.State
OVER = (State.DECLINED, State.WITHDRAWN)


def reopen(*, public_id: str, now: datetime) -> bool:
    """This function will put a declined application back before the desk and tell its customer; say whether it did.

    Needs an open transaction and locks the application. Not what was approved: an account was opened on it. Nor where
    the customer has begun anew: the new application is the one that counts.
    """
    verification = Verification.objects.select_for_update(of=("self",)).get(public_id=public_id)
    later = Verification.objects.filter(customer_id=verification.customer_id, pk__gt=verification.pk)
    if verification.state != State.DECLINED or later.exclude(state__in=OVER).exists():
        return False
    case, reasons = desk.newest(SUBJECT, public_id), verification.decline_reasons
    verification.state, verification.decided_at, verification.decline_reasons = State.IN_REVIEW, None, []
    verification.save(update_fields=["state", "decided_at", "decline_reasons"])
    audit.record(
        act="identity.reopened",
        subject=verification,
        actor="system: review desk",
        before={"state": State.DECLINED.value, "reasons": reasons},
        after={"state": verification.state},
        now=now,
    )
    if verification.customer.user is not None:
        inbox.send(
            user=verification.customer.user,
            event="identity.reopened",
            key=f"identity.reopened:{case.public_id if case else public_id}",  # the case that is corrected
            text=_again,
            link=reverse("identity_status"),
            now=now,
        )
    return True


def _again() -> tuple[str, str]:
    return (
        _("We are looking at your application again"),
        _("A colleague looks at it anew, and somebody else than before decides. There is nothing you have to do."),
    )

"""Reading requests, always through the person they are about."""

import hmac
import unicodedata
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.access.models import KnownDevice
from accounts.identity.models import Document, Verification
from accounts.models import Customer, PastContact, User
from accounts.recovery import figures
from accounts.recovery.models import Evidence, Recovery
from core import policy
from ledger.money import Money

State = Recovery.State


def open_one(user: User) -> Recovery | None:
    """This function will find the request that is being filled in, decided or waited for."""
    return Recovery.objects.filter(user=user, state__in=Recovery.OPEN).first()


def waiting_one(user: User) -> Recovery | None:
    """This function will find the request that its owner could still stop."""
    return Recovery.objects.filter(user=user, state__in=Recovery.WAITING).first()


def latest(user: User) -> Recovery | None:
    """This function will find a person's newest request."""
    return Recovery.objects.filter(user=user).order_by("-id").first()


def to_stop(public_id: uuid.UUID) -> Recovery | None:
    """This function will find what the link of a notice speaks of, whatever became of it."""
    return Recovery.objects.select_related("user").filter(public_id=public_id).first()


def sent_lately(user: User, *, now: datetime) -> int:
    """This function will count the requests a person has sent in the last thirty days."""
    return Recovery.objects.filter(user=user, sent_at__gt=now - timedelta(days=30)).count()


def evidence_of(recovery: Recovery) -> dict[str, Evidence]:
    """This function will give the photos of a request by side."""
    return {row.side: row for row in Evidence.objects.filter(recovery=recovery)}


def verified_record(user: User) -> Verification | None:
    """This function will find the identity that was verified when the person became a customer."""
    return Verification.objects.filter(customer__user=user, state=Verification.State.APPROVED).first()


def enrolment_photos(user: User) -> dict[str, Document]:
    """This function will give the photos of that identity by side; none where there is no record."""
    record = verified_record(user)
    return {row.side: row for row in Document.objects.filter(verification=record)} if record else {}


def one_spelling(number: str) -> str:
    """This function will bring a document number to the spelling in which two are compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", number).upper() if c.isalnum())


def is_the_number(recovery: Recovery, record: Verification) -> bool:
    """This function will say whether the number that was typed is the one that was verified."""
    typed, known = one_spelling(recovery.number), one_spelling(record.number)
    return bool(known) and hmac.compare_digest(typed.encode(), known.encode())


def contact_changed_since(user: User, since: datetime) -> bool:
    """This function will say whether the address or the number was changed after a moment."""
    return PastContact.objects.filter(user=user, replaced_at__gt=since).exists()


def is_known_device(user: User, digest: str) -> bool:
    """This function will say whether a person has signed in with a browser before."""
    return KnownDevice.objects.filter(user=user, digest=digest).exists()


def daily_most(*, customer: Customer, currency: str, now: datetime) -> int | None:
    """This function will say how much may leave online in a day while a new second step is young, in minor units.

    None where nothing is held back. A currency without a figure lets nothing leave. No query: the customer knows.
    """
    until = customer.careful_until
    if until is None or until <= now:
        return None
    try:
        most = figures.cooling_most(currency, timezone.localdate(now))
    except policy.UnknownPolicy:
        return 0
    return Money.of(str(most), currency).minor

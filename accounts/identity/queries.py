"""Reading applications, always through their owner."""

from dataclasses import dataclass
from datetime import date

from accounts.identity import expiry
from accounts.identity.figures import terms
from accounts.identity.models import Document, Verification
from accounts.models import Customer

STATES = Verification.State
GOOD = expiry.Stage.GOOD


def open_one(customer: Customer) -> Verification | None:
    """This function will find the application that is being filled in or decided."""
    return Verification.objects.filter(customer=customer, state__in=Verification.OPEN).first()


def latest(customer: Customer) -> Verification | None:
    """This function will find a customer's newest application."""
    return Verification.objects.filter(customer=customer).order_by("-id").first()


def latest_sent(customer: Customer) -> Verification | None:
    """This function will find the newest application a customer has sent."""
    return Verification.objects.filter(customer=customer).exclude(state=STATES.DRAFT).order_by("-id").first()


def approved_one(customer: Customer) -> Verification | None:
    """This function will find the identity by which a customer is verified now; None where another bank saw it."""
    return Verification.objects.filter(customer=customer, state=STATES.APPROVED).first()


def latest_renewal(verified: Verification) -> Verification | None:
    """This function will find the newest renewal of a verified identity, whatever became of it."""
    return Verification.objects.filter(renews=verified).order_by("-id").first()


def standing_of(expires_on: date | None, *, today: date) -> expiry.Standing:
    """This function will say how a document stands on a business date, by the policy figures. It asks no table.

    `expires_on` is `Customer.document_expires_on`. Raises core.policy.UnknownPolicy.
    """
    return expiry.standing(expires_on, today=today, terms=terms(today)) if expires_on else expiry.Standing(GOOD)


def money_stays(expires_on: date | None, *, today: date) -> bool:
    """This function will say whether money may no longer leave, because a document expired too long ago."""
    return standing_of(expires_on, today=today).stage is expiry.Stage.STOPPED


@dataclass(frozen=True, slots=True)
class Reminder:
    """What home and the page about me say of a document; `waits`: a renewal is being looked at."""

    standing: expiry.Standing
    waits: bool


def reminder(customer: Customer, *, today: date) -> Reminder | None:
    """This function will say what to remind a customer of; None, without a query, while there is nothing."""
    found = standing_of(customer.document_expires_on, today=today)
    if found.stage is expiry.Stage.GOOD or customer.standing != Customer.Standing.VERIFIED:
        return None
    waiting = Verification.objects.filter(customer=customer, state__in=[STATES.SUBMITTED, STATES.IN_REVIEW])
    return Reminder(found, waiting.exists())


def documents_of(verification: Verification) -> dict[str, Document]:
    """This function will give the photos of an application by side."""
    return {document.side: document for document in Document.objects.filter(verification=verification)}


def document_of(customer: Customer, side: str) -> Document | None:
    """This function will find a photo of a customer's newest application; another's does not exist."""
    verification = latest(customer)
    if verification is None:
        return None
    return Document.objects.filter(verification=verification, side=side).first()


def same_number(verification: Verification) -> tuple[int, int]:
    """This function will count other customers with the same number: those verified, and all who sent it."""
    if not verification.number_index:
        return 0, 0
    others = (
        Verification.objects.filter(number_index=verification.number_index)
        .exclude(customer_id=verification.customer_id)
        .exclude(state=STATES.DRAFT)
        .values_list("customer_id", "state")
    )
    rows = list(others)
    approved = {customer for customer, state in rows if state in Verification.VERIFIED}
    return len(approved), len({customer for customer, _state in rows})

"""Reading applications, always through their owner."""

from accounts.identity.models import Document, Verification
from accounts.models import Customer

STATES = Verification.State


def open_one(customer: Customer) -> Verification | None:
    """This function will find the application that is being filled in or decided."""
    return Verification.objects.filter(customer=customer, state__in=Verification.OPEN).first()


def latest(customer: Customer) -> Verification | None:
    """This function will find a customer's newest application."""
    return Verification.objects.filter(customer=customer).order_by("-id").first()


def latest_sent(customer: Customer) -> Verification | None:
    """This function will find the newest application a customer has sent."""
    return Verification.objects.filter(customer=customer).exclude(state=STATES.DRAFT).order_by("-id").first()


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
    approved = {customer for customer, state in rows if state == STATES.APPROVED}
    return len(approved), len({customer for customer, _state in rows})

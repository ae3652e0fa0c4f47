"""What ends with a relationship (accounts.mydata)."""

from accounts.models import Customer
from core.outbox import Fact
from payments.requests.services import keeping


def end_requests(fact: Fact) -> None:
    """This handler will cancel the open requests of a relationship that has ended."""
    keeping.end_all(customer=Customer.objects.get(public_id=fact.payload["customer"]), now=fact.created_at)

"""What ends with a relationship (accounts.mydata)."""

from accounts.models import Customer
from core.outbox import Fact
from payments.schedules.services.keeping import end_all


def end_schedules(fact: Fact) -> None:
    """This handler will end the dated transfers and standing orders of a relationship that has ended."""
    end_all(customer=Customer.objects.get(public_id=fact.payload["customer"]), now=fact.created_at)

"""What is held back: orders since a sign-in that was not their owner's (accounts.freezing), payments by the rules."""

import uuid
from datetime import datetime

from accounts.models import Customer
from core.outbox import Fact
from payments.schedules import notices
from payments.schedules.services import returning
from payments.schedules.services.keeping import pause_agreed_since


def pause_what_was_agreed(fact: Fact) -> None:
    """This handler will pause the orders that were agreed or changed since that sign-in, and tell the owner which.

    Orders from before go on: they are the owner's own. A paused one runs again when the owner says so.
    """
    customer = Customer.objects.select_related("user").filter(user__public_id=fact.payload["user"]).first()
    if customer is None:
        return
    since = datetime.fromisoformat(fact.payload["since"])
    paused = pause_agreed_since(customer=customer, since=since, now=fact.created_at)
    for schedule in paused:
        notices.held(customer=customer, schedule=schedule, fact=fact.id, now=fact.created_at)


def date_was_given_back(fact: Fact) -> None:
    """This handler will count the date of an order whose held payment was given back as not paid."""
    returning.not_paid(payment=uuid.UUID(fact.payload["transfer"]), now=fact.created_at)

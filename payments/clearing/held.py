"""What is taken back when somebody says that a sign-in was not theirs (accounts.freezing)."""

from datetime import datetime

from accounts.models import Customer
from core.outbox import Fact
from payments.clearing import queries
from payments.clearing.models import Payment
from payments.clearing.services import moves
from payments.clearing.services.payments import may_take_back
from payments.clearing.states import State


def take_back_what_has_not_left(fact: Fact) -> None:
    """This handler will give back what was paid to other banks since that sign-in and has not left yet.

    The money returns to the account it came from; the owner may send it again. What has left is not touched.
    """
    customer = Customer.objects.filter(user__public_id=fact.payload["user"]).first()
    if customer is None:
        return
    since = datetime.fromisoformat(fact.payload["since"])
    waiting = Payment.objects.filter(payer=customer, state=State.ACCEPTED, confirmed_at__gte=since).order_by("pk")
    for public_id in waiting.values_list("public_id", flat=True):
        payment = queries.locked(customer.bank_payments, public_id)
        if payment is not None and may_take_back(payment, now=fact.created_at):
            moves.give_back(payment, State.REVOKED, now=fact.created_at, actor="access locked by its owner")

"""A standing order of the demo bank, agreed to as a customer does: filled in, checked, confirmed with a code."""

import uuid
from datetime import datetime, timedelta

from accounts.access import codes, stepup
from accounts.models import BankAccount, Customer
from ledger.calendar import business_date
from payments.schedules.rhythm import Holiday, Unit
from payments.schedules.services import proposals
from payments.schedules.terms import Terms
from portal.demo import people

FORM = uuid.uuid5(uuid.NAMESPACE_URL, "demo:standing-order")
AMOUNT = 1_000_00


def put_aside(customer: Customer, *, to: BankAccount, now: datetime) -> None:
    """This function will have a customer put some money aside on their other account every month, once."""
    if customer.schedules.exists() or customer.user is None:
        return
    earlier = now - timedelta(hours=1)  # so that the code used up here is not the one somebody signs in with
    source = BankAccount.objects.filter(customers=customer, status="open").exclude(pk=to.pk).earliest("pk")
    wanted = Terms(
        source=source.public_id, to_account=to.public_id, to_payee=None, amount=AMOUNT, memo="旅行",
        unit=Unit.MONTH, starts_on=business_date(now) + timedelta(days=3), last_day=True, holiday=Holiday.BEFORE,
        notice_days=1,
    )  # fmt: skip
    proposal = proposals.propose(customer=customer, key=FORM, terms=wanted, now=earlier)
    shown = proposals.shown(customer=customer, proposal_id=proposal, now=earlier)
    question = stepup.start(
        user=customer.user, operation=proposals.OPERATION, payload=proposals.approved(shown),
        proof=proposals.proof_for(shown, now=earlier), now=earlier,
    )  # fmt: skip
    code = codes.code_at(secret=people.totp_secret(people.CUSTOMER), moment=earlier)
    stepup.answer(user=customer.user, challenge_id=question.id, code=code, now=earlier)
    proposals.confirm(customer=customer, proposal_id=proposal, challenge_id=question.id, now=earlier)

"""Dated transfers and standing orders as their payers agreed to them."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import Customer
from core.runs.models import Item, Run, StepProgress
from ledger.calendar import business_date
from payments.schedules.models import Proposal, Schedule
from payments.schedules.rhythm import Unit
from payments.schedules.services import proposals
from payments.schedules.terms import Terms
from tests.factories import payments as money


def terms(two: money.Pair, *, amount: int = 100_00, starts_on: str = "2026-11-30", **given: Any) -> Terms:
    """Once, from the payer's account to the payee, unless said otherwise."""
    values: dict[str, Any] = {
        "source": two.source.public_id, "to_account": None, "to_payee": two.payee.public_id, "amount": amount,
        "memo": "rent", "unit": Unit.ONCE, "starts_on": date.fromisoformat(starts_on),
    }  # fmt: skip
    return Terms(**{**values, **given})


def approve(customer: Customer, proposal_id: uuid.UUID, *, now: datetime) -> uuid.UUID:
    """Confirm a proposal with an answered question."""
    one = proposals.shown(customer=customer, proposal_id=proposal_id, now=now)
    assert customer.user is not None
    question = stepup.start(
        user=customer.user, operation=proposals.OPERATION, payload=proposals.approved(one),
        proof=proposals.proof_for(one, now=now), now=now,
    )  # fmt: skip
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    return proposals.confirm(customer=customer, proposal_id=proposal_id, challenge_id=question.id, now=now)


def agree(two: money.Pair, wanted: Terms, *, now: datetime) -> Schedule:
    """An order in force."""
    proposal = proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=wanted, now=now)
    return Schedule.objects.get(public_id=approve(two.payer, proposal, now=now))


def tomorrow(now: datetime) -> str:
    """The first date that can be agreed."""
    return (business_date(now) + timedelta(days=1)).isoformat()


def waiting(two: money.Pair, *, now: datetime) -> uuid.UUID:
    """An order on its check page, once for each payer."""
    found = Proposal.objects.filter(customer=two.payer, made=None).first()
    if found is not None:
        return found.public_id
    wanted = terms(two, starts_on=tomorrow(now))
    return proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=wanted, now=now)


def one_of(two: money.Pair, *, now: datetime) -> Schedule:
    """An order in force, once for each payer."""
    found = two.payer.schedules.filter(state="active").first()
    return found or agree(two, terms(two, unit=Unit.DAY, starts_on=tomorrow(now)), now=now)


def parked_item(*, now: datetime) -> Item:
    """An item of a business day that failed too often."""
    found = Item.objects.filter(state="parked").first()
    if found is not None:
        return found
    run = Run.objects.create(name="end_of_day", day=business_date(now), started_at=now)
    step = StepProgress.objects.create(run=run, name="ledger.check_books", position=0, state="running")
    return Item.objects.create(step=step, key="all", state="parked", attempts=5, error="BooksDrift", at=now)


def long_open(*, now: datetime) -> Run:
    """A business day that is open so long that a person is asked."""
    day = business_date(now) - timedelta(days=40)
    return Run.objects.get_or_create(name="end_of_day", day=day, defaults={"started_at": now})[0]

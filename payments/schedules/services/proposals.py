"""Fill in, check, confirm: a new order, or a change of one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.access import stepup
from accounts.access.proof import Proof, required
from accounts.models import Customer
from core import audit, policy, workdays
from ledger.calendar import business_date
from payments import figures
from payments import queries as payment_queries
from payments.clearing.services import agreed_payments
from payments.models import StandingOrder, Transfer
from payments.refusals import NotOffered, SumUnconfirmed
from payments.schedules import queries
from payments.schedules.ends import Ends, look_up
from payments.schedules.models import Proposal, Schedule
from payments.schedules.refusals import (
    AboveLimit,
    HasEnded,
    MovedOn,
    NeverDue,
    NothingLeft,
    TooEarly,
    TooLate,
    TooMany,
    UnknownProposal,
    UnknownSchedule,
)
from payments.schedules.rhythm import Due, Unit, following
from payments.schedules.terms import Terms
from payments.services.rules import OPERATION as TRANSFER

OPERATION = "payments.schedule"
AGREED, CHANGED = "payments.schedule_agreed", "payments.schedule_changed"


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as its check page shows it. `first` is the date of the next payment."""

    public_id: uuid.UUID
    terms: Terms
    ends: Ends
    first: Due
    changes: Schedule | None
    made: uuid.UUID | None
    key: uuid.UUID


def propose(
    *,
    customer: Customer,
    key: uuid.UUID,
    terms: Terms,
    changes: uuid.UUID | None = None,
    version: int = 0,
    brought: uuid.UUID | None = None,
    now: datetime,
) -> uuid.UUID:
    """This function will keep an order to be checked and confirmed, once for each form (`key`); answers its public id.

    The same form with other content takes the place of what it said before, until it is confirmed. `changes` names the
    order that is changed and `version` what of it was shown; `brought` an order of another bank that comes to life.
    Nothing moves. Raises the refusals of payments.schedules.refusals, and of a transfer to these ends.
    """
    schedule = queries.own(customer, changes) if changes else None
    if changes and schedule is None:
        raise UnknownSchedule
    origin = _origin(customer, brought) if brought else None
    _judge(customer, terms, schedule, version, now)
    life = timedelta(minutes=int(policy.value("transfer.draft_minutes", on=business_date(now))))
    values = {
        "terms": terms.stored(), "changes": schedule, "version": version, "brought": origin, "created_at": now,
        "expires_at": now + life,
    }  # fmt: skip
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        found = Proposal.objects.filter(customer=customer, key=key).first()
        if found is not None and found.made_id is not None:
            return found.public_id
        proposal, _new = Proposal.objects.update_or_create(customer=customer, key=key, defaults=values)
    return proposal.public_id


def shown(*, customer: Customer, proposal_id: uuid.UUID, now: datetime) -> Shown:
    """This function will find what waits for confirmation, or was confirmed. Raises UnknownProposal, and what
    `propose` raises when it would be refused by now."""
    proposal = (
        Proposal.objects.select_related("changes", "made").filter(customer=customer, public_id=proposal_id).first()
    )
    if proposal is None or (proposal.made is None and proposal.expires_at <= now):
        raise UnknownProposal
    terms = Terms.read(proposal.terms)
    ends = look_up(customer, terms)
    first = _first(terms, proposal.changes, now)
    if first is None and proposal.made is None:
        raise NeverDue
    return Shown(
        proposal.public_id, terms, ends,
        first or Due(0, terms.starts_on, terms.starts_on),
        proposal.changes, proposal.made.public_id if proposal.made else None, proposal.key,
    )  # fmt: skip


def approved(one: Shown) -> Mapping[str, Any]:
    """This function will spell the whole order out as it is approved: the payload of the step-up."""
    return {
        "order": str(one.public_id),
        "changes": str(one.changes.public_id) if one.changes else "",
        "from": one.ends.source_number,
        "bank": one.ends.bank_code,
        "to": one.ends.number,
        "payee": one.ends.shown_name,
        "currency": one.ends.currency,
        **_without_ends(one.terms),
    }


def proof_for(one: Shown, *, now: datetime) -> Proof:
    """This function will say which proof an order takes: what a transfer of its amount would, by itself, today."""
    if one.ends.kind == Transfer.Kind.OWN:
        return Proof.ANY
    return required(
        operation=TRANSFER, amount=one.terms.amount, currency=one.ends.currency, used_today=0, on=business_date(now)
    )


def asked_in_words(one: Shown, *, now: datetime) -> bool:
    """This function will say whether each payment is a large sum by itself, to be confirmed once more in words.

    银发〔2016〕261号, as for a transfer. Raises NotOffered where nobody has laid down what a large sum is.
    """
    if one.ends.kind == Transfer.Kind.OWN:
        return False
    try:
        return one.terms.amount > figures.large_sum(currency=one.ends.currency, on=business_date(now))
    except policy.UnknownPolicy as missing:
        raise NotOffered(one.ends.currency) from missing


def confirm(
    *,
    customer: Customer,
    proposal_id: uuid.UUID,
    challenge_id: uuid.UUID,
    session: str = "",
    in_words: int | None = None,
    now: datetime,
) -> uuid.UUID:
    """This function will put an order, or its change, into force, once; answers the public id of the order.

    Starts a transaction and locks the payer, then the order that is changed: a date that is being paid is waited for.
    The answered step-up opens exactly these terms. `in_words` is the amount, in minor units, that was confirmed in
    words where `asked_in_words` says so. A repeat answers the first result. Raises UnknownProposal, MovedOn, HasEnded,
    SumUnconfirmed, what `propose` raises, and stepup.Refused.
    """
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        proposal = (
            Proposal.objects.select_for_update(of=("self",))
            .select_related("made", "brought")
            .filter(customer=customer, public_id=proposal_id)
            .first()
        )
        if proposal is None:
            raise UnknownProposal
        if proposal.made is not None:
            return proposal.made.public_id
        if proposal.changes_id is not None:
            Schedule.objects.select_for_update().get(pk=proposal.changes_id)
        one = shown(customer=customer, proposal_id=proposal_id, now=now)
        _judge(customer, one.terms, one.changes, proposal.version, now)
        if asked_in_words(one, now=now) and in_words != one.terms.amount:
            raise SumUnconfirmed(one.terms.amount, one.ends.currency)
        stepup.consume(
            user=customer.user,  # type: ignore[arg-type]  # who confirms is signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=stepup.bound(approved(one), proof_for(one, now=now)),
            session=session,
            now=now,
        )
        if one.changes is None:
            schedule = _agree(customer, one, challenge_id, proposal.brought, now)
        else:
            schedule = _change(customer, one.changes, one, challenge_id, now)
        proposal.made = schedule
        proposal.save(update_fields=["made"])
    return schedule.public_id


def _agree(
    customer: Customer, one: Shown, challenge_id: uuid.UUID, brought: StandingOrder | None, now: datetime
) -> Schedule:
    schedule = Schedule(
        payer=customer, source_id=one.ends.source_id, destination_id=one.ends.destination_id,
        payee_id=one.ends.payee_id, other_payee_id=one.ends.other_payee_id, kind=one.ends.kind,
        shown_name=one.ends.shown_name, currency=one.ends.currency, unit=one.terms.unit.value,
        every=one.terms.every, starts_on=one.terms.starts_on,
        last_day=one.terms.last_day, brought=brought, created_at=now,
    )  # fmt: skip
    _set(schedule, one, challenge_id)
    schedule.save()
    audit.record(
        act=AGREED, subject=_subject(schedule), actor=customer.user, after=_written(one.terms, one.ends), now=now
    )
    return schedule


def _change(customer: Customer, schedule: Schedule, one: Shown, challenge_id: uuid.UUID, now: datetime) -> Schedule:
    before = changeable(schedule)
    schedule.version += 1
    _set(schedule, one, challenge_id)
    schedule.save()
    audit.record(
        act=CHANGED, subject=_subject(schedule), actor=customer.user, before=before, after=changeable(schedule), now=now
    )
    return schedule


def _set(schedule: Schedule, one: Shown, challenge_id: uuid.UUID) -> None:
    """What an agreement and a change both put in place."""
    terms = one.terms
    schedule.amount, schedule.memo, schedule.holiday = terms.amount, terms.memo, terms.holiday.value
    schedule.until, schedule.count, schedule.total = terms.until, terms.count, terms.total
    schedule.notice_days, schedule.step_up = terms.notice_days, challenge_id
    schedule.next_index, schedule.next_nominal, schedule.next_day = one.first.index, one.first.nominal, one.first.day


def changeable(schedule: Schedule) -> dict[str, Any]:
    """This function will write down what of an order a change may touch."""
    return {
        "amount": schedule.amount, "memo": schedule.memo, "holiday": str(schedule.holiday),
        "until": schedule.until.isoformat() if schedule.until else None, "count": schedule.count,
        "total": schedule.total, "notice_days": schedule.notice_days, "version": schedule.version,
    }  # fmt: skip


def _judge(customer: Customer, terms: Terms, schedule: Schedule | None, version: int, now: datetime) -> None:
    """Refuse what could not be confirmed, or could never be paid."""
    if terms.amount <= 0 or (terms.total is not None and terms.total < terms.amount):
        raise NothingLeft
    if schedule is not None:
        if not schedule.runs:
            raise HasEnded
        if schedule.version != version:
            raise MovedOn
        if terms.ending.next_amount(terms.amount, paid_count=schedule.paid_count, paid_total=schedule.paid_total) <= 0:
            raise NothingLeft
    ends = look_up(customer, terms)
    today = business_date(now)
    if schedule is None:
        earliest, latest = first_possible(today), last_possible(today)
        if terms.starts_on < earliest:
            raise TooEarly(earliest)
        if terms.starts_on > latest:
            raise TooLate(latest)
        most = int(policy.value("schedule.most", on=today))
        if customer.schedules.filter(state__in=[Schedule.State.ACTIVE, Schedule.State.PAUSED]).count() >= most:
            raise TooMany(most)
    if _first(terms, schedule, now) is None:
        raise NeverDue
    if ends.kind != Transfer.Kind.OWN:
        _below_the_limit_of_one(customer, terms, ends, now)
    if ends.kind == Schedule.Kind.BANK:
        agreed_payments.offer(ends.bank_code, terms.amount, ends.currency, now=now)


def _below_the_limit_of_one(customer: Customer, terms: Terms, ends: Ends, now: datetime) -> None:
    """What is above the limit of a single payment could never be made; everything else is judged on its date."""
    today = business_date(now)
    standing = payment_queries.standing(
        customer_id=customer.pk, currency=ends.currency, payee_id=ends.payee_id, now=now
    )
    try:
        allowed = standing.limits(currency=ends.currency, on=today)
    except policy.UnknownPolicy as missing:
        raise NotOffered(ends.currency) from missing
    if terms.amount > min(allowed.payment, allowed.day):
        raise AboveLimit(min(allowed.payment, allowed.day), ends.currency)


def _first(terms: Terms, schedule: Schedule | None, now: datetime) -> Due | None:
    """The next date of these terms. A change keeps the order's place: what was paid or left out is not paid again."""
    index, earliest = 0, first_possible(business_date(now))
    if schedule is not None and schedule.next_day is not None:
        # A date of today that was not paid yet stays due today, whenever it is changed.
        index, earliest = schedule.next_index, min(schedule.next_day, earliest)
    return following(terms.rhythm, index=index, earliest=earliest, working=workdays.calendar())


def first_possible(today: date) -> date:
    """This function will give the first date that can be agreed: what is to leave today is sent today."""
    return today + timedelta(days=1)


def last_possible(today: date) -> date:
    """This function will give the last date on which an order can begin."""
    return today + timedelta(days=int(policy.value("schedule.furthest_days", on=today)))


def terms_of(schedule: Schedule) -> Terms:
    """This function will write an order as the terms its payer could fill in anew."""
    return Terms(
        source=schedule.source.public_id,
        to_account=schedule.destination.public_id if schedule.destination and not schedule.payee else None,
        to_payee=schedule.payee.public_id if schedule.payee else None,
        to_bank=schedule.other_payee.public_id if schedule.other_payee else None,
        amount=schedule.amount, memo=schedule.memo, unit=Unit(schedule.unit), starts_on=schedule.starts_on,
        every=schedule.every, last_day=schedule.last_day, holiday=schedule.rhythm.holiday, until=schedule.until,
        count=schedule.count, total=schedule.total, notice_days=schedule.notice_days,
    )  # fmt: skip


def _origin(customer: Customer, brought: uuid.UUID) -> StandingOrder:
    found = queries.brought_along(customer, brought)
    if found is None:
        raise UnknownSchedule
    return found


def _written(terms: Terms, ends: Ends) -> dict[str, Any]:
    """The terms for the trail, which names no account numbers."""
    return {**_without_ends(terms), "currency": ends.currency, "kind": ends.kind}


def _without_ends(terms: Terms) -> dict[str, Any]:
    """The terms but for both accounts, which are said by their numbers or not at all."""
    ends = {"source", "to_account", "to_payee", "to_bank"}
    return {name: value for name, value in terms.stored().items() if name not in ends}


def _subject(schedule: Schedule) -> str:
    return f"payments.schedule:{schedule.public_id}"

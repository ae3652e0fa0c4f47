"""Cash between vault and till, confirmed by whoever keeps the vault of the branch."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.identity import kin
from accounts.models import User
from accounts.roles import Role, has_role
from core import audit
from ledger import posting
from ledger.calendar import business_date
from payments.counter import locks, queries
from payments.counter.models import Branch, Delivery, TillDay
from payments.counter.refusals import NoPlace, NothingWaits, OwnDelivery, ReasonMissing
from payments.counter.services import cash, tills

KIND = "counter.delivery"
State, Direction = Delivery.State, Delivery.Direction


def keeper_of(user: User) -> Branch:
    """This function will find the branch whose vault somebody keeps. Raises NoPlace."""
    branch = queries.branch_of(user)
    if branch is None or not has_role(user, Role.BRANCH_SUPERVISOR):
        raise NoPlace
    return branch


def confirm(*, keeper: User, delivery_id: uuid.UUID, now: datetime) -> Delivery:
    """This function will book a delivery as counted by both, once; a repeat by the same keeper changes nothing.

    A float opens its till, a till's last delivery closes it. Raises NoPlace, Unknown, OwnDelivery, NothingWaits,
    TillShort, VaultShort, DifferenceOpen.
    """
    branch = keeper_of(keeper)
    with transaction.atomic():
        delivery = locks.delivery(delivery_id, branch=branch)
        _by_another(keeper, delivery)
        if delivery.state == State.DONE and delivery.settled_by_id == keeper.pk:
            return delivery
        if delivery.state != State.ASKED:
            raise NothingWaits
        day = delivery.day
        out, into = day.till.account_id, branch.vault_id
        if delivery.direction == Direction.TO_TILL:
            out, into = into, out
        delivery.entry_id = cash.post(
            key=f"counter.delivery:{delivery.public_id}",
            kind=KIND,
            on=business_date(now),
            day=day,
            lines=[
                posting.Line(out, delivery.amount, f"{branch.code} {day.till}"),
                posting.Line(into, -delivery.amount, f"{branch.code} {day.till}"),
            ],
        )
        _settle(delivery, State.DONE, keeper, now)
        if day.state == TillDay.State.OPENING:
            day.state, day.opened_at = TillDay.State.OPEN, now
            day.save(update_fields=["state", "opened_at"])
        elif day.state == TillDay.State.HANDING:
            tills.close(day, actor=keeper, now=now)
    return delivery


def decline(*, keeper: User, delivery_id: uuid.UUID, reason: str, now: datetime) -> Delivery:
    """This function will refuse a delivery whose count does not agree; nothing is booked.

    Without its float a till is not opened; a last delivery goes back to be counted again. Raises NoPlace, Unknown,
    OwnDelivery, NothingWaits, ReasonMissing.
    """
    branch, reason = keeper_of(keeper), reason.strip()[:300]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        delivery = locks.delivery(delivery_id, branch=branch)
        _by_another(keeper, delivery)
        if delivery.state != State.ASKED:
            raise NothingWaits
        delivery.reason = reason
        _settle(delivery, State.DECLINED, keeper, now)
        _back(delivery.day, now)
    return delivery


def withdraw(*, teller: User, delivery_id: uuid.UUID, now: datetime) -> Delivery:
    """This function will take back what the colleague asked the vault for, before anybody confirmed it.

    Raises Unknown, NothingWaits.
    """
    with transaction.atomic():
        delivery = locks.delivery(delivery_id, teller=teller)
        if delivery.state != State.ASKED:
            raise NothingWaits
        _settle(delivery, State.WITHDRAWN, teller, now)
        _back(delivery.day, now)
    return delivery


def _by_another(keeper: User, delivery: Delivery) -> None:
    if delivery.asked_by_id in kin.same_person(keeper):
        raise OwnDelivery


def _settle(delivery: Delivery, state: Delivery.State, actor: User, now: datetime) -> None:
    delivery.state, delivery.settled_by, delivery.settled_at = state, actor, now
    delivery.save(update_fields=["state", "settled_by", "settled_at", "reason", "entry"])
    audit.record(
        act=f"counter.delivery_{state.value}",
        subject=delivery,
        actor=actor,
        after={"till": str(delivery.day.till), "way": delivery.direction, "amount": delivery.amount},
        reason=delivery.reason,
        now=now,
    )


def _back(day: TillDay, now: datetime) -> None:
    """Put the till's day where it was before the delivery was asked for."""
    if day.state == TillDay.State.OPENING:
        day.state, day.closed_at = TillDay.State.VOID, now
        day.save(update_fields=["state", "closed_at"])
    elif day.state == TillDay.State.HANDING:
        day.state = TillDay.State.COUNTED
        day.save(update_fields=["state"])

"""The end of a relationship: what stands against it, a waiting time in which it can be taken back, and the end itself.

`settings.CLOSING_CHECKS` names functions that take `customer` and `now` and answer a list of `Obstacle`: what must be
settled first, each with a sentence and a way to settle it. They are asked when somebody asks for the end, and again in
the transaction that carries it out, under the customer's lock: what has come up meanwhile stops it, with a notice.

    waiting -> cancelled  by the customer
    waiting -> done       by `carry_out_due`, which beat calls, once the waiting time is over
    waiting -> stopped    by the same, when something stands against it by then

The end closes the accounts in the books, ends every session and lets the customer sign in for `closing.read_days` to
read and copy their data; then the sign-in ends. Records are kept for `closing.keep_years` and then deleted.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import sessions, stepup
from accounts.ending import Obstacle
from accounts.models import BankAccount, Customer, Disposition, User
from accounts.mydata.models import Closing
from core import audit, outbox, policy
from core.ui import formats
from ledger import accounts as chart
from ledger.calendar import business_date

OPERATION: Final = "mydata.closing"
WORKER: Final = "system: ends of relationships"
State = Closing.State


class ClosingRefused(Exception):
    """The relationship is not ended. Nothing has changed."""


class NotYet(ClosingRefused):
    """Something must be settled first."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__([obstacle.key for obstacle in obstacles])
        self.obstacles = obstacles


class NothingWaits(ClosingRefused):
    """There is no end that waits and could be taken back."""


@cache
def _checks() -> tuple[Callable[..., Sequence[Obstacle]], ...]:
    return tuple(import_string(path) for path in import_string(settings.CLOSING_CHECKS))


def obstacles(*, customer: Customer, now: datetime) -> list[Obstacle]:
    """This function will ask every room what must be settled first."""
    return [obstacle for check in _checks() for obstacle in check(customer=customer, now=now)]


def shown(customer: Customer) -> dict[str, str]:
    """This function will give what the step-up of an end is bound to."""
    return {"what": "end of the relationship", "customer": str(customer.public_id)}


def due_at(*, now: datetime) -> datetime:
    """This function will say when an end that is asked for now is carried out."""
    return now + timedelta(days=int(policy.value("closing.waiting_days", on=business_date(now))))


def kept_until(day: date) -> date:
    """This function will say until when records are kept after an end on a day."""
    years = int(policy.value("closing.keep_years", on=day))
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


def read_until(day: date) -> date:
    """This function will say until when a former customer can sign in to read."""
    return day + timedelta(days=int(policy.value("closing.read_days", on=day)))


def ask(*, customer: Customer, challenge_id: uuid.UUID, session: str = "", now: datetime) -> Closing:
    """This function will ask for the end, or answer the one that waits.

    Starts a transaction and locks the customer. Raises NotYet, stepup.Refused.
    """
    with transaction.atomic(durable=True):
        locked = _locked(customer.pk)
        held = Closing.objects.filter(customer=locked, state__in=[State.WAITING, State.DONE]).first()
        if held is not None:
            return held
        if against := obstacles(customer=locked, now=now):
            raise NotYet(against)
        stepup.consume(
            user=cast("User", locked.user),  # who asks has signed in
            challenge_id=challenge_id,
            operation=OPERATION,
            payload=shown(locked),
            session=session,
            now=now,
        )
        closing = Closing.objects.create(customer=locked, asked_at=now, due_at=due_at(now=now))
        outbox.record(
            kind="mydata.closing_asked",
            payload={"closing": str(closing.public_id), "customer": str(locked.public_id)},
            owner=locked,
            act=audit.Act(act="mydata.closing_asked", subject=locked, after={"due_at": closing.due_at}),
            now=now,
        )
        _tell(
            closing,
            "asked",
            lambda: (
                _("You asked us to end the relationship"),
                _(
                    "Your accounts will be closed on %(day)s. Until then you can take it back. "
                    "If this was not you, take it back, change your password and call us."
                )
                % {"day": _day(closing.due_at)},
            ),
            now,
        )
    return closing


def cancel(*, customer: Customer, now: datetime) -> Closing:
    """This function will take a waiting end back; a repeat answers the one taken back. Raises NothingWaits."""
    with transaction.atomic(durable=True):
        locked = _locked(customer.pk)
        newest = Closing.objects.filter(customer=locked).order_by("-asked_at", "-id").first()
        if newest is None or newest.state in {State.DONE, State.STOPPED}:
            raise NothingWaits
        if newest.state == State.WAITING:
            newest.state, newest.ended_at = State.CANCELLED, now
            newest.save(update_fields=["state", "ended_at"])
            audit.record(act="mydata.closing_cancelled", subject=locked, now=now)
    return newest


def carry_out_due(*, now: datetime) -> int:
    """This function will carry out every end whose waiting time is over and answer how many were carried out."""
    due = Closing.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "id")
    return sum(carry_out(public_id=public_id, now=now) for public_id in due.values_list("public_id", flat=True))


def carry_out(*, public_id: uuid.UUID, now: datetime) -> bool:
    """This function will carry out an end that is due, once; False when it does not wait, or something is open.

    Starts a transaction; locks the customer, then the end, then the accounts in the books. All or nothing.
    """
    with transaction.atomic(durable=True):
        customer = _locked(Closing.objects.values_list("customer_id", flat=True).get(public_id=public_id))
        closing = Closing.objects.select_for_update().get(public_id=public_id)
        if closing.state != State.WAITING or closing.due_at > now:
            return False
        closing.customer = customer
        if against := obstacles(customer=customer, now=now):
            _stop(closing, against, now)
            return False
        _end(closing, now)
    return True


def _end(closing: Closing, now: datetime) -> None:
    customer, today = closing.customer, business_date(now)
    held = BankAccount.objects.filter(
        dispositions__customer=customer,
        dispositions__role=Disposition.Role.OWNER,
        status=BankAccount.Status.OPEN,
    ).order_by("ledger_account_id")
    closed = []
    for account in held:
        chart.close_account(account_id=account.ledger_account_id)
        closed.append(str(account.public_id))
    BankAccount.objects.filter(public_id__in=closed).update(status=BankAccount.Status.CLOSED)
    before = customer.standing
    customer.standing = Customer.Standing.CLOSED
    customer.save(update_fields=["standing"])
    closing.state, closing.ended_at, closing.closed_on = State.DONE, now, today
    closing.keep_until, closing.reads_until = kept_until(today), read_until(today)
    closing.save(update_fields=["state", "ended_at", "closed_on", "keep_until", "reads_until"])
    _tell(
        closing,
        "done",
        lambda: (
            _("The relationship has ended"),
            _("Your accounts are closed. You can sign in until %(reads)s to read and copy your data.")
            % {"reads": _day(closing.reads_until)},
        ),
        now,
    )
    if customer.user is not None:
        sessions.end_all_but(user=customer.user, keep=None, reason="the relationship ended", now=now)
    outbox.record(
        kind="mydata.closed",
        payload={"closing": str(closing.public_id), "customer": str(customer.public_id)},
        owner=customer,
        act=audit.Act(
            act="mydata.closed",
            subject=customer,
            actor=WORKER,
            before={"standing": before},
            after={"standing": customer.standing, "accounts": closed, "keep_until": str(closing.keep_until)},
        ),
        now=now,
    )


def _stop(closing: Closing, against: Sequence[Obstacle], now: datetime) -> None:
    closing.state, closing.ended_at = State.STOPPED, now
    closing.save(update_fields=["state", "ended_at"])
    audit.record(
        act="mydata.closing_stopped",
        subject=closing.customer,
        actor=WORKER,
        after={"against": [obstacle.key for obstacle in against]},
        now=now,
    )
    _tell(
        closing,
        "stopped",
        lambda: (
            _("Your accounts are still open"),
            _("Something came up while we waited, so the relationship has not ended. See what it is and ask again."),
        ),
        now,
    )


def end_sign_ins(*, now: datetime) -> int:
    """This function will end the sign-ins of former customers whose time to read is over, and answer how many."""
    ended = 0
    over = Closing.objects.filter(state=State.DONE, sign_in_ended_at=None, reads_until__lt=business_date(now))
    for closing in over.order_by("id"):
        with transaction.atomic(durable=True):
            customer = _locked(closing.customer_id)
            locked = Closing.objects.select_for_update().get(pk=closing.pk)
            if locked.sign_in_ended_at is not None:
                continue
            locked.sign_in_ended_at = now
            locked.save(update_fields=["sign_in_ended_at"])
            if customer.user_id is not None:
                user = User.objects.select_for_update().get(pk=customer.user_id)
                if not user.is_staff:  # a colleague who was a customer too still works here
                    user.is_active = False
                    user.save(update_fields=["is_active"])
                    sessions.end_all_but(user=user, keep=None, reason="the relationship ended", now=now)
            audit.record(act="mydata.sign_in_ended", subject=customer, actor=WORKER, now=now)
        ended += 1
    return ended


def _tell(closing: Closing, what: str, text: Callable[[], tuple[str, str]], now: datetime) -> None:
    if closing.customer.user is None:
        return
    inbox.send(
        user=closing.customer.user,
        event=f"security.closing_{what}",
        key=f"mydata.closing:{closing.public_id}:{what}",
        text=text,
        link=reverse("mydata_closing"),
        now=now,
    )


def _day(moment: datetime | date | None) -> str:
    if moment is None:
        return ""
    day = business_date(moment) if isinstance(moment, datetime) else moment
    return formats.day(day, translation.get_language())


def _locked(customer_id: int) -> Customer:
    """Lock a customer; the sign-in is read after the lock, not beside it."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    return Customer.objects.select_related("user").get(pk=customer_id)

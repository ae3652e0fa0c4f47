"""Telling people that their document expires, has expired, or now keeps their money in. Each is told once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.identity import expiry
from accounts.identity.figures import terms
from accounts.identity.models import RenewalNotice, Verification
from accounts.models import Customer
from core.ui import formats
from ledger.calendar import business_date

BATCH = 500
LATELY = timedelta(days=7)
WAITING = (Verification.State.SUBMITTED, Verification.State.IN_REVIEW)
Letter = Callable[[], tuple[str, str]]


def remind(*, now: datetime) -> int:
    """This function will tell everybody who is due today what their document asks of them, and answer how many.

    Each notice is a transaction of its own, with the row that says it was given: a kill in the middle, a second worker
    or a day without any costs time only. Whoever has sent a new document is left in peace.
    """
    today, told = business_date(now), 0
    policy = terms(today)
    for notice in expiry.notices(today=today, terms=policy):
        while batch := list(_due(notice)[:BATCH]):
            told += sum(_tell(customer, notice.stage, today=today, policy=policy, now=now) for customer in batch)
    return told


def bring_in_step(*, now: datetime) -> int:
    """This function will put the expiry of each identity verified lately on its customer, and answer how many differed.

    Every approval does so itself; this finds what code of an earlier edition approved while both were running.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE accounts_customer c SET document_expires_on = v.expires_on
              FROM identity_verification v
             WHERE v.customer_id = c.id AND v.state = 'approved' AND v.decided_at > %s
               AND c.document_expires_on IS DISTINCT FROM v.expires_on
            """,
            [now - LATELY],
        )
        return int(cursor.rowcount)


def _due(notice: expiry.Notice) -> QuerySet[Customer]:
    known = Customer.objects.filter(
        standing=Customer.Standing.VERIFIED, user__isnull=False, document_expires_on__lte=notice.last
    )
    if notice.first is not None:
        known = known.filter(document_expires_on__gte=notice.first)
    given = RenewalNotice.objects.filter(
        customer=OuterRef("pk"), expires_on=OuterRef("document_expires_on"), stage=notice.stage
    )
    sent = Verification.objects.filter(customer=OuterRef("pk"), state__in=WAITING)
    return known.filter(~Exists(given), ~Exists(sent)).select_related("user").order_by("pk")


def _tell(customer: Customer, stage: str, *, today: date, policy: expiry.Terms, now: datetime) -> bool:
    expires_on, user = customer.document_expires_on, customer.user
    if expires_on is None or user is None:
        raise ValueError("only somebody who signs in with a document that expires is told")
    with transaction.atomic():
        _row, first = RenewalNotice.objects.get_or_create(
            customer=customer, expires_on=expires_on, stage=stage, defaults={"told_at": now}
        )
        if not first:
            return False
        standing = expiry.standing(expires_on, today=today, terms=policy)
        return inbox.send(
            user=user,
            event="identity.renewal",
            key=f"identity.renewal:{expires_on.isoformat()}:{stage}",
            text=_letter(standing),
            link=reverse("identity_renewal"),
            now=now,
        )


def _letter(standing: expiry.Standing) -> Letter:
    by_stage: dict[expiry.Stage, Callable[[expiry.Standing], tuple[str, str]]] = {
        expiry.Stage.SOON: _soon,
        expiry.Stage.GRACE: _expired,
        expiry.Stage.STOPPED: _stopped,
    }
    return partial(by_stage[standing.stage], standing)


def _day(day: date | None) -> str:
    return formats.day(day, get_language()) if day else ""


def _soon(standing: expiry.Standing) -> tuple[str, str]:
    if standing.days == 0:
        title = _("Your identity document expires today")
    else:
        title = _("Your identity document expires on %(day)s") % {"day": _day(standing.expires_on)}
    return (
        title,
        _(
            "Show us the new one as soon as you have it: two dates and new photos, about five minutes. "
            "Until %(stops)s everything works as before."
        )
        % {"stops": _day(standing.stops_on)},
    )


def _expired(standing: expiry.Standing) -> tuple[str, str]:
    return (
        _("Your identity document has expired"),
        _(
            "Everything still works. From %(stops)s on, money no longer leaves your accounts until a new document is "
            "accepted. Show us the new one, or come to a branch counter."
        )
        % {"stops": _day(standing.stops_on)},
    )


def _stopped(standing: expiry.Standing) -> tuple[str, str]:
    return (
        _("Money does not leave your accounts now"),
        _(
            "Your identity document expired on %(day)s and we have no new one yet. You can see everything and receive "
            "money. As soon as a new document is accepted, you can pay again."
        )
        % {"day": _day(standing.expires_on)},
    )

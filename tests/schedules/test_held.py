"""When a sign-in was not the owner's, what was agreed since then is held back, and nothing else is."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.access import notme
from accounts.freezing import services as freezing
from accounts.inbox.models import Notice
from core.audit.models import Row
from core.outbox import relay
from ledger import balances
from ledger.models import Entry
from payments.clearing.models import Payment
from payments.clearing.paths import Mode
from payments.schedules.models import Schedule
from payments.schedules.rhythm import Unit
from tests.factories import clearing, payments, schedules

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The present: the link in a notice is read by the clock of the page."""
    return timezone.now()


@pytest.fixture
def two(moment: datetime) -> payments.Pair:
    return payments.pair(balance=1_000_00, now=moment)


def say_it_was_not_me(user, *, at: datetime, now: datetime) -> None:
    path = notme.link(user=user, device="Chrome", now=at)
    freezing.freeze(said=notme.read(path.strip("/").split("/")[-1], now=now), now=now)
    relay.drain(now=now)


def test_orders_since_that_sign_in_are_paused_and_those_from_before_go_on(two: payments.Pair, moment: datetime) -> None:
    signed_in = moment - timedelta(hours=2)

    def order(at: datetime) -> Schedule:
        day = schedules.tomorrow(moment)
        return schedules.agree(two, schedules.terms(two, starts_on=day, unit=Unit.MONTH), now=at)

    rent, theirs = order(signed_in - timedelta(days=1)), order(signed_in + timedelta(minutes=5))
    say_it_was_not_me(two.payer.user, at=signed_in, now=moment)
    rent.refresh_from_db()
    theirs.refresh_from_db()
    assert (rent.state, theirs.state) == ("active", "paused")
    assert Notice.objects.filter(event="security.schedule_held", user=two.payer.user).count() == 1
    row = Row.objects.get(act="payments.schedule_paused")
    assert row.subject == f"payments.schedule:{theirs.public_id}"
    assert row.actor_label == "access locked by its owner"


def test_payments_to_other_banks_since_then_that_have_not_left_come_back_and_others_go_on(moment: datetime) -> None:
    signed_in = moment - timedelta(minutes=30)
    wang = clearing.payer(now=moment - timedelta(days=2))
    before = clearing.accepted(wang, 10_00, mode=Mode.ORDINARY, now=signed_in - timedelta(minutes=5))
    theirs = clearing.accepted(wang, 300_00, mode=Mode.ORDINARY, now=signed_in + timedelta(minutes=5))
    held = balances.of([wang.source.ledger_account_id])[wang.source.ledger_account_id].booked
    say_it_was_not_me(wang.customer.user, at=signed_in, now=moment)
    states = {payment.pk: payment.state for payment in Payment.objects.all()}
    assert states == {before.pk: "accepted", theirs.pk: "revoked"}
    after = balances.of([wang.source.ledger_account_id])[wang.source.ledger_account_id].booked
    assert after - held == 300_00
    entries = Entry.objects.count()
    relay.drain(now=moment)
    assert Entry.objects.count() == entries, "a second delivery gives nothing back again"

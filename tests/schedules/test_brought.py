"""An order that came from another bank is brought to life by its customer, once."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.models import StandingOrder
from payments.schedules.models import Schedule
from payments.schedules.refusals import UnknownSchedule
from payments.schedules.rhythm import Unit
from payments.schedules.services import proposals
from tests.factories import identity as people
from tests.factories import payments as money
from tests.factories import schedules as make

pytestmark = pytest.mark.django_db


def brought(two: money.Pair) -> StandingOrder:
    return StandingOrder.objects.create(
        source=two.source, payee_bank="AB", payee_account="12345", payee_name="SIPO", amount=33_00, currency="CNY",
        purpose="household",
    )  # fmt: skip


def test_it_fills_the_form_in_and_stands_no_longer_among_the_old_ones(client):
    now = timezone.now()
    two = money.pair(now=now)
    order = brought(two)
    browser = people.enter(client, two.payer.user)
    page = browser.get(reverse("schedules"))
    assert [one.public_id for one in page.context["brought"]] == [order.public_id]
    form = browser.get(f"{reverse('schedule_new')}?brought={order.public_id}").context["form"]
    assert (form["source"].value(), form["rhythm"].value()) == (str(two.source.public_id), "monthly")

    wanted = make.terms(two, amount=33_00, unit=Unit.MONTH, starts_on=make.tomorrow(now))
    proposal = proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=wanted, brought=order.public_id, now=now)
    make.approve(two.payer, proposal, now=now)
    assert Schedule.objects.get().brought == order
    assert browser.get(reverse("schedules")).context["brought"] == []
    with pytest.raises(UnknownSchedule):  # once
        proposals.propose(customer=two.payer, key=uuid.uuid4(), terms=wanted, brought=order.public_id, now=now)


def test_somebody_elses_is_not_there(now):
    two, other = money.pair(now=now), money.pair(now=now)
    with pytest.raises(UnknownSchedule):
        proposals.propose(
            customer=two.payer, key=uuid.uuid4(), terms=make.terms(two), brought=brought(other).public_id, now=now
        )

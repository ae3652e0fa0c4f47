"""The yearly quota and the sum of a day: what counts, when it starts anew, and what documents open."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from core import policy
from ledger.money import Money
from payments.crossborder import queries
from payments.crossborder.models import Payment
from payments.crossborder.quota import Basis
from payments.crossborder.refusals import GroundChanged, PapersNeeded, QuoteOver
from payments.crossborder.services import confirming, drafts, settling
from payments.crossborder.states import State
from payments.exchange import quotes
from tests.factories import crossborder as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def quota(dollars: str, now: datetime) -> None:
    add_figure("crossborder.quota_year.usd", dollars, type="decimal", unit="USD", now=now)
    policy.forget()


def test_what_is_beyond_the_quota_takes_documents_and_does_not_use_it_up(wang: make.Sender, now: datetime) -> None:
    quota("1500.00", now)
    make.accepted(wang, 1_000_00, now=now)
    draft = make.drafted(wang, 500_01, now=now)
    assert draft.basis == Basis.PAPERS
    with pytest.raises(PapersNeeded) as refused:
        make.confirm(wang, draft, now, question=make.approved(wang, draft, now))
    assert (refused.value.left, refused.value.whole_on.isoformat()) == (500_00, "2027-01-01")
    make.document(wang, draft, now=now)
    assert make.confirm(wang, make.again(draft), now).state == State.ACCEPTED
    assert queries.year_of(wang.customer, on=now.date()).left == 500_00
    assert make.drafted(wang, 500_00, now=now).basis == Basis.QUOTA


def test_a_draft_within_the_quota_is_shown_anew_when_another_took_what_was_left(
    wang: make.Sender, now: datetime
) -> None:
    quota("1500.00", now)
    first, second = (make.drafted(wang, 1_000_00, now=now) for _number in range(2))
    question = make.approved(wang, second, now)
    make.confirm(wang, first, now)
    with pytest.raises(GroundChanged):
        make.confirm(wang, second, now, question=question)
    drafts.renew(customer=wang.customer, payment_id=second.public_id, now=now)
    assert make.again(second).basis == Basis.PAPERS
    assert queries.held("USD") == 1_000_00


def test_own_currency_counts_for_its_day_and_not_for_the_year(wang: make.Sender, now: datetime) -> None:
    add_figure("crossborder.own_day.usd", "1500.00", type="decimal", unit="USD", now=now)
    policy.forget()
    make.accepted(wang, 1_000_00, source=wang.dollars, now=now)
    assert queries.year_of(wang.customer, on=now.date()).used == 0
    assert make.drafted(wang, 500_01, source=wang.dollars, now=now).basis == Basis.PAPERS
    tomorrow = now.replace(day=24)
    assert make.drafted(wang, 1_500_00, source=wang.dollars, now=tomorrow).basis == Basis.OWN


def test_the_year_turns_at_midnight_in_shanghai(wang: make.Sender, now: datetime) -> None:
    quota("1500.00", now)
    last = datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=SHANGHAI)
    first = datetime(2027, 1, 1, 0, 0, 0, tzinfo=SHANGHAI)
    make.rates(last)
    one = make.accepted(wang, 1_000_00, now=last)
    assert one.business_date is not None
    assert one.business_date.isoformat() == "2026-12-31"
    assert make.drafted(wang, 1_000_00, now=last).basis == Basis.PAPERS
    assert make.drafted(wang, 1_000_00, now=first).basis == Basis.QUOTA
    # Half past four on New Year's Eve in London is the new year here.
    london = datetime(2026, 12, 31, 16, 30, tzinfo=ZoneInfo("Europe/London"))
    assert make.drafted(wang, 1_500_00, now=london).basis == Basis.QUOTA


def test_what_was_exchanged_between_own_accounts_uses_the_same_quota(wang: make.Sender, now: datetime) -> None:
    quota("1500.00", now)
    for sell, buy, purpose in (("CNY", "USD", quotes.OWN), ("USD", "CNY", quotes.OWN), ("CNY", "USD", quotes.ABROAD)):
        found = quotes.ask(
            customer=wang.customer, sell=None, buy=Money(1_000_00, buy), sell_currency=sell, buy_currency=buy,
            purpose=purpose, now=now,
        )  # fmt: skip
        with transaction.atomic():
            quotes.take(quote_id=found.id, customer=wang.customer, now=now)
    # Dollars bought count; dollars sold have a quota of their own, and payments abroad are counted by themselves.
    assert queries.year_of(wang.customer, on=now.date()).used == 1_000_00
    assert make.drafted(wang, 500_01, now=now).basis == Basis.PAPERS


def test_what_was_refused_is_whole_again(wang: make.Sender, now: datetime) -> None:
    quota("1500.00", now)
    add_figure("crossborder.countries_watched", "DE", type="text", unit="", now=now)
    policy.forget()
    payment = make.ready(wang, 1_000_00, now=now)
    assert payment.state == State.REVIEW
    assert queries.year_of(wang.customer, on=now.date()).left == 500_00
    assert settling.settle(
        payment_id=str(payment.public_id), approved=False, reasons=["not_carried"], case="1", now=now
    )
    assert queries.year_of(wang.customer, on=now.date()).left == 1_500_00


def test_a_rate_that_is_over_is_not_confirmed_and_a_new_one_is_new_terms(wang: make.Sender, now: datetime) -> None:
    draft = make.drafted(wang, 1_000_00, now=now)
    assert draft.quote_expires_at is not None
    question = make.approved(wang, draft, now)
    with pytest.raises(QuoteOver):
        make.confirm(wang, draft, draft.quote_expires_at, question=question)
    drafts.renew(customer=wang.customer, payment_id=draft.public_id, now=now)
    fresh = make.again(draft)
    assert fresh.quote != draft.quote
    with pytest.raises(confirming.stepup.Refused):  # the code was for the other terms
        make.confirm(wang, fresh, now, question=question)
    assert not Payment.objects.exclude(state=State.DRAFT).exists()


def test_a_tampered_quote_is_taken_by_nobody(wang: make.Sender, now: datetime, settings: Any) -> None:
    """A draft whose amounts were altered in the database does not agree with its quote."""
    draft = make.drafted(wang, 1_000_00, now=now)
    Payment.objects.filter(pk=draft.pk).update(debit=1_00)
    draft = make.again(draft)
    with pytest.raises(QuoteOver):
        make.confirm(wang, draft, now)
    assert queries.held("USD") == 0

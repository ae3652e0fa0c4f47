"""Limits a customer sets: lower at once, higher after a wait that can be stopped, never above the bank's own."""

import re
import threading
import uuid
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from core.audit.models import Row
from ledger import balances
from payments import figures
from payments.limits import Which
from payments.models import OwnLimit
from payments.services import own_limits, transfers
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import approved, drafted, paid, together
from tests.payments.test_pages import answer_to, refused, signed_in

DAY = {"which": Which.DAY, "currency": "CNY"}


def question(two: make.Pair, now: datetime, *, before: int, value: int, which: Which = Which.DAY) -> uuid.UUID:
    assert two.payer.user is not None
    payload = own_limits.shown(which=which, currency="CNY", before=before, value=value)
    made = stepup.start(user=two.payer.user, operation=own_limits.OPERATION, payload=payload, now=now)
    StepUp.objects.filter(public_id=made.id).update(verified_at=now)
    return made.id


def raised(two: make.Pair, now: datetime, *, before: int, value: int, which: Which = Which.DAY) -> datetime:
    challenge = question(two, now, before=before, value=value, which=which)
    return own_limits.ask_higher(
        customer=two.payer, which=which, currency="CNY", before=before, value=value, challenge_id=challenge, now=now
    )


def line(two: make.Pair, now: datetime, which: Which = Which.DAY) -> own_limits.Line:
    found = own_limits.overview(customer=two.payer, currency="CNY", now=now)
    return next(one for one in found if one.which is which)


@pytest.mark.parametrize(
    ("which", "amounts"),
    [
        (Which.PAYMENT, [99_99, 100_00, None, 100_01]),
        (Which.DAY, [60_00, 40_00, None, 1]),
        (Which.MONTH, [60_00, 39_99, 1, None, 1]),
        (Which.YEAR, [100_00, None, 1]),
    ],
)
def test_a_lower_limit_counts_at_once_and_holds_to_the_minor_unit(
    two: make.Pair, now: datetime, which: Which, amounts: list[int | None]
) -> None:
    """Amounts before the mark go through, the one after it does not."""
    assert own_limits.lower(customer=two.payer, which=which, currency="CNY", value=100_00, now=now)
    assert not own_limits.lower(customer=two.payer, which=which, currency="CNY", value=100_00, now=now)
    split = amounts.index(None)
    for amount in amounts[:split]:
        paid(two, amount, now)  # type: ignore[arg-type]
    with pytest.raises(transfers.LimitReached) as refusal:
        drafted(two, amounts[-1], now)  # type: ignore[arg-type]
    assert refusal.value.breach.which is which
    assert Notice.objects.filter(user=two.payer.user, event="security.limit_changed").count() == 1
    (row,) = Row.objects.filter(act="payments.limit_lowered")
    assert row.after["value"] == 100_00


@pytest.mark.parametrize(
    ("which", "resets"),
    [(Which.DAY_COUNT, "2026-11-24"), (Which.MONTH_COUNT, "2026-12-01"), (Which.YEAR_COUNT, "2027-01-01")],
)
def test_a_limit_in_numbers_of_transfers(two: make.Pair, now: datetime, which: Which, resets: str) -> None:
    own_limits.lower(customer=two.payer, which=which, currency="CNY", value=2, now=now)
    for _ in range(2):
        paid(two, 1_00, now)
    with pytest.raises(transfers.LimitReached) as refusal:
        drafted(two, 1, now)
    assert (refusal.value.breach.which, str(refusal.value.breach.resets_on)) == (which, resets)


def test_own_days_and_months_end_at_midnight_in_shanghai(db: None) -> None:
    last = datetime(2026, 11, 30, 23, 59, 59, 900_000, tzinfo=ZoneInfo("Asia/Shanghai"))
    two = make.pair(now=last)
    for which in (Which.DAY, Which.MONTH):
        own_limits.lower(customer=two.payer, which=which, currency="CNY", value=50_00, now=last)
    paid(two, 50_00, last)
    with pytest.raises(transfers.LimitReached) as refusal:
        drafted(two, 1, last)
    assert refusal.value.breach.resets_on == date(2026, 12, 1)
    midnight = last + timedelta(milliseconds=100)
    paid(two, 50_00, midnight)
    with pytest.raises(transfers.LimitReached):
        drafted(two, 1, midnight)


def test_a_lower_limit_is_seen_by_a_draft_that_was_made_before(two: make.Pair, now: datetime) -> None:
    waiting = drafted(two, 100_01, now)
    challenge = approved(two.payer, waiting, now)
    # Asked for a moment after the confirmation read its clock: what is committed first counts.
    own_limits.lower(customer=two.payer, value=100_00, now=now + timedelta(seconds=5), **DAY)
    with pytest.raises(transfers.LimitReached):
        transfers.confirm(customer=two.payer, transfer_id=waiting, challenge_id=challenge, now=now)
    assert StepUp.objects.get(public_id=challenge).used_at is None


def test_a_higher_limit_waits_and_then_counts(db: None, now: datetime) -> None:
    two = make.pair(balance=500_000_00, now=now)
    since = raised(two, now, before=50_000_00, value=60_000_00)
    assert since == now + timedelta(hours=24)
    assert Notice.objects.filter(user=two.payer.user, event="security.limit_changed").count() == 1
    for early in (now, since - timedelta(microseconds=1)):
        assert line(two, early).value == 50_000_00
        assert line(two, early).waiting is not None
    assert (line(two, since).value, line(two, since).waiting) == (60_000_00, None)
    for _ in range(2):
        paid(two, 20_000_00, since)
    with pytest.raises(transfers.LimitReached):
        drafted(two, 20_000_01, since)
    drafted(two, 20_000_00, since)


def test_it_can_be_stopped_until_it_counts_and_a_lower_one_stops_it_too(two: make.Pair, now: datetime) -> None:
    since = raised(two, now, before=50_000_00, value=60_000_00)
    limit = OwnLimit.objects.get()
    with pytest.raises(own_limits.UnknownLimit):
        own_limits.stop(customer=two.receiver, limit_id=limit.public_id, now=now)
    answers = [own_limits.stop(customer=two.payer, limit_id=limit.public_id, now=now) for _ in range(2)]
    assert answers == [True, False]
    assert line(two, since).value == 50_000_00
    raised(two, now, before=50_000_00, value=70_000_00)
    own_limits.lower(customer=two.payer, value=10_00, now=now, **DAY)
    assert line(two, since + timedelta(days=1)).value == 10_00
    raised(two, now, before=10_00, value=20_00)
    raised(two, now, before=10_00, value=30_00)  # takes the place of the one that waits
    assert line(two, since).value == 30_00
    with pytest.raises(own_limits.UnknownLimit):
        own_limits.stop(customer=two.payer, limit_id=OwnLimit.objects.latest("id").public_id, now=since)


def test_nothing_is_raised_without_the_right_answer_or_above_the_banks_own(two: make.Pair, now: datetime) -> None:
    ask = partial(own_limits.ask_higher, customer=two.payer, before=50_000_00, now=now, **DAY)
    for_less = question(two, now, before=50_000_00, value=60_000_00)
    for challenge in (uuid.uuid4(), for_less):
        with pytest.raises(stepup.Refused):
            ask(value=61_000_00, challenge_id=challenge)
    most = figures.most_limits(currency="CNY", on=date(2026, 11, 23)).day
    with pytest.raises(own_limits.AboveTheBanks):
        ask(value=most + 1, challenge_id=question(two, now, before=50_000_00, value=most + 1))
    with pytest.raises(own_limits.IsHigher):
        own_limits.lower(customer=two.payer, value=50_000_01, now=now, **DAY)
    assert not OwnLimit.objects.exists()
    assert StepUp.objects.filter(used_at__isnull=False).count() == 0


def test_the_banks_own_limit_holds_whatever_a_customer_has_set(two: make.Pair, now: datetime) -> None:
    since = raised(two, now, before=50_000_00, value=900_000_00)
    add_figure("transfer.daily_limit_most.cny", "150.00", type="decimal", now=now)
    assert line(two, since).value == 150_00
    paid(two, 100_00, since)
    with pytest.raises(transfers.LimitReached):
        drafted(two, 50_01, since)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_twenty_transfers_while_the_limit_is_lowered_never_pass_the_lower_one(now: datetime) -> None:
    """Hostile act 40. What went before the lower limit stood counts against it; nothing follows that would pass it."""
    two = make.pair(balance=100_000_00, now=now)
    ready = [(one, approved(two.payer, one, now)) for one in (drafted(two, 1_000_00, now) for _ in range(20))]
    at_lowering: list[int] = []
    seen = threading.Lock()

    def lower() -> None:
        own_limits.lower(customer=two.payer, value=5_000_00, now=now + timedelta(seconds=1), **DAY)
        with seen:
            at_lowering.append(line(two, now).used)

    acts: list[Any] = [
        partial(transfers.confirm, customer=two.payer, transfer_id=one, challenge_id=challenge, now=now)
        for one, challenge in ready
    ]
    acts.insert(7, lower)
    results = together(acts)
    done = sum(isinstance(result, transfers.Confirmed) for result in results)
    others = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(result, transfers.LimitReached) for result in others), others
    moved = balances.available(two.destination.ledger_account_id).minor
    assert moved == done * 1_000_00
    rows = Row.objects.filter(act__in=["payments.limit_lowered", transfers.CONFIRMED]).order_by("id")
    acts_in_order = list(rows.values_list("act", flat=True))
    before = acts_in_order.index("payments.limit_lowered")
    assert moved <= max(5_000_00, before * 1_000_00)


def test_the_page_shows_used_and_left_with_a_bar_and_leads_through_both_ways(two: make.Pair) -> None:
    now = timezone.now()
    make.enrol(two.payer)
    paid(two, 200_00, now)
    client = signed_in(two.payer)
    page = client.get(reverse("payment_limits")).content.decode()
    assert "¥200.00 used, ¥49,800.00 left" in strip_tags(page)
    assert '<data class="amount" value="49800.00">' in page, "an amount that the eye button covers"
    assert page.count("<progress") == 6
    change = f"{reverse('payment_limit')}?limit=day&currency=CNY"
    assert "¥1,000,000.00" in client.get(change).content.decode()
    for typed in ("", "x", "-1", "1000000.01", "\x00"):
        answer = client.post(change, {"value": typed})
        assert answer.status_code == 200, typed
        assert "data-error-summary" in answer.content.decode()
    assert client.post(change, {"value": "800"})["Location"] == reverse("payment_limits")
    assert "¥200.00 used, ¥600.00 left" in strip_tags(client.get(reverse("payment_limits")).content.decode())
    asked = client.post(change, {"value": "900"})["Location"]
    assert asked == reverse("payment_limit_raise")
    first = client.get(asked)
    wrong = refused(client, asked, answer_to(first, now, code="000000"))
    assert "data-error-summary" in wrong.content.decode()
    assert OwnLimit.objects.count() == 1
    done = client.post(asked, answer_to(wrong, now))
    assert done["Location"] == reverse("payment_limits")
    assert client.get(asked)["Location"] == reverse("payment_limits")  # the check page, by the back button
    waiting = client.get(reverse("payment_limits")).content.decode()
    (stop,) = re.findall(r'action="(/transfer/limits/[0-9a-f-]{36}/stop/)"', waiting)
    assert signed_in(two.receiver).post(stop).status_code == 404
    assert client.post(stop)["Location"] == reverse("payment_limits")
    assert "A higher limit waits" not in client.get(reverse("payment_limits")).content.decode()


@pytest.mark.parametrize(
    "query", ["", "?limit=day", "?limit=day&currency=USD", "?limit=decade&currency=CNY", "?limit=%00"]
)
def test_a_limit_that_is_none_leads_back_to_the_page(two: make.Pair, query: str) -> None:
    client: Client = signed_in(two.payer)
    assert client.get(reverse("payment_limit") + query)["Location"] == reverse("payment_limits")
    assert client.get(reverse("payment_limit_raise"))["Location"] == reverse("payment_limits")


def test_setting_a_limit_to_what_it_is_says_that_nothing_changed(two: make.Pair) -> None:
    client, change = signed_in(two.payer), f"{reverse('payment_limit')}?limit=day&currency=CNY"
    client.post(change, {"value": "800"}, follow=True)
    said = strip_tags(client.post(change, {"value": "800.00"}, follow=True).content.decode())
    assert "Your limit already was ¥800.00. Nothing has changed." in said
    assert "from now on" not in said
    assert OwnLimit.objects.count() == 1
    assert Row.objects.filter(act="payments.limit_lowered").count() == 1
    waiting = raised(two, timezone.now(), before=800_00, value=900_00)
    said = strip_tags(client.post(change, {"value": "800"}, follow=True).content.decode())
    assert "The higher limit is stopped. Your limit stays as it is." in said
    assert "from now on" not in said
    assert OwnLimit.objects.get(counts_from=waiting).stopped_at is not None

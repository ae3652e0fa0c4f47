"""Money that is held stays and may not be spent; each hold is resolved once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ledger import balances, posting, tasks
from ledger.models import Account, Hold
from ledger.posting import Line
from tests.factories import ledger as make
from tests.ledger.support import booked, written

pytestmark = pytest.mark.django_db


def capture(hold_id: int, account: Account, amount: int, *, key: str = "capture") -> posting.Posted:
    clearing = make.internal("card-clearing", kind="liability")
    return posting.capture_hold(
        hold_id=hold_id, key=key, kind="test.capture", channel="card", business_date=make.DAY,
        lines=[Line(account.pk, -amount), Line(clearing.pk, amount)],
    )  # fmt: skip


def test_held_money_stays_on_the_account_but_is_not_available() -> None:
    account = make.running(amount=1_000)
    posting.place_hold(key="h", account_id=account.pk, amount=300, reason="Hotel")
    balance = balances.of([account.pk])[account.pk]
    assert (balance.booked, balance.held, balance.available) == (1_000, 300, 700)
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        make.book((account, -701), (make.internal(), 701))
    make.book((account, -700), (make.internal(), 700))


def test_more_than_is_available_cannot_be_held() -> None:
    account = make.running(amount=1_000)
    posting.place_hold(key="h1", account_id=account.pk, amount=600)
    with pytest.raises(posting.BelowFloor), transaction.atomic():
        posting.place_hold(key="h2", account_id=account.pk, amount=401)
    assert Hold.objects.count() == 1


def test_placing_a_hold_twice_under_one_key_holds_once() -> None:
    account = make.running(amount=1_000)
    first = posting.place_hold(key="h", account_id=account.pk, amount=600)
    again = posting.place_hold(key="h", account_id=account.pk, amount=600)
    assert (again.hold_id, again.repeated) == (first.hold_id, True)
    with pytest.raises(posting.KeyReused), transaction.atomic():
        posting.place_hold(key="h", account_id=account.pk, amount=500)
    assert balances.of([account.pk])[account.pk].held == 600


def test_a_placed_hold_is_answered_again_even_when_the_money_is_gone() -> None:
    account = make.running(amount=1_000)
    first = posting.place_hold(key="h", account_id=account.pk, amount=1_000)
    assert posting.place_hold(key="h", account_id=account.pk, amount=1_000).hold_id == first.hold_id


def test_capturing_takes_the_money_and_frees_the_rest() -> None:
    account = make.running(amount=1_000)
    hold = posting.place_hold(key="h", account_id=account.pk, amount=1_000)
    posted = capture(hold.hold_id, account, 800)
    balance = balances.of([account.pk])[account.pk]
    assert (balance.booked, balance.held, balance.available) == (200, 0, 200)
    assert Hold.objects.get().entry_id == posted.entry_id
    assert capture(hold.hold_id, account, 800) == posting.Posted(posted.entry_id, repeated=True)
    assert booked(account) == 200


@pytest.mark.parametrize("amount", [601, 1_000])
def test_a_capture_never_takes_more_than_was_held(amount: int) -> None:
    account = make.running(amount=1_000)
    hold = posting.place_hold(key="h", account_id=account.pk, amount=600)
    before = written()
    with pytest.raises(posting.BeyondHold), transaction.atomic():
        capture(hold.hold_id, account, amount)
    assert written() == before
    assert Hold.objects.get().state == Hold.State.LIVE


def test_a_capture_must_take_from_the_account_that_is_held() -> None:
    held, other = make.running(amount=1_000), make.running(amount=1_000)
    hold = posting.place_hold(key="h", account_id=held.pk, amount=600)
    with pytest.raises(posting.BeyondHold), transaction.atomic():
        capture(hold.hold_id, other, 600)


def test_a_hold_is_resolved_once() -> None:
    account = make.running(amount=1_000)
    captured = posting.place_hold(key="h1", account_id=account.pk, amount=100).hold_id
    released = posting.place_hold(key="h2", account_id=account.pk, amount=100).hold_id
    capture(captured, account, 100)
    assert posting.release_hold(hold_id=released) is False
    assert posting.release_hold(hold_id=released) is True  # the second call finds it done and says so
    for attempt in (
        lambda: posting.release_hold(hold_id=captured),
        lambda: capture(released, account, 100, key="other"),
        lambda: capture(captured, account, 100, key="another"),
    ):
        before = written()
        with pytest.raises(posting.HoldResolved), transaction.atomic():
            attempt()
        assert written() == before
    assert balances.of([account.pk])[account.pk].held == 0


def test_holds_whose_time_is_over_expire() -> None:
    account, now = make.running(amount=1_000), make.OPENED
    over = posting.place_hold(key="h1", account_id=account.pk, amount=100, expires_at=now - timedelta(seconds=1))
    posting.place_hold(key="h2", account_id=account.pk, amount=200, expires_at=now + timedelta(seconds=1))
    posting.place_hold(key="h3", account_id=account.pk, amount=400)
    assert posting.expire_holds(now=now) == 1
    assert posting.expire_holds(now=now) == 0
    assert balances.of([account.pk])[account.pk].held == 600
    with pytest.raises(posting.HoldResolved), transaction.atomic():
        posting.release_hold(hold_id=over.hold_id)


def test_nothing_is_held_on_an_internal_unknown_or_missing_account() -> None:
    with pytest.raises(posting.Malformed), transaction.atomic():
        posting.place_hold(key="h", account_id=make.internal().pk, amount=1)
    with pytest.raises(posting.UnknownAccount), transaction.atomic():
        posting.place_hold(key="h", account_id=10**9, amount=1)
    with pytest.raises(posting.UnknownHold), transaction.atomic():
        posting.release_hold(hold_id=10**9)
    account = make.running(amount=1)
    with pytest.raises(posting.Malformed), transaction.atomic():
        posting.place_hold(key="h", account_id=account.pk, amount=0)
    with pytest.raises(posting.Malformed), transaction.atomic():
        posting.place_hold(key="h", account_id=account.pk, amount=-1)


def test_the_task_expires_what_is_over_however_much_it_is() -> None:
    account, ago = make.running(amount=10_000), timezone.now() - timedelta(minutes=1)
    for number in range(3):
        posting.place_hold(key=f"h{number}", account_id=account.pk, amount=1, expires_at=ago)
    tasks.expire_holds()
    tasks.expire_holds()
    assert balances.of([account.pk])[account.pk].held == 0
    assert set(Hold.objects.values_list("state", flat=True)) == {Hold.State.EXPIRED}

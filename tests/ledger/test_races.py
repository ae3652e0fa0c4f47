"""Real threads, real commits: whatever arrives together, money is conserved and nothing deadlocks."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from ledger import accounts, balances, posting
from ledger.models import Entry
from ledger.rollups import roll_up
from tests.factories import ledger as make
from tests.ledger.support import at_once, booked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_opposite_transfers_between_two_accounts_never_deadlock() -> None:
    a, b = make.running(amount=100_000), make.running(amount=100_000)

    def there() -> int:
        return sum(not make.book((a, -1), (b, 1)).repeated for _ in range(20))

    def back() -> int:
        return sum(not make.book((b, -1), (a, 1)).repeated for _ in range(20))

    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        before = cursor.fetchone()[0]
    assert at_once([there, back] * 5) == [20] * 10
    assert (booked(a), booked(b)) == (100_000, 100_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert cursor.fetchone()[0] == before


def test_fifty_spenders_of_one_balance_spend_it_once() -> None:
    account, cash = make.running(amount=1_000), make.internal()
    outcomes = at_once([lambda: make.book((account, -100), (cash, 100))] * 50)
    assert sum(isinstance(outcome, posting.Posted) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, posting.BelowFloor) for outcome in outcomes) == 40
    assert booked(account) == 0


def test_one_key_fifty_times_in_parallel_books_once() -> None:
    payer, payee = make.running(amount=10_000), make.running()
    outcomes = at_once([lambda: make.book((payer, -100), (payee, 100), key="one")] * 50)
    assert {outcome.entry_id for outcome in outcomes} == {Entry.objects.get(key="one").pk}
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 49
    assert booked(payee) == 100


def test_one_key_with_two_contents_in_parallel_books_one_of_them() -> None:
    payer, payee = make.running(amount=10_000), make.running()
    calls = [lambda amount=1 + i % 2: make.book((payer, -amount), (payee, amount), key="one") for i in range(20)]
    outcomes = at_once(calls)
    assert sum(isinstance(outcome, posting.KeyReused) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, posting.Posted) for outcome in outcomes) == 10
    assert booked(payee) in {1, 2}


def test_one_key_on_internal_accounts_alone_books_once() -> None:
    """No row is locked here: the unique key alone holds."""
    cash, nostro = make.internal(), make.internal("nostro")
    outcomes = at_once([lambda: make.book((cash, -7), (nostro, 7), key="one")] * 20)
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 19
    assert booked(nostro) == 7


def test_a_hold_released_and_captured_at_once_is_resolved_once() -> None:
    account, clearing = make.running(amount=1_000), make.internal("card-clearing", kind="liability")
    hold_id = posting.place_hold(key="h", account_id=account.pk, amount=400).hold_id

    def capture() -> posting.Posted:
        return posting.capture_hold(
            hold_id=hold_id, key="capture", kind="test.capture", channel="card", business_date=make.DAY,
            lines=[posting.Line(account.pk, -400), posting.Line(clearing.pk, 400)],
        )  # fmt: skip

    outcomes = at_once([capture, lambda: posting.release_hold(hold_id=hold_id)] * 8)
    captured = [o for o in outcomes if isinstance(o, posting.Posted)]
    released = [o for o in outcomes if isinstance(o, bool)]
    assert bool(captured) != bool(released)
    assert sum(isinstance(o, posting.HoldResolved) for o in outcomes) == 8
    assert sum(not o.repeated for o in captured) + sum(not o for o in released) == 1
    assert balances.of([account.pk])[account.pk].held == 0
    assert booked(account) == (600 if captured else 1_000)


def test_a_hold_released_twice_at_once_frees_its_money_once() -> None:
    account = make.running(amount=1_000)
    hold_id = posting.place_hold(key="h", account_id=account.pk, amount=400).hold_id
    outcomes = at_once([lambda: posting.release_hold(hold_id=hold_id)] * 20)
    assert sorted(outcomes) == [False] + [True] * 19
    assert balances.of([account.pk])[account.pk].held == 0


def test_an_entry_reversed_under_many_keys_at_once_is_reversed_once() -> None:
    payer, payee = make.running(amount=1_000), make.running()
    entry = make.book((payer, -100), (payee, 100)).entry_id

    def undo(number: int) -> posting.Posted:
        return posting.reverse(
            entry_id=entry, key=f"undo-{number}", kind="test.undo", channel="system", business_date=make.DAY
        )

    outcomes = at_once([lambda n=n: undo(n) for n in range(10)])
    assert sum(isinstance(o, posting.Posted) for o in outcomes) == 1
    assert sum(isinstance(o, posting.AlreadyReversed) for o in outcomes) == 9
    assert booked(payer) == 1_000


def test_an_internal_account_closed_under_way_takes_no_line_afterwards() -> None:
    payer, fees = make.running(amount=1_000), make.internal("fee-income", kind="income")
    calls = [lambda: make.book((payer, -1), (fees, 1))] * 10
    outcomes = at_once([*calls, lambda: accounts.close_account(account_id=fees.pk)])
    closed = not isinstance(outcomes[-1], accounts.AccountNotEmpty)
    for outcome in outcomes[:-1]:
        assert isinstance(outcome, posting.AccountClosed if closed else posting.Posted)
    assert booked(fees) == (0 if closed else 10)


def test_bookings_batches_holds_and_roll_ups_together_conserve_money() -> None:
    people = [make.running(amount=10_000) for _ in range(8)]
    fees, cash = make.internal("fee-income", kind="income"), make.internal()
    total = 8 * 10_000

    def worker(seed: int) -> int:
        dice, done = random.Random(seed), 0
        for turn in range(25):
            payer, payee = dice.sample(people, 2)
            amount = dice.randint(2, 900)
            try:
                if dice.random() < 0.3:
                    sides = dice.sample(people, 6)
                    posting.post_many(
                        posting.Draft(
                            f"{seed}-{turn}-{n}", "test.many", "system", make.DAY,
                            [posting.Line(sides[n].pk, -amount), posting.Line(sides[n + 1].pk, amount)],
                        )
                        for n in range(5)
                    )  # fmt: skip
                elif dice.random() < 0.2:
                    held = posting.place_hold(key=f"{seed}-{turn}", account_id=payer.pk, amount=amount)
                    posting.release_hold(hold_id=held.hold_id)
                elif dice.random() < 0.1:
                    roll_up()
                else:
                    with transaction.atomic():
                        make.book((payer, -amount), (payee, amount - 1), (fees, 1), key=f"{seed}-{turn}")
                done += 1
            except posting.BelowFloor:
                pass
            whole = balances.of([*(p.pk for p in people), fees.pk])
            assert sum(b.booked for b in whole.values()) == total
            assert all(b.booked >= 0 for pk, b in whole.items() if pk != fees.pk)
        return done

    outcomes = at_once([lambda seed=seed: worker(seed) for seed in range(8)])
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert sum(outcomes) > 50
    assert booked(cash) == -total


@pytest.mark.as_owner
def test_a_booking_that_loses_a_deadlock_is_made_again() -> None:
    """Somebody locks two rows against the order of their ids; the booking is the one PostgreSQL gives up.

    It gives up whoever has waited for a second first. On a machine that stood still meanwhile that may be the other
    one: then nothing was proven, and it is tried anew.
    """
    proven = False
    for _ in range(5):
        a, b = make.running(amount=100), make.running(amount=100)
        rude = connection.copy()
        rude.set_autocommit(False)
        lock = "SELECT 1 FROM ledger_account WHERE id = %s FOR UPDATE"
        try:
            with rude.cursor() as cursor, ThreadPoolExecutor(1) as pool:
                cursor.execute(lock, [b.pk])
                cursor.execute("SELECT pg_backend_pid()")
                (its,) = cursor.fetchone()
                booking = pool.submit(at_once, [lambda a=a, b=b: make.book((a, -1), (b, 1))])
                with connection.cursor() as watch:
                    for _ in range(1_000):  # until the booking holds `a` and waits for `b`
                        watch.execute(
                            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted"
                            " AND %s = ANY (pg_blocking_pids(pid)))", [its],
                        )  # fmt: skip
                        if watch.fetchone()[0]:
                            break
                        time.sleep(0.01)
                try:
                    cursor.execute(lock, [a.pk])
                    rude.commit()
                    proven = True
                except OperationalError:
                    rude.rollback()
                (outcome,) = booking.result(timeout=20)
            assert isinstance(outcome, posting.Posted)
            assert not outcome.repeated
            assert booked(b) == 101
        finally:
            rude.close()
        if proven:
            return
    raise AssertionError("the booking was never the one that was given up")

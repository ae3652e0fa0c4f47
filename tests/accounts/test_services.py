"""Opening accounts and giving a sign-in: once, whatever happens twice."""

import time
from datetime import datetime
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from accounts.models import BankAccount, Customer, User
from accounts.numbers import is_account_number
from accounts.queries import account_of, accounts_of
from accounts.services import AccountKeyReused, SignInTaken, connect_sign_in, open_demand_account
from ledger.models import Account
from ledger.money import UnknownCurrency
from tests.factories import access

pytestmark = pytest.mark.django_db


def stranger(reference: str, now: datetime) -> Customer:
    """Somebody brought over from another bank, who does not sign in."""
    return Customer.objects.create(legal_name="Jana Nováková", external_ref=reference, created_at=now)


def audited() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT act, subject FROM audit_row WHERE act LIKE 'accounts.%' ORDER BY id")
        return cursor.fetchall()


def test_an_account_is_opened_with_a_number_an_owner_and_nothing_on_it(now: datetime) -> None:
    customer = access.customer()
    opened = open_demand_account(customer=customer, currency="CNY", key="first", now=now)
    assert is_account_number(opened.number)
    assert opened.opened_on == now.date()
    (held,) = accounts_of(customer)
    assert (held.public_id, held.booked, held.held, held.available, held.floor) == (opened.public_id, 0, 0, 0, 0)
    assert held.is_owner
    assert audited() == [("accounts.opened", f"accounts.bankaccount:{opened.public_id}")]


def test_opening_twice_with_one_key_answers_the_first_account(now: datetime) -> None:
    customer = access.customer()
    first = open_demand_account(customer=customer, currency="CNY", key="k", now=now)
    assert open_demand_account(customer=customer, currency="CNY", key="k", now=now) == first
    assert BankAccount.objects.count() == 1
    assert len(audited()) == 1


def test_a_key_is_not_shared_by_two_customers_or_two_currencies(now: datetime) -> None:
    one, other = access.customer(), access.customer("wang@example.com")
    open_demand_account(customer=one, currency="CNY", key="k", now=now)
    with pytest.raises(AccountKeyReused):
        open_demand_account(customer=other, currency="CNY", key="k", now=now)
    with pytest.raises(AccountKeyReused):
        open_demand_account(customer=one, currency="USD", key="k", now=now)
    assert BankAccount.objects.count() == 1


def test_a_refused_opening_leaves_nothing(now: datetime) -> None:
    customer = access.customer()
    with pytest.raises(UnknownCurrency):
        open_demand_account(customer=customer, currency="XXX", key="k", now=now)
    with pytest.raises(ValueError, match="1 to 56"):
        open_demand_account(customer=customer, currency="CNY", key="k" * 57, now=now)
    assert not Account.objects.exists()
    assert not BankAccount.objects.exists()
    assert audited() == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_threads_with_one_key_open_one_account(now: datetime) -> None:
    customer = access.customer()
    barrier, opened, failed = Barrier(8), [], []

    def run() -> None:
        try:
            barrier.wait()
            opened.append(open_demand_account(customer=customer, currency="CNY", key="k", now=now).pk)
        except Exception as error:  # noqa: BLE001 - the test reports it
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(opened) == 8
    assert len(set(opened)) == 1
    assert BankAccount.objects.count() == 1


def test_another_customers_account_does_not_exist(now: datetime) -> None:
    one, other = access.customer(), access.customer("wang@example.com")
    opened = open_demand_account(customer=one, currency="CNY", key="k", now=now)
    assert account_of(one, opened.public_id) is not None
    assert account_of(other, opened.public_id) is None
    assert accounts_of(other) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_accounts_of_a_customer_are_one_query(count: int, now: datetime, django_assert_num_queries: object) -> None:
    customer = access.customer()
    for number in range(count):
        open_demand_account(customer=customer, currency="CNY", key=f"k{number}", now=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(accounts_of(customer)) == count


def test_a_person_brought_over_gets_a_sign_in_once(now: datetime) -> None:
    customer = stranger("berka:1", now)
    connected = connect_sign_in(customer=customer, email="Jana@Example.com", actor="system: test", now=now)
    customer.refresh_from_db()
    assert connected.created
    assert customer.user == connected.user
    assert connected.user.email == "jana@example.com"
    assert not connected.user.has_usable_password()
    again = connect_sign_in(customer=customer, email="jana@example.com", actor="system: test", now=now)
    assert (again.user, again.created) == (connected.user, False)
    assert User.objects.count() == 1
    assert [act for act, _ in audited()] == ["accounts.sign_in_connected"]


def test_an_email_that_is_somebodys_is_refused(now: datetime) -> None:
    access.customer("lin@example.com")
    access.person("boss@example.com", staff=True)
    customer = stranger("berka:1", now)
    for email in ("lin@example.com", "LIN@example.com", "boss@example.com"):
        with pytest.raises(SignInTaken):
            connect_sign_in(customer=customer, email=email, now=now)
    customer.refresh_from_db()
    assert customer.user is None
    assert audited() == []


def somebody_waits_for_a_lock() -> None:
    """Return once another connection waits for what this one holds.

    Not by pg_stat_activity: inside a transaction it shows whoever was connected when it was asked first.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody came to wait for the lock")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["jana@example.com", "other@example.com"])
def test_whoever_waits_for_a_customer_sees_the_sign_in_that_was_connected_meanwhile(second: str, now: datetime) -> None:
    customer = stranger("berka:1", now)
    held, failed, answers = Event(), [], []

    def first() -> None:
        try:
            with transaction.atomic():
                connect_sign_in(customer=customer, email="jana@example.com", now=now)
                held.set()
                somebody_waits_for_a_lock()
        except Exception as error:  # noqa: BLE001 - the test reports it
            failed.append(error)
        finally:
            held.set()
            connection.close()

    def waiter() -> None:
        try:
            held.wait()
            answers.append(connect_sign_in(customer=customer, email=second, now=now))
        except SignInTaken as refusal:
            answers.append(refusal)
        except Exception as error:  # noqa: BLE001 - the test reports it
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=first), Thread(target=waiter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    customer.refresh_from_db()
    assert customer.user is not None
    assert customer.user.email == "jana@example.com"
    assert User.objects.count() == 1
    assert [act for act, _ in audited()] == ["accounts.sign_in_connected"]
    if second == "jana@example.com":
        assert (answers[0].user, answers[0].created) == (customer.user, False)
    else:
        assert isinstance(answers[0], SignInTaken)

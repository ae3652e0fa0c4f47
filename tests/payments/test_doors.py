"""What the accounts' floor lays down for a transfer: a document that expired long ago, and the classes of accounts."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import services as account_services
from accounts.models import BankAccount, Customer, Disposition
from ledger import balances
from ledger.models import Entry
from payments import sentences
from payments.models import Transfer
from payments.services import transfers
from tests.factories import payments as make
from tests.payments.conftest import approved, drafted, together

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=91)


@pytest.fixture(autouse=True)
def _no_refusals_of_another_test() -> None:
    cache.clear()


def booked(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def expired(customer: Customer, now: datetime, ago: timedelta = LONG_AGO) -> None:
    Customer.objects.filter(pk=customer.pk).update(document_expires_on=(now - ago).date())
    customer.refresh_from_db()


def to_own(customer: Customer, source: BankAccount, to: BankAccount, amount: int, now: datetime) -> uuid.UUID:
    order = transfers.Order(source=source.public_id, to_account=to.public_id, to_payee=None, amount=amount)
    return transfers.draft(customer=customer, key=uuid.uuid4(), order=order, now=now).transfer_id


def confirm(customer: Customer, transfer_id: uuid.UUID, now: datetime) -> transfers.Confirmed:
    challenge = approved(customer, transfer_id, now)
    return transfers.confirm(customer=customer, transfer_id=transfer_id, challenge_id=challenge, now=now)


def classed(
    customer: Customer, first: BankAccount, account_class: str, now: datetime, *, balance: int = 0
) -> BankAccount:
    made = account_services.open_bound_account(
        customer=customer, account_class=account_class, bound_to=first, key=uuid.uuid4().hex, now=now
    )
    if balance:
        make.pay_in(made, balance, now=now)
    return made


# ── An expired document ──────────────────────────────────────────────────────


def test_after_the_grace_money_does_not_leave_and_every_other_movement_goes_on(two: make.Pair, now: datetime) -> None:
    waiting = drafted(two, 100_00, now)
    expired(two.payer, now)
    with pytest.raises(transfers.IdentityExpired):
        confirm(two.payer, waiting, now)  # drafted before, refused under the lock
    with pytest.raises(transfers.IdentityExpired):
        drafted(two, 100_00, now)
    assert (booked(two.source), booked(two.destination)) == (1_000_00, 0)
    assert not Entry.objects.filter(kind=transfers.KIND).exists()
    second = make.account(two.payer, now=now)
    confirm(two.payer, to_own(two.payer, two.source, second, 100_00, now), now)
    expired(two.receiver, now)  # and money still comes in
    Customer.objects.filter(pk=two.payer.pk).update(document_expires_on=None)
    two.payer.refresh_from_db()
    confirm(two.payer, waiting, now)  # lifted at once when the document is renewed
    assert (booked(two.source), booked(second), booked(two.destination)) == (800_00, 100_00, 100_00)


@pytest.mark.parametrize(("ago", "goes"), [(0, True), (1, True), (90, True), (91, False)])
def test_the_day_on_which_money_stays(two: make.Pair, now: datetime, ago: int, goes: bool) -> None:
    expired(two.payer, now, timedelta(days=ago))
    if goes:
        confirm(two.payer, drafted(two, 1_00, now), now)
    else:
        with pytest.raises(transfers.IdentityExpired):
            drafted(two, 1_00, now)
    assert booked(two.destination) == (1_00 if goes else 0)


def test_an_account_that_is_only_at_ones_disposal_is_no_way_out(two: make.Pair, now: datetime) -> None:
    """Between own accounts nothing leaves; an account of somebody else is not one's own."""
    Disposition.objects.create(customer=two.payer, bank_account=two.destination, role=Disposition.Role.DISPONENT)
    waiting = to_own(two.payer, two.source, two.destination, 10_00, now)
    expired(two.payer, now)
    with pytest.raises(transfers.IdentityExpired):
        confirm(two.payer, waiting, now)
    with pytest.raises(transfers.IdentityExpired):
        to_own(two.payer, two.source, two.destination, 10_00, now)
    assert booked(two.destination) == 0


def test_the_sentence_says_what_happened_and_what_to_do(two: make.Pair, client: Any, now: datetime) -> None:
    expired(two.payer, now)
    field, words = sentences.of_transfer(transfers.IdentityExpired(now.date() - LONG_AGO))
    assert field == ""
    client.force_login(two.payer.user)
    page = client.post(
        reverse("transfer"),
        {"key": str(uuid.uuid4()), "source": str(two.source.public_id), "to": f"payee:{two.payee.public_id}",
         "amount": "10.00"},
    )  # fmt: skip
    assert page.status_code == 200
    assert not Transfer.objects.exists()
    assert words


# ── Classes ──────────────────────────────────────────────────────────────────


def test_a_class_two_account_pays_others_up_to_its_limits_and_its_bound_account_beyond(
    two: make.Pair, now: datetime
) -> None:
    second = classed(two.payer, two.source, "ii", now, balance=30_000_00)

    def order(amount: int) -> uuid.UUID:
        wanted = transfers.Order(source=second.public_id, to_account=None, to_payee=two.payee.public_id, amount=amount)
        return transfers.draft(customer=two.payer, key=uuid.uuid4(), order=wanted, now=now).transfer_id

    first, other = order(6_000_00), order(6_000_00)
    confirm(two.payer, first, now)
    with pytest.raises(transfers.ClassLimit) as refused:
        confirm(two.payer, other, now)  # both fitted when they were filled in
    assert refused.value.breach.left == 4_000_00
    assert "4,000.00" in sentences.of_transfer(refused.value)[1]
    confirm(two.payer, to_own(two.payer, second, two.source, 24_000_00, now), now)
    assert (booked(second), booked(two.destination)) == (0, 6_000_00)


def test_a_class_three_account_is_never_filled_beyond_its_most_and_the_payer_does_not_learn_what_lies_on_it(
    two: make.Pair, now: datetime
) -> None:
    third = classed(two.receiver, two.destination, "iii", now, balance=1_500_00)
    payee = make.payee(two.payer, third, alias="Small", now=now)

    def order(amount: int) -> uuid.UUID:
        wanted = transfers.Order(source=two.source.public_id, to_account=None, to_payee=payee.public_id, amount=amount)
        return transfers.draft(customer=two.payer, key=uuid.uuid4(), order=wanted, now=now).transfer_id

    waiting = order(500_00)
    with pytest.raises(transfers.PayeeCannotTake) as refused:
        order(500_01)
    field, words = sentences.of_transfer(refused.value)
    assert field == "amount"
    assert not any(character.isdigit() for character in words)
    make.pay_in(third, 1_00, now=now)
    with pytest.raises(transfers.PayeeCannotTake):
        confirm(two.payer, waiting, now)
    assert booked(third) == 1_501_00


def test_nobody_feels_for_a_balance_by_trying_amounts(two: make.Pair, now: datetime) -> None:
    third = classed(two.receiver, two.destination, "iii", now, balance=1_500_00)
    payee = make.payee(two.payer, third, alias="Small", now=now)

    def order(amount: int, moment: datetime = now) -> None:
        wanted = transfers.Order(source=two.source.public_id, to_account=None, to_payee=payee.public_id, amount=amount)
        transfers.draft(customer=two.payer, key=uuid.uuid4(), order=wanted, now=moment)

    for amount in (900_00, 700_00, 600_00):
        with pytest.raises(transfers.PayeeCannotTake):
            order(amount)
    with pytest.raises(transfers.PayeeCannotTake):
        order(1_00)  # it would fit
    order(1_00, now + timedelta(days=1))


def test_the_owner_reads_the_figures_of_an_own_account(two: make.Pair, now: datetime) -> None:
    third = classed(two.payer, two.source, "iii", now, balance=1_500_00)
    with pytest.raises(transfers.ClassLimit) as refused:
        to_own(two.payer, two.source, third, 600_00, now)
    assert "500.00" in sentences.of_transfer(refused.value)[1]


def test_transfers_between_accounts_of_class_one_ask_nothing_more(
    two: make.Pair, now: datetime, django_assert_num_queries: Any
) -> None:
    transfer_id = drafted(two, 250_00, now)
    challenge = approved(two.payer, transfer_id, now)
    with django_assert_num_queries(6):  # one of them the monitor's
        transfers.confirm(customer=two.payer, transfer_id=transfer_id, challenge_id=challenge, now=now)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_payers_at_once_do_not_fill_a_class_three_account_beyond_its_most(now: datetime) -> None:
    owner = make.customer("李明", now=now)
    first = make.account(owner, now=now)
    third = classed(owner, first, "iii", now, balance=1_000_00)
    acts = []
    for number in range(10):
        payer = make.customer(f"王{number}", now=now)
        source = make.account(payer, balance=500_00, now=now)
        payee = make.payee(payer, third, now=now)
        order = transfers.Order(source=source.public_id, to_account=None, to_payee=payee.public_id, amount=300_00)
        made = transfers.draft(customer=payer, key=uuid.uuid4(), order=order, now=now).transfer_id
        challenge = approved(payer, made, now)
        acts.append(
            lambda payer=payer, made=made, challenge=challenge: transfers.confirm(
                customer=payer, transfer_id=made, challenge_id=challenge, now=now
            )
        )
    results = together(acts)
    assert sum(isinstance(one, transfers.Confirmed) for one in results) == 3
    assert sum(isinstance(one, transfers.PayeeCannotTake) for one in results) == 7
    assert booked(third) == 1_900_00

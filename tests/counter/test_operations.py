"""Deposit, withdrawal and transfer at the counter."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.freezing.models import Freeze
from accounts.identity.models import Verification
from accounts.models import Customer, Disposition
from accounts.services import open_bound_account
from core.audit.models import Row
from core.changes.models import Change
from core.outbox.models import Delivery
from core.reviews.errors import OwnCase
from ledger import balances, posting
from ledger.models import Entry
from payments.counter import refusals
from payments.counter.models import Operation
from payments.counter.services import operations, undoing
from payments.models import Transfer
from tests.factories import changes
from tests.factories import counter as make
from tests.factories import identity as people
from tests.factories import payments as money
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


def booked(account: Any) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def refused(counter: make.Counter, error: type[Exception], act: Callable[[], Any]) -> str:
    """Say what the refusal said, and prove that nothing happened."""
    before = (Entry.objects.count(), Delivery.objects.count(), counter.cash, counter.vault)
    with pytest.raises(error) as caught:
        act()
    assert (Entry.objects.count(), Delivery.objects.count(), counter.cash, counter.vault) == before
    return str(caught.value)


def test_cash_in_and_out_moves_till_and_account_and_nothing_else(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    paid_in = make.done(counter, visit, make.order("deposit", account, 500_00, memo="压岁钱"), now=now)
    assert (paid_in.state, booked(account), counter.cash) == ("done", 1_500_00, 100_500_00)
    paid_out = make.done(counter, visit, make.order("withdrawal", account, 300_00), now=now)
    assert (paid_out.state, booked(account), counter.cash, counter.vault) == (
        "done",
        1_200_00,
        100_200_00,
        1_900_000_00,
    )
    entries = Entry.objects.filter(pk__in=[paid_in.entry_id, paid_out.entry_id])
    assert {(entry.channel, entry.kind) for entry in entries} == {
        ("counter", "counter.deposit"),
        ("counter", "counter.withdrawal"),
    }
    assert paid_in.reference.startswith("C261123-")


def test_a_transfer_at_the_counter_takes_number_and_name(counter: make.Counter, now: datetime) -> None:
    _payer, source = make.customer(now=now)
    _payee, destination = make.customer(name="李明", balance=0, now=now)
    visit = make.visit(counter, source, now=now)
    wrong = make.order("transfer", source, 200_00, to=destination.number, payee_name="李鸣")
    refused(counter, refusals.UnknownPayee, lambda: make.drafted(counter, visit, wrong, now=now))
    right = make.order("transfer", source, 200_00, to=destination.number, payee_name="李 明", memo="房租")
    made = make.done(counter, visit, right, now=now)
    assert (made.state, booked(source), booked(destination), counter.cash) == ("done", 800_00, 200_00, 100_000_00)
    assert not Transfer.objects.exists()  # nothing of it counts towards the limits of the online channel


def test_the_same_form_twice_is_one_operation(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit, key = make.visit(counter, account, now=now), uuid.uuid4()
    first = make.drafted(counter, visit, make.order("deposit", account, 50_00), key=key, now=now)
    again = make.drafted(counter, visit, make.order("deposit", account, 50_00), key=key, now=now)
    assert again.pk == first.pk
    for _time in range(2):
        made = operations.confirm(teller=counter.teller, operation_id=first.public_id, now=now)
    assert made.repeated
    assert booked(account) == 1_050_00
    refused(
        counter,
        refusals.KeyTaken,
        lambda: make.drafted(counter, visit, make.order("deposit", account, 70_00), key=key, now=now),
    )


def test_other_content_of_one_form_replaces_what_nobody_confirmed(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit, key = make.visit(counter, account, now=now), uuid.uuid4()
    first = make.drafted(counter, visit, make.order("deposit", account, 50_00), key=key, now=now)
    make.drafted(counter, visit, make.order("deposit", account, 60_00), key=key, now=now)
    refused(
        counter,
        refusals.DraftVoid,
        lambda: operations.confirm(teller=counter.teller, operation_id=first.public_id, now=now),
    )


def test_a_large_sum_waits_for_a_second_person_who_is_not_the_teller(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    visit = make.visit(counter, account, now=now)
    waits = make.done(counter, visit, make.order("withdrawal", account, 60_000_00), now=now)
    assert (waits.state, waits.entry_id, booked(account), counter.cash) == ("waiting", None, 80_000_00, 100_000_00)
    done = make.approve(waits, counter.keeper, now=now)
    assert (done.state, booked(account), counter.cash) == ("done", 20_000_00, 40_000_00)
    row = Row.objects.get(act="counter.withdrawal")
    assert row.actor_id == counter.teller.pk
    assert row.after["change"] == f"change:{done.change.public_id}"  # type: ignore[union-attr]


def test_exactly_the_figure_is_done_alone_and_the_figure_is_read(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    visit = make.visit(counter, account, now=now)
    assert make.done(counter, visit, make.order("withdrawal", account, 50_000_00), now=now).state == "done"
    add_figure("counter.alone_most.deposit.cny", "10.00", type="decimal", now=now)
    assert make.done(counter, visit, make.order("deposit", account, 10_10), now=now).state == "waiting"


def test_whoever_declines_moves_nothing(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    visit = make.visit(counter, account, now=now)
    waits = make.done(counter, visit, make.order("withdrawal", account, 60_000_00), now=now)
    after = make.approve(waits, counter.keeper, verdict="decline", now=now)
    assert (after.entry_id, after.change.state) == (None, "declined")  # type: ignore[union-attr]
    assert (booked(account), counter.cash) == (80_000_00, 100_000_00)


def test_what_an_operation_says_cannot_be_changed_after_it_was_written(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    waits = make.done(
        counter, make.visit(counter, account, now=now), make.order("withdrawal", account, 60_000_00), now=now
    )
    for column, value in (("amount", 61_000_00), ("account_id", account.pk + 1), ("currency", "USD")):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE counter_operation SET {column} = %s WHERE id = %s", [value, waits.pk])


@pytest.mark.as_owner
def test_an_amount_tampered_with_after_the_approval_is_not_carried_out(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    waits = make.done(
        counter, make.visit(counter, account, now=now), make.order("withdrawal", account, 60_000_00), now=now
    )
    assert waits.change is not None
    changes.decide(waits.change, counter.keeper, now=now)
    with connection.cursor() as cursor:  # the owner of the tables, who took the guard away first
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE counter_operation DISABLE TRIGGER counter_operation_keeps")
        cursor.execute("UPDATE counter_operation SET amount = 6100000 WHERE id = %s", [waits.pk])
        cursor.execute("ALTER TABLE counter_operation ENABLE TRIGGER counter_operation_keeps")
    change = changes.settle(waits.change, now=now)
    assert change.state == "failed"
    assert (booked(account), counter.cash) == (80_000_00, 100_000_00)


def test_more_than_the_account_or_the_till_holds_is_refused(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    said = refused(
        counter,
        refusals.InsufficientFunds,
        lambda: make.drafted(counter, visit, make.order("withdrawal", account, 1_000_10), now=now),
    )
    assert "1,000.00" in said
    _other, rich = make.customer(balance=300_000_00, now=now)
    at = make.visit(counter, rich, now=now)
    refused(
        counter,
        refusals.TillShort,
        lambda: make.drafted(counter, at, make.order("withdrawal", rich, 100_000_10), now=now),
    )


def test_money_that_is_held_stays(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    posting.place_hold(key="frozen by a court", account_id=account.ledger_account_id, amount=950_00)
    visit = make.visit(counter, account, now=now)
    refused(
        counter,
        refusals.InsufficientFunds,
        lambda: make.drafted(counter, visit, make.order("withdrawal", account, 60_00), now=now),
    )


def test_cash_comes_in_notes_and_coins(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    refused(
        counter,
        refusals.NotPayable,
        lambda: make.drafted(counter, visit, make.order("deposit", account, 10_05), now=now),
    )


def test_after_the_document_has_expired_money_comes_in_and_does_not_leave(counter: make.Counter, now: datetime) -> None:
    someone, account = make.customer(now=now)
    someone.document_expires_on = now.date() - timedelta(days=400)
    someone.save()
    visit = make.visit(counter, account, now=now)
    refused(
        counter,
        refusals.IdentityExpired,
        lambda: make.drafted(counter, visit, make.order("withdrawal", account, 10_00), now=now),
    )
    assert make.done(counter, visit, make.order("deposit", account, 10_00), now=now).state == "done"


def test_the_classes_of_accounts_count_at_the_counter_too(counter: make.Counter, now: datetime) -> None:
    someone, first = make.customer(balance=50_000_00, now=now)
    second = open_bound_account(customer=someone, account_class="ii", bound_to=first, key="second", now=now)
    visit = make.visit(counter, first, now=now)
    assert make.done(counter, visit, make.order("deposit", second, 9_999_90), now=now).state == "done"
    refused(
        counter,
        refusals.ClassStops,
        lambda: make.drafted(counter, visit, make.order("deposit", second, 20), now=now),
    )


def test_where_the_bank_sees_a_risk_large_cash_says_where_it_comes_from(counter: make.Counter, now: datetime) -> None:
    someone, account = make.customer(now=now)
    make.verified(someone, risk="high", now=now)
    visit = make.visit(counter, account, now=now)
    assert visit.compared
    assert make.done(counter, visit, make.order("deposit", account, 49_999_90), now=now).state == "done"
    refused(
        counter,
        refusals.CashNoteMissing,  # the day's sum counts, not the single payment
        lambda: make.drafted(counter, visit, make.order("deposit", account, 10), now=now),
    )
    told = make.order("deposit", account, 10, cash_note="卖房首付款")
    assert make.done(counter, visit, told, now=now).cash_note == "卖房首付款"


def test_a_sum_alone_asks_nobody_where_it_comes_from(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    assert make.done(counter, visit, make.order("deposit", account, 150_000_00), now=now).state == "done"


def test_nobody_serves_themselves_nor_pays_into_their_own_account(counter: make.Counter, now: datetime) -> None:
    own = Customer.objects.create(
        user=counter.teller, legal_name="何伟", standing="verified", verified_at=now, created_at=now
    )
    account = money.account(own, balance=500_00, now=now)
    refused(counter, refusals.OwnMatter, lambda: make.visit(counter, account, now=now))
    assert Row.objects.get(act="counter.customer_not_served").after["why"] == "OwnMatter"
    _payer, source = make.customer(now=now)
    visit = make.visit(counter, source, now=now)
    to_me = make.order("transfer", source, 10_00, to=account.number, payee_name="何伟")
    refused(counter, refusals.OwnMatter, lambda: make.drafted(counter, visit, to_me, now=now))
    assert Row.objects.filter(act="counter.conflict_refused", actor_id=counter.teller.pk).exists()


def test_somebody_of_the_same_household_is_refused(counter: make.Counter, now: datetime) -> None:
    def living_at(customer: Customer, number: str) -> None:
        verified = Verification(
            customer=customer, state="approved", legal_name="x", born_on=now.date(), submitted_at=now,
            promised_by=now, consented_at=now, decided_at=now, started_at=now,
        )  # fmt: skip
        verified.seal_number(number)
        verified.seal_address("上海市浦东新区世纪大道 100 号")
        verified.save()

    own = Customer.objects.create(
        user=counter.teller, legal_name="何伟", standing="verified", verified_at=now, created_at=now
    )
    living_at(own, "11010519491231002X")
    relative, account = make.customer(now=now)
    living_at(relative, "440524188001010014")
    refused(
        counter,
        refusals.OwnMatter,
        lambda: operations.visits.begin(
            teller=counter.teller,
            number=account.number,
            sighted=operations.visits.Sighted("resident_id", "0014"),
            now=now,
        ),
    )


def test_who_approves_is_not_close_to_the_customer_either(counter: make.Counter, now: datetime) -> None:
    someone, account = make.customer(balance=80_000_00, now=now)
    keeper = make.colleague(counter.branch, "branch_supervisor", now=now)
    Customer.objects.filter(pk=someone.pk).update(user=keeper)
    waits = make.done(
        counter, make.visit(counter, account, now=now), make.order("withdrawal", account, 60_000_00), now=now
    )
    with pytest.raises(OwnCase):
        make.approve(waits, keeper, now=now)
    assert (booked(account), counter.cash) == (80_000_00, 100_000_00)


def test_another_tellers_customer_and_operation_do_not_exist(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    mine = make.drafted(counter, visit, make.order("deposit", account, 10_00), now=now)
    other = make.opened(counter.branch, till=2, now=now)
    refused(
        counter,
        refusals.Unknown,
        lambda: operations.confirm(teller=other.teller, operation_id=mine.public_id, now=now),
    )
    refused(
        counter,
        refusals.Unknown,
        lambda: make.drafted(other, visit, make.order("deposit", account, 10_00), now=now),
    )


def test_after_its_business_date_a_till_moves_nothing(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    made = make.drafted(counter, visit, make.order("deposit", account, 10_00), now=now)
    Operation.objects.filter(pk=made.pk).update(expires_at=now + timedelta(days=9))
    visit.ends_at = now + timedelta(days=9)
    visit.save()
    refused(
        counter,
        refusals.DayOver,
        lambda: operations.confirm(teller=counter.teller, operation_id=made.public_id, now=now + timedelta(days=1)),
    )


def test_when_the_customer_has_left_the_document_is_sighted_once_more(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    made = make.drafted(counter, visit, make.order("deposit", account, 10_00), now=now)
    make.visit(counter, make.customer(now=now)[1], now=now)  # the next one stands there
    refused(
        counter,
        refusals.VisitOver,
        lambda: operations.confirm(teller=counter.teller, operation_id=made.public_id, now=now),
    )


def test_an_operation_is_undone_the_same_day_by_two_people_and_its_mirror(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    made = make.done(counter, visit, make.order("deposit", account, 500_00), now=now)
    change = undoing.ask(
        teller=counter.teller, operation_id=made.public_id, reason="The customer said 50, I keyed 500", now=now
    )
    assert (booked(account), counter.cash) == (1_500_00, 100_500_00)
    changes.decide(change, counter.keeper, now=now)
    assert changes.settle(change, now=now).state == "applied"
    made.refresh_from_db()
    assert made.reversal is not None
    assert (made.reversal.reverses_id, made.reversal.channel) == (made.entry_id, "counter")
    assert (booked(account), counter.cash) == (1_000_00, 100_000_00)
    refused(
        counter,
        refusals.UndoneBefore,
        lambda: undoing.ask(teller=counter.teller, operation_id=made.public_id, reason="once more, please", now=now),
    )


def test_what_the_customer_has_spent_meanwhile_is_not_undone(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=0, now=now)
    visit = make.visit(counter, account, now=now)
    made = make.done(counter, visit, make.order("deposit", account, 500_00), now=now)
    change = undoing.ask(
        teller=counter.teller, operation_id=made.public_id, reason="Keyed for the wrong customer", now=now
    )
    make.done(counter, visit, make.order("withdrawal", account, 400_00), now=now)
    changes.decide(change, counter.keeper, now=now)
    assert changes.settle(change, now=now).state == "failed"
    assert (booked(account), counter.cash) == (100_00, 100_100_00)


def test_yesterdays_operation_is_not_undone_here(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(now=now)
    made = make.done(counter, make.visit(counter, account, now=now), make.order("deposit", account, 50_00), now=now)
    refused(
        counter,
        refusals.NotUndone,
        lambda: undoing.ask(
            teller=counter.teller, operation_id=made.public_id, reason="found only a day later",
            now=now + timedelta(days=1),
        ),
    )  # fmt: skip


def test_somebody_who_may_dispose_of_an_account_is_served_and_a_stranger_to_it_is_not(
    counter: make.Counter, now: datetime
) -> None:
    _owner, account = make.customer(now=now)
    helper, own = make.customer(name="李明", now=now)
    visit = make.visit(counter, own, now=now)
    wish = make.order("withdrawal", account, 10_00)
    refused(counter, refusals.UnknownAccount, lambda: make.drafted(counter, visit, wish, now=now))
    Disposition.objects.create(customer=helper, bank_account=account, role="disponent")
    assert make.done(counter, visit, wish, now=now).customer_name == "李明"


def test_locked_access_takes_a_second_person_for_whatever_leaves(counter: make.Counter, now: datetime) -> None:
    someone, account = make.customer(now=now)
    Freeze.objects.create(user=someone.user, cause="new_device", token_digest="x", frozen_at=now)
    visit = make.visit(counter, account, now=now)
    assert make.done(counter, visit, make.order("deposit", account, 10_00), now=now).state == "done"
    assert make.done(counter, visit, make.order("withdrawal", account, 10_00), now=now).state == "waiting"


def test_taking_a_waiting_operation_back_takes_it_off_the_desk(counter: make.Counter, now: datetime) -> None:
    _someone, account = make.customer(balance=80_000_00, now=now)
    waits = make.done(
        counter, make.visit(counter, account, now=now), make.order("withdrawal", account, 60_000_00), now=now
    )
    operations.drop(teller=counter.teller, operation_id=waits.public_id, now=now)
    assert Change.objects.get(pk=waits.change_id).state == "withdrawn"
    assert Operation.objects.get(pk=waits.pk).state == "dropped"


def test_a_document_that_is_not_the_verified_one_opens_nothing(counter: make.Counter, now: datetime) -> None:
    someone, account = make.customer(now=now)
    verified = Verification(
        customer=someone, state="approved", legal_name="x", born_on=now.date(), submitted_at=now, promised_by=now,
        consented_at=now, decided_at=now, started_at=now, document_kind="resident_id",
    )  # fmt: skip
    verified.seal_number(people.PERSON.number)
    verified.save()
    sight = operations.visits.Sighted
    for shown in (sight("resident_id", "9999"), sight("passport", people.PERSON.number[-4:])):
        refused(
            counter,
            refusals.DocumentDiffers,
            lambda shown=shown: operations.visits.begin(
                teller=counter.teller, number=account.number, sighted=shown, now=now
            ),
        )
    by_document = operations.visits.begin(
        teller=counter.teller,
        number=people.PERSON.number,
        sighted=sight("resident_id", people.PERSON.number[-4:]),
        now=now,
    )
    assert (by_document.customer_id, by_document.found_by, by_document.compared) == (someone.pk, "document", True)

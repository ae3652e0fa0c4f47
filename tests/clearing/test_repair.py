"""What the machine leaves open is settled by people: one asks, others approve, the books agree with the statement."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.inbox.models import Notice
from accounts.roles import Role
from core.changes import pages
from core.changes import services as changes
from core.changes.errors import NoRole, Refused
from core.changes.models import Change
from core.outbox import relay
from ledger import balances, chart
from payments.clearing import queries
from payments.clearing.models import Payment, RepairItem, StatementEntry
from payments.clearing.services.accounts import nostro_number
from payments.clearing.states import State
from tests.factories import changes as people
from tests.factories import clearing as make

pytestmark = pytest.mark.django_db


def ask(item: RepairItem, action: str, payment: Payment | None = None, *, by: Any = None, now: datetime) -> Change:
    teller = by or people.staff(Role.TELLER.value)
    payload = {
        "item": str(item.public_id), "action": action, "payment": payment.reference if payment else "",
    }  # fmt: skip
    return changes.ask(kind="clearing.repair", payload=payload, reason="On the statement.", asked_by=teller, now=now)


def approve(change: Change, now: datetime, *, role: str = Role.APPROVER.value) -> Change:
    """One person approves; whatever the desk then settles is settled."""
    people.decide(change, people.staff(role), now=now)
    relay.drain(now=now)
    relay.drain(now=max(now, timezone.now()))  # what the worker's own clock wrote down while it carried that out
    change.refresh_from_db()
    return change


def nostro_agrees() -> bool:
    statement = queries.newest_statement(nostro_number("CNY"))
    assert statement is not None
    found = queries.compare(currency="CNY", closing=statement.closing)
    return (found.unexplained, found.open) == (0, 0)


def stray(other: make.OtherSide, amount: int, now: datetime, reference: str = "") -> RepairItem:
    other.put(other.statement((amount, reference), now=now))
    other.round(now)
    return RepairItem.objects.latest("pk")


def sent(by: make.Payer, other: make.OtherSide, amount: int, now: datetime) -> Payment:
    payment = make.accepted(by, amount, now=now)
    other.round(now)
    return payment


def test_money_that_nobody_sent_goes_to_suspense_when_a_second_person_agrees(
    other: make.OtherSide, now: datetime
) -> None:
    item = stray(other, 88_00, now)
    change = ask(item, "suspense", now=now)
    item.refresh_from_db()
    assert item.state == "open"
    assert approve(change, now).state == Change.State.APPLIED
    item.refresh_from_db()
    assert (item.state, item.action) == ("repaired", "suspense")
    suspense = chart.find("suspense", "CNY")
    assert balances.of([suspense])[suspense].booked == 88_00
    assert nostro_agrees()


def test_a_settled_repair_is_read_in_words_and_not_in_codes(other: make.OtherSide, now: datetime) -> None:
    """Whoever asked for it comes back to its page: the same lines as before, under a title without a code."""
    item = stray(other, 88_00, now)
    change = ask(item, "suspense", now=now)
    before = pages.screen(change, None, user=change.asked_by, now=now)["preview"].lines
    after = pages.screen(approve(change, now), None, user=change.asked_by, now=now)
    assert change.title == f"¥88.00 · #{item.pk}"
    assert after["content"] == [(line.label, str(line.new)) for line in before]
    assert [value for _name, value in after["result"]] == [str(change.result["entry"])]


def test_a_line_without_a_reference_is_matched_with_its_payment_by_hand(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = sent(wang, other, 100_00, now)
    item = stray(other, -100_00, now)
    with pytest.raises(Refused):
        ask(item, "match", sent(wang, other, 200_00, now), now=now)  # another sum
    approve(ask(item, "match", payment, by=people.staff(Role.TELLER.value), now=now), now)
    payment.refresh_from_db()
    assert payment.state == State.SETTLED
    assert StatementEntry.objects.get().state == "matched"
    assert nostro_agrees()


def test_a_part_that_came_back_is_given_to_the_customer_who_is_told(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = sent(wang, other, 100_00, now)
    other.put(other.status(payment, now=now))
    other.round(now)
    other.put(other.statement((-100_00, payment.reference), now=now))
    other.round(now)
    item = stray(other, 95_00, now, payment.reference)
    assert item.cause == "wrong_amount"
    approve(ask(item, "return", payment, now=now), now)
    ledger_id = wang.source.ledger_account_id
    assert balances.of([ledger_id])[ledger_id].booked == 9_995_00
    assert nostro_agrees()
    assert Notice.objects.filter(user=wang.customer.user, event="clearing.back").count() == 1
    relay.drain(now=now)
    assert balances.of([ledger_id])[ledger_id].booked == 9_995_00


def test_a_refusal_after_the_settlement_is_given_back_in_full(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = sent(wang, other, 100_00, now)
    for what in ("ACSC", "RJCT"):
        other.put(other.status(payment, what, now=now))
        other.round(now)
    item = RepairItem.objects.get()
    assert item.cause == "contradicts"
    approve(ask(item, "return", payment, now=now), now)
    payment.refresh_from_db()
    assert payment.state == State.RETURNED
    ledger_id = wang.source.ledger_account_id
    assert balances.of([ledger_id])[ledger_id].booked == 10_000_00


def test_from_the_second_band_on_two_people_besides_the_asker_must_agree(other: make.OtherSide, now: datetime) -> None:
    item = stray(other, 50_000_00, now)
    change = approve(ask(item, "suspense", now=now), now)
    assert change.state == Change.State.ASKED
    item.refresh_from_db()
    assert item.state == "open"
    approve(change, now, role=Role.RISK_OFFICER.value)
    item.refresh_from_db()
    assert item.state == "repaired"


@pytest.mark.parametrize(
    ("action", "cause"),
    [("close", "no_reference"), ("match", "no_reference"), ("return", "no_reference")],
)
def test_an_action_that_does_not_fit_is_refused_before_it_is_asked_for(
    other: make.OtherSide, now: datetime, action: str, cause: str
) -> None:
    item = stray(other, 88_00, now)
    assert item.cause == cause
    with pytest.raises(Refused):
        ask(item, action, now=now)
    assert not Change.objects.exists()


def test_only_who_may_ask_asks_and_a_refused_file_is_closed_without_a_booking(
    other: make.OtherSide, now: datetime
) -> None:
    other.put(b"garbage")
    other.round(now)
    item = RepairItem.objects.get()
    with pytest.raises(NoRole):
        ask(item, "close", by=people.staff(Role.REVIEWER.value), now=now)
    with pytest.raises(Refused):
        ask(item, "suspense", now=now)
    approve(ask(item, "close", by=people.staff(Role.TELLER.value), now=now), now)
    item.refresh_from_db()
    assert (item.state, item.entry_id) == ("repaired", None)


def test_what_the_machine_settled_meanwhile_is_not_settled_again(
    wang: make.Payer, other: make.OtherSide, now: datetime
) -> None:
    payment = sent(wang, other, 100_00, now)
    for what in ("ACSC", "RJCT"):
        other.put(other.status(payment, what, now=now))
        other.round(now)
    change = ask(RepairItem.objects.get(), "return", payment, now=now)
    other.put(other.returned(payment, now=now))
    other.round(now)
    with pytest.raises(Exception, match="has the money already"):
        approve(change, now)
    ledger_id = wang.source.ledger_account_id
    assert balances.of([ledger_id])[ledger_id].booked == 10_000_00

"""The end of a relationship: what stands against it, the wait, the end itself, and what stays."""

import io
import threading
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.access import stepup
from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer, User
from accounts.mydata import certifying, closing, correcting
from accounts.mydata.models import Closing
from core.audit.models import Row
from core.outbox import relay
from ledger import posting
from ledger.models import Account
from loans.models import Loan
from payments.models import StandingOrder
from tests.factories import identity as desk
from tests.factories import mydata as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def leaver(*, now: datetime, balance: int = 0) -> tuple[Customer, BankAccount]:
    customer = money.customer("欧阳修", now=now)
    account = money.account(customer, balance=balance, now=now)
    money.enrol(customer)
    return customer, account


def ask(customer: Customer, *, now: datetime) -> Closing:
    challenge = make.answered(customer, closing.OPERATION, closing.shown(customer), now=now)
    return closing.ask(customer=customer, challenge_id=challenge, now=now)


def against(customer: Customer, *, now: datetime) -> set[str]:
    return {obstacle.key.partition(":")[0] for obstacle in closing.obstacles(customer=customer, now=now)}


def test_what_is_open_in_any_room_stands_against_the_end_each_with_a_way_to_settle_it(now: datetime) -> None:
    customer, account = leaver(now=now, balance=100_00)
    other, _theirs = leaver(now=now)
    posting.place_hold(
        key="h", account_id=account.ledger_account_id, amount=10_00, reason="card", expires_at=now + WEEK
    )
    Loan.objects.create(
        bank_account=account,
        granted_on=now.date(),
        amount=1,
        monthly_payment=1,
        months=1,
        currency="CNY",
        state="running",
    )
    two = money.Pair(customer, account, money.payee(customer, _theirs, now=now), other, _theirs)
    from payments.services import transfers

    transfers.draft(customer=customer, key=uuid.uuid4(), order=money.order(two, 1_00), now=now)
    correcting.ask(customer=customer, what="address", new="New Street 1", why="I moved", now=now)
    assert against(customer, now=now) == {"held", "balance", "loan", "drafts", "correction"}
    for obstacle in closing.obstacles(customer=customer, now=now):
        assert str(obstacle.text)
        assert obstacle.url.startswith("/")
        assert str(obstacle.url_text)
    with pytest.raises(closing.NotYet):
        ask(customer, now=now)
    assert not Closing.objects.exists()
    assert against(other, now=now) == set()


def test_a_check_of_identity_that_waits_stands_against_the_end(now: datetime) -> None:
    customer = desk.make_customer(now=now)
    desk.send(customer, now=now)
    assert against(customer, now=now) == {"identity"}


def test_the_end_waits_a_week_and_can_be_taken_back_with_one_press(now: datetime, time_machine: Any) -> None:
    time_machine.move_to(now, tick=False)
    customer, account = leaver(now=now)
    asked = ask(customer, now=now)
    assert asked.due_at == now + WEEK
    assert ask(customer, now=now).pk == asked.pk
    assert closing.carry_out_due(now=now + WEEK - timedelta(seconds=1)) == 0
    client = Client()
    client.force_login(customer.user)
    client.post(reverse("mydata_closing_take_back"))
    client.post(reverse("mydata_closing_take_back"))
    assert Closing.objects.get().state == Closing.State.CANCELLED
    assert closing.carry_out_due(now=now + WEEK) == 0
    account.refresh_from_db()
    assert account.status == BankAccount.Status.OPEN
    assert Row.objects.filter(act="mydata.closing_cancelled").count() == 1


def test_when_it_is_due_accounts_sessions_and_orders_end_and_the_dates_are_kept(now: datetime) -> None:
    customer, account = leaver(now=now)
    StandingOrder.objects.create(source=account, payee_account="1", amount=1, currency="CNY")
    client = Client()
    client.force_login(customer.user)
    asked = ask(customer, now=now)
    later = now + WEEK
    assert closing.carry_out_due(now=later) == 1
    assert closing.carry_out_due(now=later) == 0
    assert closing.carry_out(public_id=asked.public_id, now=later) is False
    relay.drain(now=later)
    for record in (customer, account, asked):
        record.refresh_from_db()
    assert customer.standing == Customer.Standing.CLOSED
    assert account.status == BankAccount.Status.CLOSED
    assert Account.objects.get(pk=account.ledger_account_id).status == "closed"
    assert StandingOrder.objects.get().status == StandingOrder.Status.ENDED
    assert asked.closed_on == date(2026, 11, 30)
    assert asked.keep_until == date(2036, 11, 30)
    assert asked.reads_until == date(2026, 12, 30)
    assert Row.objects.filter(act="mydata.closed").count() == 1
    assert Notice.objects.filter(event="security.closing_done").count() == 1
    with pytest.raises(posting.AccountClosed):
        money.pay_in(account, 1, now=later)


def test_what_comes_up_while_waiting_stops_the_end_and_says_so(now: datetime) -> None:
    customer, account = leaver(now=now)
    asked = ask(customer, now=now)
    money.pay_in(account, 5_00, now=now)
    assert closing.carry_out_due(now=now + WEEK) == 0
    asked.refresh_from_db()
    account.refresh_from_db()
    assert asked.state == Closing.State.STOPPED
    assert account.status == BankAccount.Status.OPEN
    assert Notice.objects.filter(event="security.closing_stopped").count() == 1
    with pytest.raises(closing.NothingWaits):
        closing.cancel(customer=customer, now=now + WEEK)


def test_without_an_answered_step_up_nothing_is_asked_for(now: datetime) -> None:
    customer, _account = leaver(now=now)
    elsewhere = make.answered(customer, "mydata.copy", {"what": "copy of personal data"}, now=now)
    with pytest.raises(stepup.Changed):
        closing.ask(customer=customer, challenge_id=elsewhere, now=now)
    assert not Closing.objects.exists()


def test_a_former_customer_reads_and_copies_and_does_nothing_else(now: datetime, time_machine: Any) -> None:
    customer, _account = leaver(now=now)
    ask(customer, now=now)
    later = now + WEEK
    closing.carry_out_due(now=later)
    time_machine.move_to(later, tick=False)
    client = Client()
    client.force_login(User.objects.get(pk=customer.user_id))
    for name in ("mydata", "mydata_copies", "mydata_looked", "mydata_closing", "mydata_certificate"):
        assert client.get(reverse(name)).status_code == 200, name
    for name in ("transfer", "accounts_overview", "mydata_consents", "mydata_corrections", "payees"):
        assert client.get(reverse(name)).status_code == 404, name


def test_when_the_time_to_read_is_over_the_sign_in_ends_once(now: datetime) -> None:
    customer, _account = leaver(now=now)
    ask(customer, now=now)
    closing.carry_out_due(now=now + WEEK)
    assert closing.end_sign_ins(now=now + timedelta(days=37)) == 0
    assert closing.end_sign_ins(now=now + timedelta(days=38)) == 1
    assert closing.end_sign_ins(now=now + timedelta(days=38)) == 0
    assert not User.objects.get(pk=customer.user_id).is_active
    assert Row.objects.filter(act="mydata.sign_in_ended").count() == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Certificate of closing"), ("zh-hans", "2036年11月30日")])
def test_the_certificate_names_the_dates_and_covers_account_numbers(now: datetime, language: str, word: str) -> None:
    customer, account = leaver(now=now)
    asked = ask(customer, now=now)
    with pytest.raises(ValueError, match="carried out"):
        certifying.certificate(asked, language=language, now=now)
    closing.carry_out_due(now=now + WEEK)
    asked.refresh_from_db()
    made = certifying.certificate(asked, language=language, now=now)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert word.replace(" ", "") in text.replace(" ", "")  # figures between Han characters are set with a thin gap
    assert "欧阳修" in text
    assert account.number not in text
    assert account.number[-4:] in text


@pytest.mark.race
def test_two_workers_carry_an_end_out_once(now: datetime) -> None:
    customer, _account = leaver(now=now)
    asked, results = ask(customer, now=now), list[bool]()

    def work() -> None:
        results.append(closing.carry_out(public_id=asked.public_id, now=now + WEEK))
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    assert Row.objects.filter(act="mydata.closed").count() == 1


def test_a_29th_of_february_is_kept_until_the_1st_of_march() -> None:
    assert closing.kept_until(date(2028, 2, 29)) == date(2038, 3, 1)

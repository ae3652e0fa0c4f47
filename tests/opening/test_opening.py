"""A customer opens an account of class II or III online: chosen, checked, confirmed, once."""

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.access import stepup
from accounts.access.codes import code_at
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from accounts.models import BankAccount, Customer
from accounts.opening import services
from core.audit.models import Row
from tests.factories import payments as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_morning(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def owner(db: None, now: datetime) -> Customer:
    made = make.customer(now=now)
    make.account(made, balance=1_000_00, now=now)
    make.enrol(made)
    return made


def first_of(owner: Customer) -> BankAccount:
    return BankAccount.objects.filter(customers=owner, account_class="i").get()


def approved(owner: Customer, account_class: str, key: uuid.UUID, now: datetime) -> uuid.UUID:
    assert owner.user is not None
    challenge = stepup.start(
        user=owner.user,
        operation=services.OPERATION,
        payload=services.shown(account_class=account_class, bound_number=first_of(owner).number, key=key),
        now=now,
    )
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    return challenge.id


def open_one(owner: Customer, now: datetime, account_class: str = "ii", **changes: Any) -> BankAccount:
    key = changes.pop("key", None) or uuid.uuid4()
    wanted = {
        "customer": owner, "account_class": account_class, "bound_to": first_of(owner).public_id, "key": key,
        "challenge_id": changes.pop("challenge_id", None) or approved(owner, account_class, key, now), "now": now,
    }  # fmt: skip
    return services.open_online(**{**wanted, **changes})


def lower() -> int:
    return BankAccount.objects.exclude(account_class="i").count()


def test_the_pages_lead_from_the_accounts_to_the_open_account(owner: Customer, client: Client, now: datetime) -> None:
    assert owner.user is not None
    client.force_login(owner.user)
    assert reverse("account_open") in client.get(reverse("accounts_overview")).content.decode()
    first = first_of(owner)
    page = client.get(reverse("account_open")).content.decode()
    assert f'value="{first.public_id}"' in page
    check = client.get(reverse("account_open_check"), {"account_class": "iii", "bound_to": str(first.public_id)})
    assert check.status_code == 200
    panel = check.context["stepup"]
    sent = {
        "key": str(check.context["key"]), "account_class": "iii", "bound_to": str(first.public_id),
        "stepup-challenge": str(panel.challenge.id), "stepup-code": code_at(secret=make.SECRET, moment=now),
    }  # fmt: skip
    wrong = client.post(reverse("account_open_check"), {**sent, "stepup-code": "000000"})
    assert wrong.status_code == 200
    assert lower() == 0
    assert str(wrong.context["key"]) == sent["key"]
    sent["stepup-challenge"] = str(wrong.context["stepup"].challenge.id)
    answer = client.post(reverse("account_open_check"), sent)
    opened = BankAccount.objects.exclude(account_class="i").get()
    assert answer["Location"] == reverse("statement", args=[opened.public_id])
    assert (opened.account_class, opened.bound_to, opened.currency) == ("iii", first, "CNY")
    text = client.get(answer["Location"]).content.decode()
    assert "2,000.00" in text
    assert Notice.objects.filter(user=owner.user, event="accounts.opened").count() == 1


def test_a_repeat_answers_the_account_that_was_opened(owner: Customer, now: datetime) -> None:
    key = uuid.uuid4()
    first = open_one(owner, now, key=key)
    assert open_one(owner, now, key=key) == first
    assert lower() == 1
    assert Row.objects.filter(act="accounts.opened", subject__contains=str(first.public_id)).count() == 1


def test_a_code_for_one_class_opens_no_other_and_nothing_is_left_behind(owner: Customer, now: datetime) -> None:
    key = uuid.uuid4()
    answer = approved(owner, "iii", key, now)
    with pytest.raises(stepup.Refused):
        open_one(owner, now, "ii", key=key, challenge_id=answer)
    with pytest.raises(stepup.Refused):
        open_one(owner, now, "iii", key=uuid.uuid4(), challenge_id=answer)
    assert lower() == 0
    assert not Notice.objects.filter(event="accounts.opened").exists()
    assert open_one(owner, now, "iii", key=key, challenge_id=answer).account_class == "iii"


def test_another_customers_account_is_bound_to_nothing(owner: Customer, client: Client, now: datetime) -> None:
    other = make.account(make.customer("李明", now=now), now=now)
    with pytest.raises(services.CannotOpen):
        open_one(owner, now, bound_to=other.public_id)
    assert owner.user is not None
    client.force_login(owner.user)
    page = client.get(reverse("account_open_check"), {"account_class": "ii", "bound_to": str(other.public_id)})
    assert "bound_to" in page.context["form"].errors
    assert other.number not in page.content.decode()
    assert lower() == 0


def test_nothing_is_opened_on_a_document_that_expired_too_long_ago(
    owner: Customer, client: Client, now: datetime
) -> None:
    key = uuid.uuid4()
    answer = approved(owner, "ii", key, now)
    Customer.objects.filter(pk=owner.pk).update(document_expires_on=now.date() - timedelta(days=91))
    with pytest.raises(services.IdentityExpired):
        open_one(owner, now, key=key, challenge_id=answer)
    assert owner.user is not None
    client.force_login(owner.user)
    assert client.get(reverse("account_open")).context["stopped"]
    assert lower() == 0


def test_a_class_two_account_shows_what_it_may_still_do_and_a_class_one_account_asks_nothing_more(
    owner: Customer, client: Client, now: datetime
) -> None:
    second = open_one(owner, now)
    make.pay_in(second, 2_500_00, now=now)
    assert owner.user is not None
    client.force_login(owner.user)
    limits = client.get(reverse("statement", args=[second.public_id])).context["of_class"].limits
    assert [(one["used"].minor, one["left"].minor) for one in limits] == [
        (2_500_00, 7_500_00), (2_500_00, 197_500_00), (0, 10_000_00), (0, 200_000_00),
    ]  # fmt: skip
    assert client.get(reverse("statement", args=[first_of(owner).public_id])).context["of_class"] is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_seven_forms_at_once_open_five_accounts(now: datetime) -> None:
    owner = make.customer(now=now)
    make.account(owner, now=now)
    keys = [uuid.uuid4() for _turn in range(7)]
    answers = [approved(owner, "iii", key, now) for key in keys]
    gate, results = threading.Barrier(7), []

    def run(key: uuid.UUID, answer: uuid.UUID) -> None:
        try:
            gate.wait(timeout=20)
            results.append(open_one(owner, now, "iii", key=key, challenge_id=answer))
        except services.CannotOpen as refused:
            results.append(refused)  # type: ignore[arg-type]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(keys, answers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(type(one).__name__ for one in results) == ["BankAccount"] * 5 + ["CannotOpen"] * 2
    assert lower() == 5

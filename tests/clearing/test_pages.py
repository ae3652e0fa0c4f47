"""The customer's pages: fill in, check with the promise, confirm with a code, follow, take back."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.clearing.models import OtherPayee, Payment
from payments.clearing.paths import Mode
from payments.clearing.states import State
from tests.factories import clearing as make
from tests.factories import payments as money
from tests.payments.conftest import code_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The pages read the clock themselves."""
    return timezone.now()


@pytest.fixture
def wang_now(moment: datetime) -> make.Payer:
    by = make.payer(now=moment)
    money.enrol(by.customer)
    return by


@pytest.fixture
def browser(wang_now: make.Payer) -> Client:
    client = Client(headers={"accept-language": "en"})
    assert wang_now.customer.user is not None
    client.force_login(wang_now.customer.user)
    return client


def typed(by: make.Payer, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "source": str(by.source.public_id), "name": "李明", "number": "6225 8801 1234 5678",
        "bank": make.CMB, "amount": "250", "mode": "real_time", "memo": "Rent", "keep": "on", **changes,
    }  # fmt: skip


def test_from_the_form_over_the_promise_to_the_page_that_follows_it(
    browser: Client, wang_now: make.Payer, moment: datetime
) -> None:
    form = browser.get(reverse("bank_transfer")).content.decode()
    assert re.search(r'<small><data class="amount" value="[\d.]+">.*?</data> available</small>', form), "what is there"
    answer = browser.post(reverse("bank_transfer"), typed(wang_now))
    payment = Payment.objects.get()
    check = reverse("bank_transfer_check", args=[payment.public_id])
    assert answer.headers["Location"] == check
    page = browser.get(check)
    text = page.content.decode()
    for said in (
        "Within a minute of your confirmation",
        "it leaves with your confirmation",
        "IBPS",
        "Nothing has moved",
    ):
        assert said in text
    question = page.context["stepup"].challenge.id
    answer = browser.post(check, {"stepup-challenge": question, "stepup-code": code_now(moment)})
    own = reverse("bank_payment", args=[payment.public_id])
    assert answer.headers["Location"] == own
    payment.refresh_from_db()
    assert payment.state == State.ACCEPTED
    text = browser.get(own).content.decode()
    for said in ("Your payment is accepted", "Accepted: the money has left your account", "Expected by"):
        assert said in text
    assert OtherPayee.objects.get().name == "李明"
    assert browser.get(check).headers["Location"] == own  # confirmed once


def test_a_wrong_code_moves_nothing_and_keeps_the_page(browser: Client, wang_now: make.Payer, moment: datetime) -> None:
    browser.post(reverse("bank_transfer"), typed(wang_now))
    payment = Payment.objects.get()
    check = reverse("bank_transfer_check", args=[payment.public_id])
    question = browser.get(check).context["stepup"].challenge.id
    answer = browser.post(check, {"stepup-challenge": question, "stepup-code": "000000"})
    assert answer.status_code == 200
    payment.refresh_from_db()
    assert payment.state == State.DRAFT


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"amount": "10000.01"}, "amount", "This is more than the account has"),
        ({"bank": "308584000014"}, "bank", "We do not reach this bank"),
        ({"number": "12"}, "number", "too short"),
        ({"mode": "sometime"}, "mode", "Choose one of the three"),
        ({"name": ""}, "name", "Enter the payee"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: Client, wang_now: make.Payer, changes: dict[str, str], field: str, said: str
) -> None:
    answer = browser.post(reverse("bank_transfer"), typed(wang_now, **changes))
    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors[field])
    assert "Rent" in answer.content.decode()
    assert not Payment.objects.exists()


def test_only_accounts_in_a_currency_that_other_banks_are_paid_in_are_offered(
    browser: Client, wang_now: make.Payer, moment: datetime
) -> None:
    dollars = money.account(wang_now.customer, currency="USD", now=moment)
    page = browser.get(reverse("bank_transfer")).content.decode()
    assert str(wang_now.source.public_id) in page
    assert str(dollars.public_id) not in page
    refused = browser.post(reverse("bank_transfer"), typed(wang_now, source=str(dollars.public_id)))
    assert refused.status_code == 200
    assert not wang_now.customer.bank_payments.exists()


def test_an_answer_given_twice_is_refused(browser: Client, wang_now: make.Payer) -> None:
    for field, second in (("amount", "1"), ("bank", "105100000017"), ("number", "6217001210066668888")):
        values = typed(wang_now)
        answer = browser.post(reverse("bank_transfer"), {**values, field: [values[field], second]})
        assert answer.status_code == 400
    assert not Payment.objects.exists()


def test_a_promise_that_no_longer_holds_is_shown_anew_on_the_check_page(
    browser: Client, wang_now: make.Payer, moment: datetime
) -> None:
    browser.post(reverse("bank_transfer"), typed(wang_now, mode="next_day"))
    payment = Payment.objects.get()
    Payment.objects.update(promised_by=payment.promised_by - timedelta(days=1))  # it was promised on the day before
    check = reverse("bank_transfer_check", args=[payment.public_id])
    question = browser.get(check).context["stepup"].challenge.id
    answer = browser.post(check, {"stepup-challenge": question, "stepup-code": code_now(moment)})
    assert answer.headers["Location"] == check
    assert "no longer holds" in browser.get(check).content.decode()
    again = Payment.objects.get()
    assert (again.state, again.promised_by) == (State.DRAFT, payment.promised_by)


def test_somebody_elses_payment_payee_and_draft_do_not_exist(browser: Client, moment: datetime) -> None:
    other = make.payer(now=moment)
    payment = make.accepted(other, 100_00, mode=Mode.ORDINARY, now=moment)
    draft = make.drafted(other, 100_00, now=moment)
    payee = OtherPayee.objects.create(
        customer=other.customer, bank_code=make.CMB, number="622588", name="李明", created_at=moment
    )
    assert browser.get(reverse("bank_payment", args=[payment.public_id])).status_code == 404
    assert browser.get(reverse("bank_transfer_check", args=[draft.public_id])).status_code == 404
    assert browser.post(reverse("bank_payment_take_back", args=[payment.public_id])).status_code == 404
    assert browser.post(reverse("other_payee_remove", args=[payee.public_id])).status_code == 404
    assert "李明" not in browser.get(reverse("bank_transfer") + f"?to={payee.public_id}").content.decode()
    payment.refresh_from_db()
    payee.refresh_from_db()
    assert (payment.state, payee.archived_at) == (State.ACCEPTED, None)


def test_a_payment_is_taken_back_from_its_page_and_the_page_says_so(
    browser: Client, wang_now: make.Payer, moment: datetime
) -> None:
    payment = make.accepted(wang_now, 100_00, mode=Mode.ORDINARY, now=moment)
    page = reverse("bank_payment", args=[payment.public_id])
    assert "Take it back" in browser.get(page).content.decode()
    back = reverse("bank_payment_take_back", args=[payment.public_id])
    assert browser.get(back).status_code == 405
    assert browser.post(back).headers["Location"] == page
    text = browser.get(page).content.decode()
    assert "You took this payment back" in text
    assert "Take it back" not in text


def test_the_page_holds_the_promise_against_what_happened(
    browser: Client, wang_now: make.Payer, other: make.OtherSide, moment: datetime
) -> None:
    kept, late = (make.accepted(wang_now, amount, now=moment) for amount in (100_00, 200_00))
    other.round(moment)
    for payment, after in ((kept, 30), (late, 7200)):
        other.put(other.status(payment, now=moment))
        other.round(moment + timedelta(seconds=after))
    pages = [browser.get(reverse("bank_payment", args=[payment.public_id])) for payment in (kept, late)]
    assert [page.context["shown"].kept for page in pages] == ["Kept", "Not kept"]
    assert "119 minutes late" in pages[1].content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_payment_and_for_three(
    browser: Client, wang_now: make.Payer, moment: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        make.accepted(wang_now, 100_00, now=moment)
        OtherPayee.objects.create(
            customer=wang_now.customer, bank_code=make.CMB, number=f"62258{number}", name="李明", created_at=moment
        )
    browser.get(reverse("bank_payments"))
    with django_assert_num_queries(6):
        answer = browser.get(reverse("bank_payments"))
    assert answer.content.decode().count(reverse("bank_payments") + "payees/") == rows

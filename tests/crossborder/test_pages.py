"""The customer's pages: a payee, the payment, its documents, the check, and where it stands."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import workdays
from core.outbox import relay
from ledger.calendar import business_date
from payments import movements
from payments.crossborder.models import Paper, PayeeAbroad, Payment
from payments.crossborder.states import State
from tests.factories import crossborder as make
from tests.factories import payments as money
from tests.payments.conftest import code_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime:
    """The pages read the clock themselves."""
    return timezone.now()


@pytest.fixture
def by(moment: datetime) -> make.Sender:
    found = make.sender(now=moment)
    money.enrol(found.customer)
    return found


@pytest.fixture
def browser(by: make.Sender) -> Client:
    client = Client(headers={"accept-language": "en"})
    assert by.customer.user is not None
    client.force_login(by.customer.user)
    return client


def typed(by: make.Sender, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "payee": str(by.payee.public_id), "source": str(by.yuan.public_id),
        "currency": "USD", "side": "payee", "amount": "250", "charges": "sha", "purpose": "study",
        "purpose_note": "Tuition, autumn term", "memo": "INV 42", **changes,
    }  # fmt: skip


def test_from_a_new_payee_over_the_check_page_to_where_the_payment_stands(
    browser: Client, by: make.Sender, moment: datetime
) -> None:
    answer = browser.post(reverse("payee_abroad_country"), {"country": "GB"})
    add = reverse("payee_abroad_add", args=["GB"])
    assert answer.headers["Location"] == add
    page = browser.get(add)
    assert "22 characters, beginning with GB" in page.content.decode()
    payee = {
        "key": str(uuid.uuid4()), "bank_country": "GB", "name": "University of Leeds", "country": "GB",
        "address": "Woodhouse Lane, Leeds LS2 9JT", "number": "GB33 BUKB 2020 1555 5555 55", "bic": "BUKBGB22",
    }  # fmt: skip
    wrong = browser.post(add, {**payee, "number": "GB33BUKB20201555555556", "name": "利兹大学"})
    assert "do not fit" in str(wrong.context["form"].errors["number"])
    assert "Latin letters" in str(wrong.context["form"].errors["name"])
    browser.post(add, payee)
    browser.post(add, payee)  # a double click keeps one
    assert PayeeAbroad.objects.filter(name="University of Leeds", customer=by.customer).count() == 1
    answer = browser.post(reverse("transfer_abroad"), typed(by))
    payment = Payment.objects.get()
    check = reverse("transfer_abroad_check", args=[payment.public_id])
    assert answer.headers["Location"] == check
    page = browser.get(check)
    text = page.content.decode()
    for said in (
        "Nothing has moved yet", "1 USD = ", "Holds until", "Our fee", "Leaves your account", "Used", "Left",
        "Banks on the way", "I declare that", "Study abroad",
    ):  # fmt: skip
        assert said in text, said
    code = {"stepup-challenge": page.context["stepup"].challenge.id, "stepup-code": code_now(moment)}
    answer = browser.post(check, code)  # not declared
    assert "Tick the declaration" in answer.content.decode()
    assert Payment.objects.get().state == State.DRAFT
    answer = browser.post(check, {**code, "declare": "on"})
    own = reverse("payment_abroad", args=[payment.public_id])
    assert answer.headers["Location"] == own
    text = browser.get(own).content.decode()
    for said in ("Your payment is accepted", "Accepted: the money has left your account", "Cleared to leave"):
        assert said in text, said
    assert browser.get(check).headers["Location"] == own  # confirmed once


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"amount": "0"}, "amount", "more than zero"),
        ({"amount": "1.005"}, "amount", "at most 2 decimals"),
        ({"amount": "5", "charges": "ben"}, "charges", "nothing would be left for the payee"),
        ({"currency": "CZK"}, "currency", "do not send this currency"),
        ({"purpose": "home"}, "purpose", "not open to persons"),
        ({"purpose": "life"}, "purpose", "cannot be sent abroad"),
        ({"purpose_note": ""}, "purpose_note", "Say in a few words"),
        ({"memo": "学费"}, "memo", "Latin letters"),
        ({"payee": str(uuid.uuid4())}, "payee", "no longer on your list"),
        ({"charges": "free"}, "charges", "Choose one of the three"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: Client, by: make.Sender, changes: dict[str, str], field: str, said: str
) -> None:
    answer = browser.post(reverse("transfer_abroad"), typed(by, **changes))
    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors[field])
    if field != "purpose_note":
        assert "Tuition, autumn term" in answer.content.decode()
    assert not Payment.objects.exists()


def test_an_answer_given_twice_is_refused(browser: Client, by: make.Sender) -> None:
    for field, second in (("amount", "1"), ("charges", "ben"), ("currency", "EUR")):
        values = typed(by)
        assert browser.post(reverse("transfer_abroad"), {**values, field: [values[field], second]}).status_code == 400
    assert not Payment.objects.exists()


def test_beyond_the_quota_the_way_leads_over_the_documents(
    browser: Client, by: make.Sender, moment: datetime, settings: Any
) -> None:
    browser.post(reverse("transfer_abroad"), typed(by, amount="50000.01"))
    payment = Payment.objects.get()
    check = reverse("transfer_abroad_check", args=[payment.public_id])
    papers = reverse("transfer_abroad_papers", args=[payment.public_id])
    assert browser.get(check).headers["Location"] == papers
    text = browser.get(papers).content.decode()
    assert "the admission letter" in text
    bad = SimpleUploadedFile("bill.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    answer = browser.post(papers, {"document": bad})
    assert "neither a photo" in str(answer.context["form"].errors["document"])
    assert browser.post(papers, {}).status_code == 200  # nothing was chosen
    good = SimpleUploadedFile("../bill <1>.pdf", make.pdf(2), "application/pdf")
    assert browser.post(papers, {"document": good}).headers["Location"] == papers
    paper = Paper.objects.get()
    page = browser.get(reverse("abroad_page", args=[paper.public_id, 2]))
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert browser.get(reverse("abroad_page", args=[paper.public_id, 3])).status_code == 404
    text = browser.get(check).content.decode()
    assert "A colleague looks at this payment" in text
    assert "2 pages" in text


def test_a_rate_that_is_over_is_said_and_a_new_one_is_asked_for_by_sending(
    browser: Client, by: make.Sender, moment: datetime
) -> None:
    browser.post(reverse("transfer_abroad"), typed(by))
    payment = Payment.objects.get()
    check = reverse("transfer_abroad_check", args=[payment.public_id])
    assert payment.quote_expires_at is not None
    with time_machine.travel(payment.quote_expires_at + timedelta(seconds=1), tick=True):
        text = browser.get(check).content.decode()
        assert "The rate no longer holds" in text
        assert Payment.objects.get().quote == payment.quote  # looking changes nothing
        renew = reverse("transfer_abroad_renew", args=[payment.public_id])
        assert browser.get(renew).status_code == 405
        assert browser.post(renew).headers["Location"] == check
        assert Payment.objects.get().quote != payment.quote
        assert "Nothing has moved yet" in browser.get(check).content.decode()


def test_somebody_elses_payment_document_and_payee_do_not_exist(browser: Client, moment: datetime) -> None:
    other = make.sender(now=moment, name="李明")
    draft = make.drafted(other, 60_000_00, now=moment)
    paper = make.document(other, draft, now=moment)
    sent = make.accepted(other, 100_00, source=other.dollars, now=moment)
    for name, args in (
        ("transfer_abroad_check", [draft.public_id]),
        ("transfer_abroad_papers", [draft.public_id]),
        ("payment_abroad", [sent.public_id]),
        ("abroad_page", [paper.public_id, 1]),
    ):
        assert browser.get(reverse(name, args=args)).status_code == 404, name
    for name, args in (
        ("transfer_abroad_renew", [draft.public_id]),
        ("transfer_abroad_paper_remove", [draft.public_id, paper.public_id]),
        ("payment_abroad_take_back", [sent.public_id]),
        ("payee_abroad_remove", [other.payee.public_id]),
    ):
        assert browser.post(reverse(name, args=args)).status_code == 404, name
    assert "Anna" not in browser.get(f"{reverse('transfer_abroad')}?draft={draft.public_id}").context["form"].initial
    assert make.again(sent).state == State.ACCEPTED
    assert Paper.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_payment_and_for_three(
    browser: Client, by: make.Sender, moment: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        make.accepted(by, 100_00, source=by.dollars, now=moment)
        make.drafted(by, 100_00 + number, source=by.dollars, now=moment)
        make.payee(by.customer, now=moment, number=f"12345{number}", is_iban=False)
    browser.get(reverse("payments_abroad"))
    with django_assert_num_queries(9):
        answer = browser.get(reverse("payments_abroad"))
    text = answer.content.decode()
    kept = [reverse("payee_abroad", args=[one.public_id]) for one in by.customer.payees_abroad.all()]
    assert [text.count(f'"{url}"') for url in kept] == [1] * (rows + 1)


def test_the_page_tells_what_became_of_it_why_less_came_back_and_what_can_still_be_done(
    browser: Client, by: make.Sender, moment: datetime, tmp_path: Path, settings: Any
) -> None:
    now = workday(moment)
    side = make.correspondent(tmp_path, settings, now=now)
    arrived = make.sent(by, 500_00, side, source=by.dollars, now=now)
    back = make.sent(by, 600_00, side, source=by.dollars, now=now)
    page = {each: reverse("payment_abroad", args=[each.public_id]) for each in (arrived, back)}
    text = browser.get(page[arrived]).content.decode()
    assert "Your payment is on its way abroad" in text
    assert "If you want the money back" in text
    for content in (
        side.status(arrived, "ACSP", now=now), side.status(arrived, "ACSP", now=now), side.status(arrived, now=now),
        side.returned(back, kept=12_00, now=now),
    ):  # fmt: skip
        side.put(content)
    side.round(now)
    relay.drain(now=timezone.now())
    text = browser.get(page[arrived]).content.decode()
    assert "Your payment has arrived" in text
    assert text.count("Accepted by our correspondent bank") == 1
    assert ">Kept<" in text
    text = browser.get(page[back]).content.decode()
    for words in ("Your payment was sent back", "account is closed", "Kept by banks on the way", "12.00", "588.00"):
        assert words in text, words
    assert "Not given back" in text
    assert "If you want the money back" not in text
    booked = movements.movement_by_entry(by.dollars.pk, make.again(back).comeback_id or 0)
    assert booked is not None
    receipt = browser.get(reverse("movement", args=[by.dollars.public_id, booked.number])).content.decode()
    assert back.reference in receipt
    assert "12.00" in receipt
    told = [notice.text("en")[1] for notice in by.customer.user.notices.order_by("pk")]  # type: ignore[union-attr]
    assert any("is on your account ending in" in text and "12.00" in text for text in told)


def test_a_payment_that_should_have_arrived_says_so_and_that_it_is_asked_about(
    browser: Client, by: make.Sender, moment: datetime, tmp_path: Path, settings: Any
) -> None:
    past = workday(moment - timedelta(days=12))
    make.rates(past)
    side = make.correspondent(tmp_path, settings, now=past)
    payment = make.sent(by, 500_00, side, source=by.dollars, now=past)
    text = browser.get(reverse("payment_abroad", args=[payment.public_id])).content.decode()
    assert "Not kept so far" in text
    assert "Send nothing again" in text


def workday(moment: datetime) -> datetime:
    """The last moment on a working day: correspondents take payments on those alone."""
    today = business_date(moment)
    return moment - (today - workdays.last_until(today))

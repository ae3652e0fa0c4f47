"""The pages: what they show, what they refuse with a sentence, and what another customer gets to see: nothing."""

import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import StepUp
from accounts.models import Customer
from ledger import balances
from ledger.models import Entry
from payments.models import Payee, Transfer
from payments.services import transfers
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import code_now, drafted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Pages read the clock themselves."""
    return timezone.now()


def signed_in(who: Customer, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language, raise_request_exception=True)
    assert who.user is not None
    client.force_login(who.user)
    return client


@pytest.fixture
def browser(two: make.Pair) -> Client:
    make.enrol(two.payer)
    return signed_in(two.payer)


def typed(two: make.Pair, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "source": str(two.source.public_id),
        "to": f"payee:{two.payee.public_id}",
        "amount": "100",
        "memo": "Rent",
        **changes,
    }


def answer_to(page: Any, now: datetime, code: str = "") -> dict[str, str]:
    """What a person sends from a check page: the hidden question and the code their app shows."""
    (challenge,) = re.findall(r'name="stepup-challenge" value="([0-9a-f-]{36})"', page.content.decode())
    return {"stepup-challenge": challenge, "stepup-code": code or code_now(now)}


def refused(client: Client, address: str, data: dict[str, str]) -> Any:
    """Send what is refused: the answer is a redirect to the same page, which says why."""
    sent = client.post(address, data)
    assert (sent.status_code, sent["Location"]) == (302, address)
    return client.get(address)


def entries() -> int:
    return Entry.objects.filter(kind=transfers.KIND).count()


def spendable(two: make.Pair) -> int:
    return balances.available(two.source.ledger_account_id).minor


def test_from_form_to_receipt(two: make.Pair, browser: Client, now: datetime) -> None:
    assert browser.get(reverse("transfer")).status_code == 200
    sent = browser.post(reverse("transfer"), typed(two, amount="１２３．４５"))
    assert sent.status_code == 302
    check = browser.get(sent["Location"])
    text = check.content.decode()
    for shown in ("¥</span>123.45", "*明", "Rent", "At once", "876.55"):
        assert shown in text
    assert entries() == 0
    done = browser.post(sent["Location"], answer_to(check, now))
    assert done.status_code == 302
    assert done["Location"].startswith("/receipts/")
    receipt = browser.get(done["Location"])
    assert Transfer.objects.get().reference in receipt.content.decode()
    assert (entries(), spendable(two)) == (1, 876_55)


def test_double_click_reload_and_back_show_the_same_receipt(two: make.Pair, browser: Client, now: datetime) -> None:
    form = typed(two)
    first, again = (browser.post(reverse("transfer"), form)["Location"] for _ in range(2))
    assert first == again
    answer = answer_to(browser.get(first), now)
    receipts = {browser.post(first, answer)["Location"] for _ in range(3)}
    assert len(receipts) == 1
    assert browser.get(first)["Location"] in receipts  # the check page, by the back button
    assert browser.post(reverse("transfer"), form)["Location"] in receipts  # the form, by the back button twice
    changed = browser.post(reverse("transfer"), {**form, "amount": "999"})
    assert changed["Location"] in receipts
    assert (entries(), spendable(two)) == (1, 900_00)


@pytest.mark.parametrize(
    "amount",
    [
        "", "0", "0.00", "-1", "−5", "0.001", "12.345", "1e3", "NaN", "Infinity", "0x10", "10" * 9, "1" + "0" * 30,
        "٣", "abc", "一百", "😀", "1,00", "1.2.3", "$5", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}",
        "\x00", "5\x005", "1" * 10_000, "--5", "5 5 USD",
    ],
)  # fmt: skip
def test_an_amount_that_is_none_gets_a_sentence_and_moves_nothing(two: make.Pair, browser: Client, amount: str) -> None:
    page = browser.post(reverse("transfer"), typed(two, amount=amount))
    assert page.status_code == 200
    text = page.content.decode()
    assert 'id="id_amount_error"' in text
    assert "data-error-summary" in text
    assert "<script>alert" not in text
    assert 'value="Rent"' in text  # nothing typed is lost
    assert not Transfer.objects.exists()
    assert entries() == 0


@pytest.mark.parametrize("broken", ["%ED%A0%80", "%FF%FE", "%C4%E3", "%00"])
def test_broken_bytes_get_a_sentence_too(two: make.Pair, browser: Client, broken: str) -> None:
    body = "&".join(f"{name}={value}" for name, value in typed(two, amount=broken, memo=broken).items())
    page = browser.post(reverse("transfer"), body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("1,000.00", 1_000_00), ("１００", 100_00), ("1.00 ", 1_00), ("¥ 5", 5_00), ("0.01", 1), ("0.1万", 1_000_00)],
)
def test_friendly_ways_of_writing_an_amount_are_read_as_the_same_sum(
    two: make.Pair, browser: Client, amount: str, minor: int
) -> None:
    assert browser.post(reverse("transfer"), typed(two, amount=amount)).status_code == 302
    assert Transfer.objects.get().amount == minor


def test_more_than_there_is_says_what_there_is(two: make.Pair, browser: Client) -> None:
    page = browser.post(reverse("transfer"), typed(two, amount="1000.01")).content.decode()
    assert "¥1,000.00 can be spent now. No money has moved." in page


def test_a_limit_says_which_what_is_left_and_when_it_starts_anew(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    add_figure("transfer.daily_limit.cny", "150.00", type="decimal", now=now)
    paid(two, 100_00, now)
    page = browser.post(reverse("transfer"), typed(two, amount="50.01")).content.decode()
    assert re.search(r"Your daily limit is ¥150\.00 and ¥50\.00 of it is left today\. No money has moved\.", page)
    assert browser.post(reverse("transfer"), typed(two, amount="50")).status_code == 302


def test_the_same_account_an_unknown_payee_and_foreign_accounts_get_a_sentence(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    other = make.pair(now=now)
    wrong = {
        "to": [f"account:{two.source.public_id}", f"payee:{uuid.uuid4()}", f"payee:{other.payee.public_id}",
               f"account:{other.source.public_id}", "", "x" * 5000, "payee:", "\x00"],
        "source": [str(other.source.public_id), "", "🦊", str(uuid.uuid4())],
        "key": ["", "1", "x" * 300],
        "memo": ["x" * 101, "a\x00b"],
    }  # fmt: skip
    for field, values in wrong.items():
        for value in values:
            page = browser.post(reverse("transfer"), typed(two, **{field: value}))
            assert page.status_code == 200, (field, value)
            assert "data-error-summary" in page.content.decode(), (field, value)
    assert not Transfer.objects.exists()


def test_a_field_sent_twice_is_no_answer(two: make.Pair, browser: Client) -> None:
    assert browser.post(reverse("transfer"), typed(two, amount=["1", "9999"])).status_code == 400
    assert not Transfer.objects.exists()


def test_fields_nobody_asked_for_change_nothing(two: make.Pair, browser: Client, now: datetime) -> None:
    extra = {"state": "confirmed", "payer": "1", "currency": "USD", "fee": "-5", "entry_id": "1", "kind": "own"}
    check = browser.post(reverse("transfer"), typed(two, **extra))["Location"]
    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.currency, transfer.kind) == ("draft", "CNY", "customer")
    answer = answer_to(browser.get(check), now)
    browser.post(check, {**answer, "amount": "1", "to": f"account:{two.source.public_id}"})
    assert spendable(two) == 900_00


def test_skipping_the_code_leads_back_to_it(two: make.Pair, browser: Client, now: datetime) -> None:
    check = reverse("transfer_check", args=[drafted(two, 100_00, now)])
    for data in ({}, {"stepup-challenge": str(uuid.uuid4()), "stepup-code": "000000"}, {"stepup-code": "123456"}):
        page = refused(browser, check, data)
        assert page.status_code == 200
        assert 'name="stepup-code"' in page.content.decode()
        assert "data-error-summary" in page.content.decode()
    assert entries() == 0


def test_a_refused_confirmation_is_said_once_after_a_redirect_over_the_same_question(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    """Reload and Back repeat a GET, never the POST; five wrong codes are five, redirects or not."""
    check = reverse("transfer_check", args=[drafted(two, 100_00, now)])
    answer = answer_to(browser.get(check), now, code="000000")
    page = refused(browser, check, answer)
    assert "Nothing was done. Wait for the next code" in page.content.decode()
    assert answer_to(page, now)["stepup-challenge"] == answer["stepup-challenge"]
    assert StepUp.objects.get(public_id=answer["stepup-challenge"]).tries == 1
    assert 'value="000000"' not in page.content.decode()
    other = browser.get(reverse("transfer_check", args=[drafted(two, 1_00, now)]))
    assert "data-error-summary" not in other.content.decode()
    assert "data-error-summary" not in browser.get(check).content.decode()  # a reload
    assert entries() == 0


def test_the_code_of_one_draft_does_not_confirm_another(two: make.Pair, browser: Client, now: datetime) -> None:
    small, large = (reverse("transfer_check", args=[drafted(two, amount, now)]) for amount in (1_00, 900_00))
    answer = answer_to(browser.get(small), now)
    page = refused(browser, large, answer)
    assert "no longer those you approved" in page.content.decode()
    assert entries() == 0
    assert not StepUp.objects.filter(used_at__isnull=False).exists()


def test_money_gone_meanwhile_is_told_on_the_check_page_with_the_new_balance(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    check = reverse("transfer_check", args=[drafted(two, 800_00, now)])
    question = browser.get(check)
    paid(two, 700_00, now)
    page = refused(browser, check, answer_to(question, now))
    assert "¥300.00 can be spent now. No money has moved." in page.content.decode()
    assert entries() == 1


def test_an_old_draft_leads_back_to_a_filled_form(two: make.Pair, browser: Client, now: datetime) -> None:
    transfer_id = drafted(two, 123_45, now, memo="Rent & more")
    Transfer.objects.update(expires_at=now)
    sent = browser.post(reverse("transfer_check", args=[transfer_id]), {})
    assert sent["Location"] == f"/transfer/?draft={transfer_id}"
    form = browser.get(sent["Location"]).content.decode()
    assert "not confirmed in time. No money has moved." in form
    assert 'value="123.45"' in form
    assert 'value="Rent &amp; more"' in form


def test_changing_a_draft_keeps_its_form_so_that_only_one_of_both_can_be_confirmed(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    transfer_id = drafted(two, 100_00, now)
    form = browser.get(f"{reverse('transfer')}?draft={transfer_id}").content.decode()
    (key,) = re.findall(r'name="key" value="([0-9a-f-]{36})"', form)
    changed = browser.post(reverse("transfer"), typed(two, key=key, amount="200"))["Location"]
    assert browser.get(reverse("transfer_check", args=[transfer_id]))["Location"].startswith("/transfer/?draft=")
    assert browser.get(changed).status_code == 200


def test_another_customer_finds_nothing(two: make.Pair, browser: Client, now: datetime) -> None:
    make.enrol(two.receiver)
    stranger = signed_in(make.customer("赵四", now=now))
    draft, done = drafted(two, 1_00, now), paid(two, 1_00, now)
    absent = {
        name: stranger.get(reverse(name, args=[uuid.uuid4()])).content
        for name in ("transfer_check", "receipt", "receipt_pdf", "payee", "payee_check")
    }
    places = [("transfer_check", draft), ("transfer_check", done), ("receipt", done), ("receipt_pdf", done),
              ("payee", two.payee.public_id), ("payee_check", two.payee.public_id)]  # fmt: skip
    reference = re.compile(rb'(?i)[a-z0-9-]{8,36}|csrfmiddlewaretoken" value="[^"]+"')
    for name, public_id in places:
        answer = stranger.get(reverse(name, args=[public_id]))
        assert answer.status_code == 404, name
        assert len(reference.sub(b"", answer.content)) == len(reference.sub(b"", absent[name])), name
        if name.startswith(("transfer", "payee")):
            assert stranger.post(reverse(name, args=[public_id]), {"alias": "mine"}).status_code == 404
    assert stranger.post(reverse("payee_remove", args=[two.payee.public_id])).status_code == 404
    two.payee.refresh_from_db()
    assert (two.payee.state, two.payee.alias) == (Payee.State.ACTIVE, "Landlord")
    # A draft has no receipt, and its payee knows nothing of it.
    payee = signed_in(two.receiver)
    assert payee.get(reverse("receipt", args=[draft])).status_code == 404
    assert payee.get(reverse("transfer_check", args=[done])).status_code == 404


def test_pages_ask_for_a_signed_in_and_verified_customer(two: make.Pair, browser: Client, now: datetime) -> None:
    new = make.customer(now=now)
    Customer.objects.filter(pk=new.pk).update(standing=Customer.Standing.NEW)
    draft = drafted(two, 1_00, now)
    for name, args in [("transfer", []), ("transfer_check", [draft]), ("payees", []), ("payee_add", [])]:
        assert Client().get(reverse(name, args=args))["Location"].startswith("/auth/login/")
        assert signed_in(new).get(reverse(name, args=args)).status_code == 302


def test_the_payee_sees_their_own_side_of_the_receipt(two: make.Pair, browser: Client, now: datetime) -> None:
    done = paid(two, 1_00, now, memo="<img src=x onerror=alert(1)>")
    number, other = two.source.number, two.destination.number
    grouped = [" ".join(text[i : i + 4] for i in range(0, 16, 4)) for text in (number, other)]
    mine = browser.get(reverse("receipt", args=[done])).content.decode()
    theirs = signed_in(two.receiver).get(reverse("receipt", args=[done])).content.decode()
    assert "Money sent" in mine
    assert grouped[0] in mine
    assert "*明" in mine
    assert "李明" not in mine  # the payer was shown a half-hidden name, and is not told more afterwards
    assert "Money received" in theirs
    assert "王小明" in theirs
    assert "李明" in theirs
    assert grouped[0] not in theirs
    assert number[-4:] in theirs
    for page in (mine, theirs):
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_form_takes_as_many_queries_for_one_account_as_for_three(
    two: make.Pair, browser: Client, now: datetime, accounts: int, django_assert_num_queries: Any
) -> None:
    for number in range(accounts - 1):
        make.account(two.payer, now=now)
        make.payee(two.payer, make.account(two.receiver, now=now), alias=f"No. {number}", now=now)
    browser.get(reverse("transfer"))
    with django_assert_num_queries(6):  # session, user, customer, accounts, payees, unread messages
        browser.get(reverse("transfer"))
    with django_assert_num_queries(7):  # session, user, customer, payees here, at other banks and abroad, messages
        browser.get(reverse("payees"))


def test_every_page_reads_in_chinese_too(two: make.Pair, browser: Client, now: datetime) -> None:
    client = signed_in(two.payer, "zh-hans")
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse("transfer")).content.decode()
    assert '<html lang="zh-Hans"' in page

"""Monthly statements hold each movement once and never change; certificates say what was there, and can be checked."""

import io
import threading
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts import queries as holders
from accounts.models import BankAccount, Customer
from accounts.statements import issuing, papers, steps
from accounts.statements.models import BalanceCertificate, MonthlyStatement
from core.audit.models import Row
from tests.factories import access, policy, statements

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)


@pytest.fixture
def holder() -> Customer:
    return access.customer()


@pytest.fixture
def account(holder: Customer) -> BankAccount:
    return statements.account(holder, now=datetime(2026, 8, 3, 10, 0, tzinfo=ZONE))


@pytest.fixture
def browser(holder: Customer, client: Client) -> Client:
    client.force_login(holder.user)
    client.cookies["django_language"] = "en"
    return client


def issue(through: date = date(2026, 10, 31)) -> int:
    return sum(issuing.issue(bucket=one, through=through, now=NOON) for one in issuing.buckets(after=-1, most=100))


def shown(account: BankAccount) -> list[tuple[str, int, int, int, int, int]]:
    return [
        (f"{one.month:%Y-%m}", one.count, one.opening, one.money_in, one.money_out, one.closing)
        for one in MonthlyStatement.objects.filter(bank_account=account).order_by("month")
    ]


def held(customer: Customer, account: BankAccount) -> holders.HeldAccount:
    found = holders.account_of(customer, account.public_id)
    assert found
    return found


AUTUMN = [date(2026, 8, 5), date(2026, 8, 31), date(2026, 10, 1), date(2026, 11, 2)]


def test_each_month_with_movements_is_issued_once_and_the_next_opens_where_it_closed(account: BankAccount) -> None:
    statements.move(account, [100_00, -30_00, 5_01, 7_00], now=NOON, days=AUTUMN)
    assert issue() == 2
    assert shown(account) == [
        ("2026-08", 2, 0, 100_00, 30_00, 70_00),
        ("2026-10", 1, 70_00, 5_01, 0, 75_01),
    ]
    assert issue() == 0
    assert issue(date(2026, 11, 30)) == 1
    assert shown(account)[-1] == ("2026-11", 1, 75_01, 7_00, 0, 82_01)


def test_what_is_booked_late_stands_on_the_month_that_is_open_and_on_no_other(account: BankAccount) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    issue(date(2026, 8, 31))
    statements.move(account, [-1_00, 2_00], now=NOON, days=[date(2026, 8, 6), date(2026, 9, 9)], key="late")
    issue()
    assert shown(account) == [("2026-08", 1, 0, 100_00, 0, 100_00), ("2026-09", 2, 100_00, 2_00, 1_00, 101_00)]
    statements.move(account, [3_00, 4_00], now=NOON, days=[date(2026, 11, 1), date(2026, 10, 30)], key="crossed")
    issue(date(2026, 11, 30))
    assert [row[:2] for row in shown(account)] == [("2026-08", 1), ("2026-09", 2), ("2026-11", 2)]


def test_what_was_issued_is_changed_by_nobody(account: BankAccount) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    issue()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE statements_monthlystatement SET closing = 0, money_in = 0")


def test_the_end_of_a_month_issues_and_other_days_have_nothing_to_do(account: BankAccount) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    assert steps.STATEMENTS.items(date(2026, 8, 30), "", 10) == []
    (key,) = steps.STATEMENTS.items(date(2026, 8, 31), "", 10)
    assert steps.STATEMENTS.items(date(2026, 8, 31), key, 10) == []
    assert steps.STATEMENTS.do(key, date(2026, 8, 31), NOON) == "issued"
    assert steps.STATEMENTS.do(key, date(2026, 8, 31), NOON) == "nothing"


def test_the_command_issues_what_is_over_and_refuses_what_is_not(account: BankAccount) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2020, 8, 5)])
    out = io.StringIO()
    call_command("issue_statements", stdout=out, stderr=io.StringIO())
    assert "issued 1 statements" in out.getvalue()
    for wrong in ("2999-01", "August"):
        with pytest.raises(CommandError):
            call_command("issue_statements", "--through", wrong, stdout=out, stderr=io.StringIO())


@pytest.mark.parametrize(("language", "words"), [("en", "Closing balance"), ("zh-hans", "期末余额")])
def test_the_pdf_holds_every_movement_with_its_balance_in_the_readers_language(
    browser: Client, account: BankAccount, holder: Customer, language: str, words: str
) -> None:
    texts = ["=HYPERLINK(1)", "#set text(red) 房租"]
    statements.move(account, [100_00, -30_00], now=NOON, days=AUTUMN[:2], narratives=texts)
    issue()
    browser.cookies["django_language"] = language
    answer = browser.get(reverse("monthly_statement_pdf", args=[account.public_id, 2026, 8]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for part in (words, holder.legal_name, "70.00", "100.00", "=HYPERLINK(1)", "#set text(red)"):
        assert part in text, part


def test_a_month_without_a_statement_and_one_that_is_too_long_have_no_pdf(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [1_00, 2_00, 3_00], now=NOON, days=[date(2026, 8, 5)] * 3)
    issue()
    for year, month in ((2026, 9), (2026, 13), (0, 1)):
        address = f"/accounts/{account.public_id}/months/{year}-{month}.pdf"
        assert browser.get(address).status_code == 404, address
    policy.add_figure("statement.pdf_lines", "2", now=NOON)
    assert browser.get(reverse("monthly_statement_pdf", args=[account.public_id, 2026, 8])).status_code == 404
    page = browser.get(reverse("monthly_statements", args=[account.public_id]))
    assert b">CSV<" in page.content
    assert b">PDF<" not in page.content


def test_the_list_of_months_asks_the_same_for_one_month_and_for_three(
    browser: Client, account: BankAccount, django_assert_max_num_queries: Any
) -> None:
    address = reverse("monthly_statements", args=[account.public_id])
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    issue()
    browser.get(address)
    counts = []
    for step in range(2):
        with django_assert_max_num_queries(6) as asked:
            page = browser.get(address)
        counts.append((page.content.count(b"<tr><td"), len(asked)))
        statements.move(account, [1_00, 1_00], now=NOON, days=AUTUMN[2:], key=f"more{step}")
        issue(date(2026, 11, 30))
    assert [rows for rows, _asked in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_the_excel_file_has_figures_days_and_no_formula(browser: Client, account: BankAccount) -> None:
    texts = ["=HYPERLINK(1)", "+cmd", "@SUM(A1)", "tab\tand\x01more"]
    statements.move(account, [100_00, -30_00, 5_01, 7_00], now=NOON, days=AUTUMN, narratives=texts)
    answer = browser.get(reverse("statement_xlsx", args=[account.public_id]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    rows = list(sheet.iter_rows(min_row=2))
    assert [cell.data_type for row in rows for cell in row if cell.data_type == "f"] == []
    assert [row[5].value for row in rows] == ["tab\tandmore", "@SUM(A1)", "+cmd", "=HYPERLINK(1)"]
    assert [Decimal(str(row[6].value)) for row in rows] == [7, Decimal("5.01"), -30, 100]
    assert rows[0][1].value.date() == date(2026, 11, 2)
    assert rows[0][6].number_format == "#,##0.00"


def test_a_file_that_would_take_too_long_leads_to_where_a_worker_makes_it(
    browser: Client, account: BankAccount
) -> None:
    statements.move(account, [100_00, -30_00, 5_01], now=NOON, days=AUTUMN[:3])
    policy.add_figure("statement.excel_rows", "2", now=NOON)
    answer = browser.get(reverse("statement_xlsx", args=[account.public_id]), {"q": "row"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("movement_file_ask", args=[account.public_id]) + "?q=row&kind=xlsx"


def test_a_balance_is_exact_at_the_end_of_any_day_whatever_was_booked_late(account: BankAccount) -> None:
    statements.move(account, [100_00, -30_00, 5_01, 7_00], now=NOON, days=AUTUMN)
    statements.move(account, [50_00], now=NOON, days=[date(2026, 8, 31)], key="late")
    own = account.ledger_account_id
    found = [papers.at_end_of([own], date(2026, month, day))[own] for month, day in ((8, 4), (8, 5), (8, 31), (11, 2))]
    assert found == [0, 100_00, 120_00, 132_01]


def certificate(browser: Client, account: BankAccount, day: str, key: uuid.UUID | None = None) -> Any:
    return browser.post(
        reverse("balance_certificates"),
        {"key": key or uuid.uuid4(), "accounts": [str(account.public_id)], "day": day},
    )


def test_from_the_form_to_the_public_check(browser: Client, account: BankAccount, holder: Customer) -> None:
    statements.move(account, [100_00, -30_00], now=NOON, days=AUTUMN[:2])
    key = uuid.uuid4()
    answer = certificate(browser, account, "2026-08-31", key)
    assert answer.status_code == 302
    assert certificate(browser, account, "2026-08-31", key)["Location"] == answer["Location"]
    (made,) = BalanceCertificate.objects.all()
    assert made.balances == [{"number": account.number, "currency": "CNY", "balance": 70_00}]
    assert Row.objects.filter(act="statements.balance_certified").count() == 1
    page = browser.get(answer["Location"]).content.decode()
    assert "70.00" in page
    assert made.code[:4] in page
    paper = browser.get(reverse("balance_certificate_pdf", args=[made.public_id]))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "70.00" in text
    assert holder.legal_name in text
    assert made.code[:4] in text
    stranger = Client()
    checked = stranger.get(reverse("verify_receipt", args=[made.code]), headers={"accept-language": "en"})
    assert checked.status_code == 200
    words = checked.content.decode()
    assert "70.00" in words
    assert holder.legal_name not in words
    assert account.number not in words
    assert checked["X-Robots-Tag"].startswith("noindex")


def test_mistakes_are_said_at_the_field_and_nothing_is_made(browser: Client, account: BankAccount) -> None:
    today = f"{datetime.now(ZONE):%Y-%m-%d}"
    for day, words in (
        (today, "This day is not over yet"),
        ("2020-01-01", "The first day is 3 August 2026"),
        ("", "Enter a date"),
        ("soon", "Enter the date"),
    ):
        answer = certificate(browser, account, day)
        assert words in answer.content.decode(), (day, answer.status_code)
    assert "Choose at least one" in browser.post(reverse("balance_certificates"), {}).content.decode()
    assert not BalanceCertificate.objects.exists()


def test_an_account_that_was_not_open_then_is_named_and_not_certified(
    browser: Client, account: BankAccount, holder: Customer
) -> None:
    later = statements.account(holder, now=datetime(2026, 9, 3, 10, 0, tzinfo=ZONE), key="later")
    chosen = [str(account.public_id), str(later.public_id)]
    given = {"key": uuid.uuid4(), "accounts": chosen, "day": "2026-08-31"}
    page = browser.post(reverse("balance_certificates"), given, follow=True).content.decode()
    assert "is not on it: it was opened on 3 September 2026." in page
    assert [one["number"] for one in BalanceCertificate.objects.get().balances] == [account.number]


def test_another_customers_papers_do_not_exist(account: BankAccount, holder: Customer, client: Client) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    issue()
    made = papers.certify(
        customer=holder, accounts=[held(holder, account)], day=date(2026, 8, 31), key=uuid.uuid4(), now=NOON
    ).certificate
    other = access.customer("other@example.com")
    client.force_login(other.user)
    for name, args in (
        ("monthly_statements", [account.public_id]),
        ("monthly_statement_pdf", [account.public_id, 2026, 8]),
        ("statement_xlsx", [account.public_id]),
        ("balance_certificate", [made.public_id]),
        ("balance_certificate_pdf", [made.public_id]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, name
    answer = certificate(client, account, "2026-08-31")
    assert answer.status_code == 200
    assert BalanceCertificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_eight_times_at_once_makes_one_certificate(account: BankAccount, holder: Customer) -> None:
    statements.move(account, [100_00], now=NOON, days=[date(2026, 8, 5)])
    own, key, barrier, seen = held(holder, account), uuid.uuid4(), threading.Barrier(8), list[bool]()

    def send() -> None:
        try:
            barrier.wait()
            done = papers.certify(customer=holder, accounts=[own], day=date(2026, 8, 31), key=key, now=NOON)
            seen.append(done.repeated)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timedelta(seconds=30).total_seconds())
    assert sorted(seen) == [False] + [True] * 7
    assert BalanceCertificate.objects.count() == 1

"""A statement tells the truth to its holder, finds what is searched for, and does not exist for anybody else."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import BankAccount, Customer, Disposition
from accounts.statements import queries
from accounts.statements.export import harmless
from accounts.statements.filters import Filter
from tests.factories import access, statements

pytestmark = pytest.mark.django_db

QUERIES = 4  # the session, the user, the customer, the unread messages in the bar


@pytest.fixture
def holder() -> Customer:
    return access.customer()


@pytest.fixture
def account(holder: Customer, now: datetime) -> BankAccount:
    return statements.account(holder, now=now)


@pytest.fixture
def browser(holder: Customer, client: Client) -> Client:
    client.force_login(holder.user)
    client.cookies["django_language"] = "en"
    return client


def address(account: BankAccount, **query: Any) -> str:
    return reverse("statement", args=[account.public_id], query=query)


def details(response: Any) -> list[str]:
    return [row["details"] for row in response.context["rows"]]


def test_the_newest_movement_stands_first_with_the_balance_after_it(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [100_00, -30_00, 5_01], now=now)
    response = browser.get(address(account))
    assert details(response) == ["row 2", "row 1", "row 0"]
    assert [row["balance"].split('value="')[1].split('"')[0] for row in response.context["rows"]] == [
        "75.01",
        "70.00",
        "100.00",
    ]
    assert response.context["shown"].booked.minor == 75_01


def test_pages_of_25_lead_older_and_back_to_newer_without_a_gap(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [1_00] * 60, now=now)
    seen, response = [], browser.get(address(account))
    assert response.context["newer"] == ""
    seen += details(response)
    response = browser.get(response.context["older"])
    seen += details(response)
    second = details(response)
    response = browser.get(response.context["older"])
    seen += details(response)
    assert seen == [f"row {number}" for number in reversed(range(60))]
    assert response.context["older"] == ""
    response = browser.get(response.context["newer"])
    assert details(response) == second
    response = browser.get(response.context["newer"])
    assert response.status_code == 302
    assert response["Location"] == address(account)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "RENT"}, ["rent May", "rent April"]),
        ({"q": "房租"}, ["房租 100%"]),
        ({"q": "%"}, ["房租 100%"]),
        ({"q": "_"}, []),
        ({"q": "nothing of the kind"}, []),
        ({"q": "cash paid"}, ["房租 100%", "rent May", "rent April", "salary"]),
        ({"direction": "in"}, ["salary"]),
        ({"direction": "out"}, ["房租 100%", "rent May", "rent April"]),
        ({"least": "1,000"}, ["房租 100%", "salary"]),
        ({"least": "800", "most": "800.00"}, ["rent May", "rent April"]),
        ({"from": "2026-05-01"}, ["房租 100%", "rent May"]),
        ({"from": "2026年4月2日", "to": "2026-05-02"}, ["rent May", "rent April"]),
        ({"to": "2026-04-01"}, ["salary"]),
        ({"q": "rent", "direction": "in"}, []),
    ],
)
def test_a_search_finds_what_it_says(
    query: dict[str, str], found: list[str], browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(
        account,
        [5_000_00, -800_00, -800_00, -1_000_00],
        narratives=["salary", "rent April", "rent May", "房租 100%"],
        days=[date(2026, 4, 1), date(2026, 4, 2), date(2026, 5, 2), date(2026, 6, 2)],
        now=now,
    )
    assert details(browser.get(address(account, **query))) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"least": "-5"}, "least"),
        ({"most": "many"}, "most"),
        ({"least": "9", "most": "5"}, "most"),
        ({"from": "31 April 2026"}, "from"),
        ({"to": "soon"}, "to"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "to"),
        ({"q": "x" * 101}, "q"),
        ({"least": "9" * 30}, "least"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_above(
    query: dict[str, str], field: str, browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [100_00], now=now)
    response = browser.get(address(account, **query))
    assert response.status_code == 200
    assert list(response.context["reading"].errors) == [field]
    assert f'href="#{field}"' in response.content.decode()
    assert f'id="{field}_error"' in response.content.decode()
    assert details(response) == []


@pytest.mark.parametrize("value", ["-1", "x", "9" * 40, "1e5", "%00", "😀", "９"])
def test_a_made_up_position_is_answered_with_a_page(
    value: str, browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [1_00], now=now)
    assert browser.get(address(account, before=value)).status_code == 200


def test_another_customers_account_is_as_absent_as_one_that_never_was(
    account: BankAccount, client: Client, now: datetime
) -> None:
    statements.move(account, [1_00], now=now)
    client.force_login(access.customer("wang@example.com").user)
    for name in ("statement", "statement_csv"):
        theirs = client.get(reverse(name, args=[account.public_id]))
        never = client.get(reverse(name, args=["00000000-0000-4000-8000-000000000000"]))
        assert (theirs.status_code, never.status_code) == (404, 404)
    assert account.number not in client.get(reverse("accounts_overview")).content.decode()


def test_a_visitor_signs_in_first(client: Client, account: BankAccount) -> None:
    for url in (address(account), reverse("accounts_overview"), reverse("statement_csv", args=[account.public_id])):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/auth/login")


def test_somebody_who_may_dispose_sees_the_statement_too(account: BankAccount, client: Client, now: datetime) -> None:
    statements.move(account, [1_00], now=now)
    other = access.customer("wang@example.com")
    Disposition.objects.create(customer=other, bank_account=account, role=Disposition.Role.DISPONENT)
    client.force_login(other.user)
    assert len(client.get(address(account)).context["rows"]) == 1


def test_looking_changes_nothing_and_is_never_posted(browser: Client, account: BankAccount) -> None:
    assert browser.post(address(account)).status_code == 405
    assert browser.post(reverse("accounts_overview")).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_a_statement_costs_the_same_queries_for_one_row_and_for_three(
    rows: int, browser: Client, account: BankAccount, now: datetime, django_assert_num_queries: Any
) -> None:
    statements.move(account, [1_00] * rows, now=now)
    browser.get(address(account))
    with django_assert_num_queries(
        QUERIES + 6
    ):  # the account, the page, what it comes to, where to look, the saved searches, what it earns
        browser.get(address(account, q="row"))
    with django_assert_num_queries(QUERIES + 4):
        browser.get(address(account))


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_costs_the_same_queries_for_one_account_and_for_three(
    count: int, browser: Client, holder: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        statements.account(holder, now=now, key=str(number))
    browser.get(reverse("accounts_overview"))
    with django_assert_num_queries(QUERIES + 4):  # the accounts, the loans, the cards, the standing orders
        browser.get(reverse("accounts_overview"))


def test_an_account_in_another_currency_says_so(browser: Client, holder: Customer, now: datetime) -> None:
    crowns = statements.account(holder, now=now, currency="CZK", key="crowns")
    statements.move(crowns, [1_234_50], now=now)
    page = browser.get(address(crowns)).content.decode()
    assert 'value="1234.50"><span><span class="amount-currency">CZK</span>' in page


# ── CSV ──────────────────────────────────────────────────────────────────────


def exported(browser: Client, account: BankAccount, **query: Any) -> tuple[str, list[list[str]]]:
    response = browser.get(reverse("statement_csv", args=[account.public_id], query=query))
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8")
    return text, list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_file_has_every_matching_row_with_exact_figures(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [1_00] * 1_203, now=now)  # more than one chunk
    text, rows = exported(browser, account)
    assert text.startswith("\ufeffLine number,Date,")
    assert "\r\n" in text
    assert len(rows) == 1_204
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1_203, 0, -1)]
    assert rows[1][6:] == ["1.00", "1203.00", "CNY"]
    assert len(exported(browser, account, q='"row 12"')[1]) == 1 + 1 + 10 + 3  # 12, 120…129, 1200…1202


@pytest.mark.parametrize(
    "narrative",
    [
        '=HYPERLINK("http://evil.example","win")',
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1+9)*cmd",
        "\t=1+1",
        "  =1+1",
        "＝1+1",
        'a "quoted", comma',
        "two\r\nlines",
    ],
)
def test_a_purpose_that_looks_like_a_formula_stays_text(
    narrative: str, browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [5_00, -1_00], narratives=["before", narrative], now=now)
    _, rows = exported(browser, account)
    assert len(rows) == 3
    cell = rows[1][5]
    assert cell.removeprefix("'") == narrative
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert rows[1][6] == "-1.00"


def test_a_harmless_text_is_left_alone() -> None:
    assert [harmless(text) for text in ("房租", "a=b", "", "O'Neil")] == ["房租", "a=b", "", "O'Neil"]


def test_the_file_speaks_the_readers_language(browser: Client, account: BankAccount, now: datetime) -> None:
    statements.move(account, [1_00], now=now, kind="history.interest")
    assert exported(browser, account)[1][1][3] == "Interest received"
    browser.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        expected = translation.gettext("Interest received")
    assert exported(browser, account)[1][1][3] == expected


# ── For home ─────────────────────────────────────────────────────────────────


def test_the_latest_movements_of_all_accounts_come_in_one_query(
    holder: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    one, other = (statements.account(holder, now=now, key=key) for key in ("a", "b"))
    days = [now.date() - timedelta(days=ago) for ago in (9, 5, 1)]
    statements.move(one, [1_00, 2_00, 3_00], now=now, days=days)
    statements.move(other, [7_00], now=now, days=[now.date()])
    with django_assert_num_queries(1):
        found = queries.latest([one.ledger_account_id, other.ledger_account_id], 3)
    assert [movement.amount for movement in found] == [7_00, 3_00, 2_00]
    assert queries.latest([], 3) == []


def test_everything_is_read_in_chunks(account: BankAccount, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    statements.move(account, [1_00] * 5, now=now)
    numbers = [movement.number for movement in queries.everything(account.ledger_account_id, Filter())]
    assert numbers == [5, 4, 3, 2, 1]

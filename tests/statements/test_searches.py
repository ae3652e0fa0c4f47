"""What a search finds, and searches that are kept under a name."""

import re
import threading
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import BankAccount, Customer
from accounts.statements import categories, filters, periods, searches, words
from accounts.statements.kinds import codes
from accounts.statements.models import SavedSearch
from core import policy as policies
from core.audit.models import Row
from tests.factories import access, policy, statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _figures_as_they_were() -> Iterator[None]:
    yield
    policies.forget()


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


def found(browser: Client, account: BankAccount, **query: str) -> list[str]:
    response = browser.get(reverse("statement", args=[account.public_id], query=query))
    return [row["details"] for row in response.context["rows"]]


# ── Finding ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("may rent", ["Li Lei · rent May"]),  # every word, in any order
        ('"may rent"', []),  # together, as it stands
        ("“rent may”", ["Li Lei · rent May"]),
        ("房租", ["王芳 · 六月房租和水电"]),  # no spaces to go by
        ("王芳 水电", ["王芳 · 六月房租和水电"]),
        ("ｒｅｎｔ", ["Li Lei · rent May", "Li Lei · rent April"]),  # full width
        ("812.50", ["Li Lei · rent May"]),  # the amount
        ("812.5 lei", ["Li Lei · rent May"]),
        ("1,000", ["王芳 · 六月房租和水电"]),
        ("%%%", []),
        ("\\", ["back \\ slash_100%"]),
        ("_100%", ["back \\ slash_100%"]),
        ("' OR 1=1 --", []),
    ],
)
def test_every_word_is_found_in_details_kind_or_amount(
    typed: str, expected: list[str], browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(
        account,
        [5_000_00, -800_00, -812_50, -1_000_00, -1_00],
        narratives=[
            "salary", "Li Lei · rent April", "Li Lei · rent May",
            "王芳 · 六月房租和水电", "back \\ slash_100%",
        ],
        now=now,
    )  # fmt: skip
    assert found(browser, account, q=typed) == expected


@pytest.mark.parametrize("typed", ["x" * 200, "a b c d e f g h i j k", "nul\0here"])
def test_what_cannot_be_searched_for_is_said_and_nothing_is_asked_of_the_books(
    typed: str, browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [1_00], narratives=["x"], now=now)
    response = browser.get(reverse("statement", args=[account.public_id]), {"q": typed})
    assert response.status_code == 200
    assert list(response.context["reading"].errors) == ["q"]
    assert response.context["rows"] == []
    assert b"Search for up to" in response.content


def test_words_are_taken_apart_once_each() -> None:
    assert words.pieces('  Rent  rent "two words" 「房 租」 x ') == [
        "rent", "two words", "房 租", "x",
    ]  # fmt: skip
    assert words.pieces('"') == ['"']


def test_the_sums_are_those_of_all_that_is_found_not_of_the_page(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [3_00] * 30 + [-1_00] * 5, now=now)
    response = browser.get(reverse("statement", args=[account.public_id]), {"q": "row"})
    sums = response.context["sums"]
    assert (sums.count, sums.money_in.minor, sums.money_out.minor, sums.more) == ("35", 90_00, -5_00, False)
    assert browser.get(reverse("statement", args=[account.public_id])).context["sums"] is None


def test_categories_hold_every_kind_once_and_other_what_nobody_placed(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    known = [code for name in categories.CATEGORIES if name != "other" for code in categories.codes(name)]
    assert len(known) == len(set(known))
    assert set(categories.codes("other")) == set(known) <= set(codes())
    statements.move(account, [9_00], narratives=["cash"], now=now)
    statements.move(account, [-1_00], narratives=["insured"], kind="history.insurance", now=now, key="i")
    statements.move(account, [-2_00], narratives=["unheard of"], kind="unheard.of", now=now, key="u")
    assert found(browser, account, category="cash") == ["cash"]
    assert found(browser, account, category="bills") == ["insured"]
    assert found(browser, account, category="other") == ["unheard of"]
    assert found(browser, account, category="<script>") == ["unheard of", "insured", "cash"]


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        ("this_month", date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 31)),
        ("last_month", date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", date(2024, 3, 1), date(2024, 2, 1), date(2024, 2, 29)),
        ("last_month", date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        ("last_30_days", date(2026, 3, 1), date(2026, 1, 31), date(2026, 3, 1)),
        ("last_90_days", date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        ("this_year", date(2024, 2, 29), date(2024, 1, 1), date(2024, 2, 29)),
        ("last_year", date(2024, 2, 29), date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_period_moves_along_with_today(period: str, today: date, first: date, last: date) -> None:
    assert periods.bounds(period, today) == (first, last)
    read = filters.read({"period": period}, currency="CNY", today=today)
    assert (read.filter.first, read.filter.last, read.query) == (first, last, f"period={period}")


def test_a_period_and_days_together_are_asked_about() -> None:
    read = filters.read({"period": "last_month", "from": "2026-01-01"}, currency="CNY", today=date(2026, 3, 1))
    assert list(read.errors) == ["period"]


# ── Keeping ──────────────────────────────────────────────────────────────────


def save(browser: Client, account: BankAccount, name: str, **query: str) -> Any:
    return browser.post(reverse("search_save", args=[account.public_id], query=query), {"name": name})


def test_a_search_is_kept_used_renamed_and_deleted(
    browser: Client, holder: Customer, account: BankAccount, now: datetime
) -> None:
    month = {"q": "rent", "period": "last_month"}
    answer = save(browser, account, " Rent  last month ", **month)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("statement", args=[account.public_id]) + "?q=rent&period=last_month"
    assert save(browser, account, "Rent last month", **month).status_code == 302  # the same again changes nothing
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.query) == ("Rent last month", month)
    page = browser.get(answer["Location"])
    ((_one, url, current),) = page.context["searches"]
    assert (url, current) == (answer["Location"], True)
    rename, delete = reverse("search_rename", args=[kept.public_id]), reverse("search_delete", args=[kept.public_id])
    assert browser.get(rename).status_code == 200
    assert browser.post(rename, {"name": "Flat"}).status_code == 302
    assert SavedSearch.objects.get().name == "Flat"
    assert b"Flat" in browser.get(reverse("saved_searches")).content
    assert browser.get(delete).status_code == 405
    assert browser.post(delete).status_code == 302
    assert not SavedSearch.objects.exists()
    assert browser.post(delete).status_code == 404
    acts = list(Row.objects.filter(act__startswith="statements.search").order_by("id").values_list("act", flat=True))
    assert acts == ["statements.search_saved", "statements.search_renamed", "statements.search_deleted"]


def test_a_name_is_used_once_and_the_number_is_limited(browser: Client, holder: Customer, account: BankAccount) -> None:
    policy.add_figure("statement.saved_searches", "2", now=timezone.now())
    save(browser, account, "Rent", q="rent")
    answer = save(browser, account, "RENT", q="another")
    assert "already keep a search of this name" in answer.content.decode()
    assert 'value="RENT"' in answer.content.decode()  # nothing typed is lost
    save(browser, account, "Two", q="two")
    assert "more is not possible" in save(browser, account, "Three", q="three").content.decode()
    assert "Give the search a name" in save(browser, account, " ", q="four").content.decode()
    assert save(browser, account, "Nothing", q="").status_code == 302
    assert sorted(holder.saved_searches.values_list("name", flat=True)) == ["Rent", "Two"]
    two = holder.saved_searches.get(name="Two")
    answer = browser.post(reverse("search_rename", args=[two.public_id]), {"name": "rent"})
    assert "already keep a search of this name" in answer.content.decode()
    assert holder.saved_searches.filter(name="Two").exists()


def test_a_name_with_markup_is_shown_as_it_is(browser: Client, account: BankAccount) -> None:
    name = '<img src=x onerror=alert(1)>"'
    save(browser, account, name, q="'\"><script>")
    for page in (reverse("saved_searches"), reverse("statement", args=[account.public_id])):
        content = browser.get(page).content.decode()
        assert "<img src=x" not in content
        assert "<script>'" not in content
        assert "&lt;img src=x onerror=alert(1)&gt;&quot;" in content


def test_another_customers_search_does_not_exist(browser: Client, now: datetime) -> None:
    theirs = statements.search_of(access.customer("other@example.com"), now=now)
    for route in ("search_rename", "search_delete"):
        assert browser.post(reverse(route, args=[theirs.public_id]), {"name": "mine"}).status_code == 404
        assert browser.post(reverse(route, args=[uuid.uuid4()]), {"name": "mine"}).status_code == 404
    assert browser.get(reverse("search_rename", args=[theirs.public_id])).status_code == 404
    assert SavedSearch.objects.get().name == "Rent"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_searches_costs_the_same_for_one_and_for_three(
    count: int, browser: Client, holder: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        searches.save(customer=holder, name=str(number), query={"q": str(number)}, now=now)
    browser.get(reverse("saved_searches"))
    with django_assert_num_queries(4 + 2):  # the frame; the searches, the accounts
        browser.get(reverse("saved_searches"))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_saved_by_many_at_once_the_number_holds(now: datetime) -> None:
    holder = access.customer()
    policy.add_figure("statement.saved_searches", "3", now=now)
    outcomes: list[str] = []

    def keep(number: int) -> None:
        try:
            searches.save(customer=holder, name=f"search {number}", query={"q": str(number)}, now=now)
            outcomes.append("kept")
        except searches.TooMany:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 5 + ["kept"] * 3
    assert holder.saved_searches.count() == 3


def test_a_search_that_is_kept_is_not_offered_to_be_kept_again(
    browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [800_00], narratives=["rent May"], now=now)
    place = reverse("statement", args=[account.public_id], query={"q": "rent"})
    assert "Save this search" in browser.get(place).content.decode()
    save(browser, account, "Rent", q="rent")
    assert "Save this search" not in browser.get(place).content.decode()


# ── The form ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "opened"),
    [({}, False), ({"q": "rent"}, False), ({"q": "yacht"}, True), ({"from": "yesterday week"}, True)],
)
def test_the_search_form_is_folded_unless_it_has_to_be_used_again(
    query: dict[str, str], opened: bool, browser: Client, account: BankAccount, now: datetime
) -> None:
    statements.move(account, [5_000_00, -800_00], narratives=["salary", "rent May"], now=now)
    page = browser.get(reverse("statement", args=[account.public_id], query=query)).content.decode()
    (fold,) = re.findall(r'<details class="fold search-fold[^>]*>', page)
    assert (" open" in fold) is opened
    assert page.count("Show all<") == (1 if query else 0), "one way back"
    assert ("Words: rent" in page) is (query == {"q": "rent"}), "what was searched for can be read while it is folded"

"""What a manager sees, who may see it, and that it never reads the books."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access.models import FactorDevice
from accounts.roles import Role
from analytics import export, queries, rollup, words
from analytics.forms import usual_period
from analytics.queries import Period
from tests.factories import access

pytestmark = pytest.mark.django_db(transaction=True)  # only what is committed is rolled up
PAGE_QUERIES = 10  # session, person, device, role, span, districts, cells, holdings, bell, and the menu's roles


@pytest.fixture(autouse=True)
def roles():
    """The staff roles come with a migration, and are emptied away between tests that commit."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)


@pytest.fixture
def manager():
    return access.person("manager@bank.example", roles=(Role.MANAGER,))


@pytest.fixture
def desk(manager):
    """A manager's browser, signed in with the second factor."""
    return signed_in(manager)


def signed_in(user):
    access.enrol_app(user)
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = FactorDevice.objects.get(user=user).persistent_id
    session.save()
    browser.cookies["django_language"] = "en"
    return browser


@pytest.fixture
def bank(open_bank, now):
    """Two districts, two currencies, three channels, from November to February."""
    bank = open_bank()
    alba, brno, yen = bank.account(district=0), bank.account(district=1), bank.account(currency="JPY")
    for month, day in (
        (11, date(2025, 11, 3)),
        (12, date(2025, 12, 31)),
        (1, date(2026, 1, 1)),
        (2, date(2026, 2, 28)),
    ):
        bank.move(alba, 100_00 * month, day)
        bank.move(alba, -1_23, day, channel="card", kind="test.card")
        bank.move(brno, 10_00, day, channel="online", kind="test.online")
    bank.move(yen, 5000, date(2026, 2, 1))
    bank.customer(district=0, created_at=bank.now.replace(year=2026, month=1))
    rollup.roll_up(now=now)
    return bank


def board(browser, **question):
    return browser.get(reverse("managers"), question).context["board"]


def test_the_tiles_and_tables_say_what_the_books_say_each_currency_for_itself(desk, bank):
    seen = board(desk)
    assert (seen.accounts, seen.customers, seen.movements) == (3, 1, 13)
    money = {part.currency: (part.incoming.decimal, part.outgoing.decimal) for part in seen.currencies}
    assert money == {"CNY": (Decimal("2640.00"), Decimal("4.92")), "JPY": (Decimal(5000), Decimal(0))}
    by_channel = seen.by_channel
    assert [row.month for row in by_channel.rows] == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
    ]  # fmt: skip
    assert dict(zip(by_channel.columns, by_channel.totals, strict=True)) == {
        "Branch counter": 5, "Card": 4, "Online": 4
    }  # fmt: skip


def test_the_figures_follow_period_district_and_channel(desk, bank):
    brno = bank.districts[1].id
    assert board(desk, first="2025-12", last="2026-01").movements == 6
    assert board(desk, district=brno).movements == 4
    assert board(desk, channel="card").movements == 4
    assert board(desk, district=brno, channel="card").movements == 0
    assert board(desk, first="2025-12", last="2025-12").customers == 0  # she came in January


@pytest.mark.parametrize(
    "question",
    [
        {"first": "2026-02", "last": "2025-11"}, {"first": "1993-01"}, {"last": "x"}, {"district": "99999"},
        {"district": "1 OR 1=1"}, {"channel": "<script>"}, {"first": "\x00"}, {"channel": "9" * 5000},
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_named_at_its_field_and_the_usual_figures_shown(desk, bank, question):
    answer = desk.get(reverse("managers"), question)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) <= {"first", "last", "district", "channel"}
    assert answer.context["form"].errors
    assert answer.context["board"].movements == 13
    assert b"<script>" not in answer.content.split(b"<main")[1].replace(b"&lt;script&gt;", b"")


def test_the_page_asks_the_same_few_questions_however_much_moved_and_never_the_books(
    desk, bank, now, django_assert_num_queries
):
    desk.get(reverse("managers"))
    with django_assert_num_queries(PAGE_QUERIES) as few:
        desk.get(reverse("managers"))
    for n in range(1, 28):
        bank.move(bank.account(district=n % 2), 5, date(2026, 2, n), channel="interbank", kind="test.more")
    rollup.roll_up(now=now)
    with django_assert_num_queries(PAGE_QUERIES) as many:
        assert board(desk).movements == 40
    for captured in (few, many):
        assert not [query["sql"] for query in captured.captured_queries if "ledger_" in query["sql"]]


def test_five_channels_are_shown_as_three_and_the_rest_together(desk, bank, now):
    account = bank.account()
    for channel in ("interbank", "system"):
        bank.move(account, 5, date(2026, 2, 1), channel=channel)
    rollup.roll_up(now=now)
    picture = board(desk).by_channel
    assert picture.columns == ["Branch counter", "Card", "Online", "Other channels"]
    assert picture.totals == [5, 4, 4, 2]


def test_without_figures_the_page_says_what_will_be_here(desk):
    answer = desk.get(reverse("managers"))
    assert answer.status_code == 200
    assert "No figures yet" in answer.content.decode()
    assert desk.get(reverse("managers-csv")).status_code == 200


# ── The file ─────────────────────────────────────────────────────────────────


def test_the_file_has_the_same_figures_by_district(desk, bank):
    answer = desk.get(reverse("managers-csv"), {"first": "2026-02"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert answer["Content-Disposition"] == 'attachment; filename="movements-2026-02-2026-02.csv"'
    assert lines[0] == ["month", "district", "channel", "direction", "currency", "movements", "value"]
    assert ["2026-02", "Alba", "Branch counter", "Money in", "CNY", "1", "200.00"] in lines
    assert ["2026-02", "Alba", "Branch counter", "Money in", "JPY", "1", "5000"] in lines
    assert ["2026-02", "Alba", "Card", "Money out", "CNY", "1", "1.23"] in lines
    assert sum(int(line[5]) for line in lines[1:]) == 4


@pytest.mark.parametrize(
    "name", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\ttab", '=HYPERLINK("http://evil","x")', 'a"b,c\nd']
)
def test_a_district_named_like_a_formula_stays_a_text(desk, bank, name):
    bank.districts[0].name = name
    bank.districts[0].save()
    answer = desk.get(reverse("managers-csv"), {"first": "2026-02"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(lines) == 5
    cells = {line[1] for line in lines[1:]}
    assert not [cell for cell in cells if cell.startswith(export.DANGEROUS)]
    assert any(cell.lstrip("'") == name for cell in cells)


# ── Who may look ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["managers", "managers-csv"])
def test_only_managers_with_the_second_factor_may_look(name, manager, bank):
    url = reverse(name)
    assert Client().get(url).url.startswith(reverse("account_login"))
    customer = access.customer("customer@example.com").user
    browser = Client()
    browser.force_login(customer)
    assert browser.get(url).status_code == 404
    reviewer = signed_in(access.person("reviewer@bank.example", roles=(Role.REVIEWER,)))
    assert reviewer.get(url).status_code == 404
    without_factor = Client()
    without_factor.force_login(manager)
    assert without_factor.get(url).status_code == 302
    assert signed_in(manager).get(url).status_code == 200


def test_nothing_can_be_sent_to_the_page(desk, bank):
    assert desk.post(reverse("managers")).status_code == 405


# ── Words for large figures ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "0", "0"),
        (950, "950", "950"),
        (Decimal("1234.56"), "1,235", "1.23k"),
        (12_345, "1.23万", "12.3k"),
        (176_961_254, "1.77亿", "177m"),
        (10**12, "1万亿", "1tn"),
        (-25_000, "-2.5万", "-25k"),
        (Decimal("9999.6"), "10,000", "10k"),
    ],
)
def test_large_figures_are_short_in_both_languages(value, chinese, english):
    assert (words.short(value, "zh-hans"), words.short(value, "en")) == (chinese, english)


def test_a_year_of_months_ends_in_december():
    period = queries.Period(date(2025, 11, 1), date(2026, 2, 1))
    assert [month.month for month in period.months] == [11, 12, 1, 2]


def test_the_usual_period_begins_with_a_month_that_has_facts() -> None:
    """Between an imported history and the bank's own days there may be years without any."""
    months = [date(1993, 1, 1), date(1994, 3, 1), date(2026, 5, 1), date(2026, 11, 1)]
    usual = usual_period(months)
    assert (usual.first, usual.last) == (date(2026, 5, 1), date(2026, 11, 1))
    assert usual_period(months[:2]) == Period(date(1994, 3, 1), date(1994, 3, 1))

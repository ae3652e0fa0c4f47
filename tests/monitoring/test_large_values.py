"""Large values: exactly what reaches a figure is reported, however it was split, and a step that runs twice agrees."""

import csv
import io
import stat
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.mydata import takeouts
from accounts.mydata.models import Takeout
from core import policy
from core.changes.errors import NoRole, Refused
from ledger import chart, posting
from ledger.models import Entry
from payments.monitoring import figures, items, report
from payments.monitoring.large_values import OVERNIGHT, PATTERN, SINGLE, SUMMED, UNVALUED, Bounds, Item, findings
from payments.monitoring.steps import LARGE_VALUES
from payments.monitoring.takeout import LargeValues
from tests.factories import changes
from tests.factories import exchange as fx
from tests.factories import payments as money
from tests.monitoring.splitting import Person, shops, splitters

DAY = date(2026, 11, 23)
BOUNDS = Bounds(
    report_from={
        (category, group): amount
        for category, yuan, dollars in (("cash", 50_000_00, 10_000_00), ("domestic", 500_000_00, 100_000_00))
        for group, amount in (("CNY", yuan), ("USD", dollars))
    },
    part_percent=50,
    near_percent=80,
    near_in_day=3,
    near_in_week=7,
)


@pytest.fixture(autouse=True)
def _figures_of_the_file(settings: Any, tmp_path: Path) -> Any:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    policy.forget()
    yield
    policy.forget()


def item(amount: int, *, at: datetime, number: int = 0, **other: Any) -> Item:
    values = {
        "person": "P", "account": "A", "category": "cash", "paid_in": True, "channel": "counter", "day": at.date(),
        "at": at, "entry": number, "amount": amount, "currency": "CNY", "worth": amount,
    }  # fmt: skip
    return Item(**{**values, **other})


def bases(*made: Item, day: date = DAY) -> list[str]:
    return [one.basis for one in findings(made, day=day, bounds=BOUNDS)]


@pytest.mark.parametrize(
    ("amounts", "basis"),
    [
        ([50_000_00], [SINGLE]),
        ([50_000_01], [SINGLE]),
        ([49_999_99], []),
        ([25_000_00, 25_000_00], [SUMMED]),
        ([25_000_00, 24_999_99], []),
        ([49_999_99, 1], [SUMMED]),
        ([50_000_00, 1], [SINGLE]),
        ([49_999_99] * 3, [SUMMED, PATTERN]),
        ([], []),
    ],
)
def test_a_day_is_reported_from_the_figure_on_to_the_cent_single_or_added_up(
    amounts: list[int], basis: list[str], now: datetime
) -> None:
    assert bases(*(item(amount, at=now, number=number) for number, amount in enumerate(amounts))) == basis


def test_accounts_and_channels_add_up_but_people_directions_categories_and_currencies_do_not(now: datetime) -> None:
    half = item(25_000_00, at=now)
    assert bases(half, item(25_000_00, at=now, number=1, account="B", channel="online")) == [SUMMED]
    for apart in ({"person": "Q"}, {"paid_in": False}, {"category": "domestic"}, {"currency": "USD", "worth": 1}):
        assert bases(half, item(25_000_00, at=now, number=1, **apart)) == []
    euros = [
        item(1, at=now, number=number, currency=code, worth=5_000_00) for number, code in enumerate(("EUR", "HKD"))
    ]
    assert bases(*euros) == [SUMMED], "other currencies together, by their worth"


def test_midnight_parts_two_days_and_a_pattern_goes_across_it(now: datetime) -> None:
    midnight = now.replace(hour=0)
    before, after = midnight - timedelta(microseconds=1), midnight
    assert bases(item(20_000_00, at=before), item(29_999_99, at=after, number=1)) == []
    near = [item(45_000_00, at=before), item(45_000_00, at=before, number=1), item(45_000_00, at=after, number=2)]
    assert bases(*near) == [PATTERN]
    assert bases(*near, day=DAY - timedelta(days=1)) == [SUMMED], "a pattern is reported on the date it is complete"
    leap = datetime(2028, 2, 29, 23, 59, tzinfo=now.tzinfo)
    days = [item(45_000_00, at=leap + timedelta(days=one), number=one) for one in (-1, 0, 1)]
    assert bases(*days, day=date(2028, 3, 1)) == []


@pytest.mark.parametrize(
    ("amounts", "apart", "basis"),
    [
        ([25_000_00, 25_000_00], timedelta(hours=24) - timedelta(microseconds=1), [OVERNIGHT]),
        ([25_000_00, 25_000_00], timedelta(hours=24), []),
        ([24_999_99, 49_999_99], timedelta(hours=20), []),  # the first is too small to be a part
        ([25_000_00, 24_999_99], timedelta(hours=20), []),
        ([50_000_00, 30_000_00], timedelta(hours=20), []),  # the first was reported by itself
        ([25_000_00, 50_000_00], timedelta(hours=20), [SINGLE]),  # and so is this date
    ],
)
def test_parts_reach_the_figure_across_midnight_within_24_hours(
    amounts: list[int], apart: timedelta, basis: list[str], now: datetime
) -> None:
    made = [item(amount, at=now - apart * (1 - number), number=number) for number, amount in enumerate(amounts)]
    assert bases(*made) == basis


@pytest.mark.parametrize(
    ("amount", "number", "apart", "expected"),
    [
        (40_000_00, 3, timedelta(hours=11, minutes=59), True),  # at 80 per cent, the first just inside 24 hours
        (39_999_99, 3, timedelta(hours=1), False),
        (49_999_99, 3, timedelta(hours=12), False),  # the first exactly 24 hours before
        (49_999_99, 2, timedelta(hours=1), False),
        (45_000_00, 7, timedelta(hours=27), True),
        (45_000_00, 7, timedelta(hours=28), False),  # the first exactly seven days before
        (45_000_00, 6, timedelta(hours=27), False),
        (50_000_00, 7, timedelta(hours=27), False),  # each is reported by itself
    ],
)
def test_a_pattern_is_so_many_just_below_the_figure_within_a_day_or_a_week(
    amount: int, number: int, apart: timedelta, expected: bool, now: datetime
) -> None:
    made = [item(amount, at=now - apart * one, number=one) for one in range(number)]
    assert (PATTERN in bases(*made)) is expected


def test_what_has_no_rate_is_reported_rather_than_left_out(now: datetime) -> None:
    assert bases(item(100, at=now, currency="JPY", worth=None)) == [UNVALUED]


def of(person: Person) -> set[str]:
    """Why somebody is reported on any of their days."""
    return {one.basis for day, items in person.by_day() for one in findings(items, day=day, bounds=BOUNDS)}


def test_nineteen_splits_of_twenty_are_found_at_any_pace_and_of_a_hundred_honest_shops_not_one_more_than_one() -> None:
    """M8: whoever cuts a sum into pieces below the figure to place it within a day, a night, three days or a week."""
    yuan = {category: BOUNDS.report_from[category, "CNY"] // 100 for category in ("cash", "domestic")}
    made, found = Counter[str](), Counter[str]()
    for pace, person in splitters(20261123, 1_000, yuan):
        bases = of(person)
        assert SINGLE not in bases, "no piece reaches the figure by itself"
        made[pace] += 1
        found[pace] += bool(bases & {SUMMED, OVERNIGHT, PATTERN})
    assert found.total() >= 950, f"{found} of {made}"
    assert all(found[pace] >= made[pace] * 0.9 > 0 for pace in made), f"{found} of {made}"
    flagged = sum(bool(of(shop) & {OVERNIGHT, PATTERN}) for shop in shops(20261123, 500))
    assert flagged <= 5


def booked(account: Any, amount: int, kind: str, now: datetime, *, to: Any = None, day: date = DAY) -> Entry:
    other = to.ledger_account_id if to else chart.ensure(account.currency, now=now)["cash"]
    posted = posting.post(
        key=f"test:{uuid.uuid4()}", kind=kind, channel="counter", business_date=day,
        lines=[posting.Line(other, -amount), posting.Line(account.ledger_account_id, amount)],
    )  # fmt: skip
    return Entry.objects.get(pk=posted.entry_id)


def rows(day: date = DAY) -> list[dict[str, str]]:
    return list(csv.DictReader(report.place(day).open(encoding="utf-8", newline="")))


@pytest.mark.django_db
def test_the_file_of_a_day_adds_up_what_the_books_say_of_each_person(now: datetime) -> None:
    two = money.pair(now=now)
    second = money.account(two.payer, now=now)
    booked(two.source, 30_000_00, "counter.deposit", now)
    booked(second, 20_000_00, "counter.deposit", now)
    booked(two.source, 49_999_99, "counter.deposit", now, day=DAY - timedelta(days=1))  # another date
    booked(second, 1_600_000_00, "interest.paid", now)  # no payment of a person
    booked(two.source, 550_000_00, "payments.transfer", now, to=second)  # stays with its owner
    booked(two.destination, 499_999_99, "payments.transfer", now, to=second)
    undone = booked(two.destination, 90_000_00, "counter.deposit", now)
    posting.reverse(entry_id=undone.pk, key="undo", kind="counter.reversal", channel="counter", business_date=DAY)
    assert LARGE_VALUES.do("all", DAY, now) == "reported"
    assert [(row["basis"], row["customer"], row["sum"], row["amount"], row["account"]) for row in rows()] == [
        (SUMMED, str(two.payer.public_id), "50000.00", "30000.00", two.source.number),
        (SUMMED, str(two.payer.public_id), "50000.00", "20000.00", second.number),
    ]
    before = report.place(DAY).read_bytes()
    assert LARGE_VALUES.do("all", DAY, now) == "reported"
    assert report.place(DAY).read_bytes() == before, "again after a kill: the same file"
    assert [path.name for path in report.place(DAY).parent.iterdir()] == ["large-values-2026-11-23.csv"]
    assert stat.S_IMODE(report.place(DAY).stat().st_mode) == 0o600, "nobody else on the machine reads it"
    booked(two.destination, 1, "payments.transfer", now, to=second)
    report.write(day=DAY)
    assert {(row["category"], row["direction"], row["sum"]) for row in rows()} == {
        ("cash", "in", "50000.00"),
        ("domestic", "in", "500000.00"),
        ("domestic", "out", "500000.00"),
    }, "one cent more is on both sides"


@pytest.mark.django_db
def test_only_who_can_be_in_a_finding_is_read_and_nobody_of_those_is_left_out(now: datetime) -> None:
    large, split, little = (money.pair(now=now) for _each in range(3))
    booked(large.source, 50_000_00, "counter.deposit", now)
    for day in (DAY - timedelta(days=1), DAY - timedelta(days=1), DAY):  # one of the date, just below, ends a pattern
        booked(split.source, 40_000_00, "counter.deposit", now, day=day)
    booked(little.source, 24_999_99, "counter.deposit", now)
    bounds = figures.bounds(on=DAY)
    read = items.of(DAY, least=bounds.least)
    assert {one.person for one in read} == {str(large.payer.public_id), str(split.payer.public_id)}
    found = findings(read, day=DAY, bounds=bounds)
    assert {one.basis for one in found} == {SINGLE, PATTERN}
    assert found == findings(items.of(DAY), day=DAY, bounds=bounds)


@pytest.mark.django_db(transaction=True)
def test_an_auditor_takes_the_file_out_and_nobody_else_and_not_before_it_is_written(now: datetime) -> None:
    two, auditor = money.pair(now=now), changes.staff("auditor")
    booked(two.source, 50_000_00, "counter.deposit", now)

    def ask(staff: User) -> takeouts.Outcome:
        return takeouts.ask(
            kind="large_values", wanted={"last": DAY.isoformat()}, purpose="The report to the authority",
            case="R100012", staff=staff, now=now,
        )  # fmt: skip

    with pytest.raises(Refused) as refused:
        ask(auditor)
    assert refused.value.field == "last"
    report.write(day=DAY)
    with pytest.raises(NoRole):
        ask(changes.staff("reviewer", email="reviewer@example.com"))
    assert not Takeout.objects.exists()
    made = ask(auditor).takeout
    assert made is not None
    found = takeouts.opened(staff=auditor, public_id=made.public_id, now=now)
    assert found is not None
    lines = list(csv.reader(io.StringIO(found[1].decode("utf-8-sig"))))
    assert lines[1] == list(report.COLUMNS)
    assert (lines[2][2], lines[2][3], lines[2][6]) == (SINGLE, str(two.payer.public_id), "50000.00")
    assert LargeValues().is_about({"last": DAY.isoformat()}, two.payer.user)  # type: ignore[arg-type]
    assert not LargeValues().is_about({"last": DAY.isoformat()}, auditor)


@pytest.mark.django_db
def test_foreign_cash_is_reported_by_its_worth_in_dollars_on_its_date(
    now: datetime, django_assert_num_queries: Any
) -> None:
    made = fx.traveller(currency="EUR", foreign=0, now=now)
    booked(made.foreign, 8_888_88, "counter.deposit", now)  # 1.125 dollars each: 9,999.99
    assert [one.worth for one in items.of(DAY)] == [None]
    assert [one.basis for one in findings(items.of(DAY), day=DAY, bounds=figures.bounds(on=DAY))] == [UNVALUED]
    fx.rates(now=now)
    assert findings(items.of(DAY), day=DAY, bounds=figures.bounds(on=DAY)) == []
    booked(made.foreign, 1, "counter.deposit", now)
    booked(made.foreign, 1, "counter.deposit", now)
    with django_assert_num_queries(2):  # the movements, and one rate for a currency and date
        found = findings(items.of(DAY), day=DAY, bounds=figures.bounds(on=DAY))
    assert [(one.basis, one.group, one.worth) for one in found] == [(SUMMED, "USD", 10_000_01)]


@pytest.mark.django_db(transaction=True)
def test_the_business_day_writes_the_file_also_when_there_is_nothing_to_report(
    now: datetime, time_machine: Any
) -> None:
    time_machine.move_to(now + timedelta(days=1), tick=True)
    call_command("end_of_day", "--date", DAY.isoformat())
    assert report.place(DAY).read_text(encoding="utf-8") == ",".join(report.COLUMNS) + "\n"

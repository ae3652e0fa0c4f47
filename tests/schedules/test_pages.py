"""The pages: fill in, check, agree, look, act; what is another's does not exist."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import codes
from ledger.calendar import business_date
from payments.schedules import words
from payments.schedules.models import Schedule
from payments.schedules.rhythm import Rhythm, Unit
from tests.factories import identity as people
from tests.factories import payments as money
from tests.factories import schedules as make
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def two(now) -> money.Pair:
    made = money.pair(now=now)
    money.enrol(made.payer)
    return made


@pytest.fixture
def browser(client: Client, two) -> Client:
    return people.enter(client, two.payer.user)


def tomorrow(now: datetime, days: int = 1) -> str:
    return (business_date(now) + timedelta(days=days)).isoformat()


def filled(two, now, **given) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()), "source": str(two.source.public_id), "to": f"payee:{two.payee.public_id}",
        "amount": "12.50", "memo": "Rent", "rhythm": "monthly", "starts_on": tomorrow(now), "holiday": "after",
        "ends": "count", "count": "3", "until": "", "total": "", "weeks": "", "notice": "2", **given,
    }  # fmt: skip


def agree(browser, two, now, **given):
    answer = browser.post(reverse("schedule_new"), filled(two, now, **given))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    place = answer["Location"]
    page = browser.get(place)
    assert page.status_code == 200
    challenge = page.context["stepup"].challenge.id
    code = codes.code_at(secret=money.SECRET, moment=timezone.now())
    return browser.post(place, {"stepup-challenge": str(challenge), "stepup-code": code}, follow=True)


def test_an_order_is_filled_in_checked_with_its_dates_and_agreed_with_a_code(browser, two, now):
    answer = agree(browser, two, now)
    schedule = Schedule.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("schedule", args=[schedule.public_id])
    assert (schedule.amount, schedule.count, schedule.holiday, schedule.notice_days) == (12_50, 3, "after", 2)
    page = answer.content.decode()
    assert "After 3 payments" in page
    assert len(answer.context["ahead"]) == 3
    overview = browser.get(reverse("schedules")).content.decode()
    assert "12.50" in overview
    assert str(schedule.public_id) in overview


def test_a_wrong_code_agrees_to_nothing_and_keeps_the_order(browser, two, now):
    place = browser.post(reverse("schedule_new"), filled(two, now))["Location"]
    challenge = browser.get(place).context["stepup"].challenge.id
    answer = browser.post(place, {"stepup-challenge": str(challenge), "stepup-code": "000000"})
    assert answer.status_code == 200
    assert "not right" in answer.content.decode()
    assert not Schedule.objects.exists()


def test_a_large_sum_is_read_in_words_and_ticked_before_a_code_opens_it(browser, two, now):
    add_figure("transfer.large_sum.cny", "12.00", type="decimal", unit="CNY", now=now)
    place = browser.post(reverse("schedule_new"), filled(two, now))["Location"]
    page = browser.get(place)
    assert "twelve yuan and 50/100" in page.content.decode()
    code = codes.code_at(secret=money.SECRET, moment=timezone.now())
    answer = {"stepup-challenge": str(page.context["stepup"].challenge.id), "stepup-code": code, "total": "1250"}
    refused = browser.post(place, answer)
    assert "Tick the box" in refused.content.decode()
    one = browser.post(place, {**answer, "agree": "on", "total": "1200"})
    assert one["Location"].startswith(reverse("schedule_new")), "a sum that was not on the page"
    assert not Schedule.objects.exists()
    browser.post(place, {**answer, "agree": "on"})
    assert Schedule.objects.get().amount == 12_50


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"starts_on": ""}, "starts_on", "Enter a date"),
        ({"starts_on": "2020-01-01"}, "starts_on", "The first possible date is"),
        ({"starts_on": "2027-02-30"}, "starts_on", "no such day"),
        ({"rhythm": "daily"}, "holiday", "several would fall on one"),
        ({"rhythm": "once", "holiday": "skip"}, "holiday", "cannot be left out"),
        ({"rhythm": "weekly", "weeks": "53"}, "weeks", "At most 52"),
        ({"count": ""}, "count", "how many payments"),
        ({"ends": "total", "total": "5"}, "total", "less than one payment"),
        ({"ends": "until", "until": "2020-01-01"}, "until", "before the first"),
        ({"amount": "1e5"}, "amount", "in full"),
        ({"to": f"payee:{uuid.uuid4()}"}, "to", "not on your list"),
    ],
)
def test_each_mistake_is_said_at_its_field_and_nothing_typed_is_lost(browser, two, now, given, field, said):
    answer = browser.post(reverse("schedule_new"), filled(two, now, **given))
    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors[field])
    assert 'value="Rent"' in answer.content.decode()
    assert not Schedule.objects.exists()


def test_what_belongs_to_another_choice_is_ignored(browser, two, now):
    agree(browser, two, now, rhythm="once", ends="until", until="nonsense", weeks="x", count="0")
    schedule = Schedule.objects.get()
    assert (schedule.unit, schedule.until, schedule.count, schedule.total) == ("once", None, None, None)


def test_an_order_is_changed_paused_left_out_and_cancelled_from_its_page(browser, two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.WEEK, starts_on=tomorrow(now)), now=now)
    place = {"args": [schedule.public_id]}
    form = browser.get(reverse("schedule_change", **place)).context["form"]
    typed = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    answer = browser.post(reverse("schedule_change", **place), {**typed, "amount": "80"})
    assert answer.status_code == 302
    page = browser.get(answer["Location"])
    code = codes.code_at(secret=money.SECRET, moment=timezone.now())
    browser.post(
        answer["Location"], {"stepup-challenge": str(page.context["stepup"].challenge.id), "stepup-code": code}
    )
    schedule.refresh_from_db()
    assert (schedule.amount, schedule.version) == (80_00, 2)

    nominal = schedule.next_nominal
    browser.post(reverse("schedule_skip", **place), {"nominal": nominal.isoformat()})
    browser.post(reverse("schedule_pause", **place))
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_nominal) == ("paused", nominal + timedelta(days=7))
    browser.post(reverse("schedule_resume", **place))
    stale = browser.post(reverse("schedule_cancel", **place), {"nominal": nominal.isoformat()}, follow=True)
    assert "has changed since you opened the page" in stale.content.decode()
    schedule.refresh_from_db()
    assert schedule.state == "active"
    browser.post(reverse("schedule_cancel", **place), {"nominal": schedule.next_nominal.isoformat()})
    schedule.refresh_from_db()
    assert schedule.state == "cancelled"
    assert browser.get(reverse("schedule_change", **place)).status_code == 302


def test_a_change_that_changes_nothing_asks_for_no_code_and_says_so(browser, two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.WEEK, starts_on=tomorrow(now)), now=now)
    place = {"args": [schedule.public_id]}
    form = browser.get(reverse("schedule_change", **place)).context["form"]
    typed = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    answer = browser.post(reverse("schedule_change", **place), typed, follow=True)
    assert answer.redirect_chain == [(reverse("schedule", **place), 302)]
    assert "Nothing was changed: the order stays as it is." in answer.content.decode()
    check = browser.post(reverse("schedule_change", **place), {**typed, "memo": "Garden", "notice": "3"}, follow=True)
    for was in (f"Until now: {schedule.memo or 'No memo'}", f"Until now: {words.notice(schedule.notice_days)}"):
        assert was in check.content.decode()
    schedule.refresh_from_db()
    assert schedule.version == 1


def test_a_dated_transfer_paused_over_its_date_says_that_nothing_is_left(browser, two, now):
    schedule = make.agree(two, make.terms(two, unit=Unit.ONCE, starts_on=tomorrow(now)), now=now)
    place = {"args": [schedule.public_id]}
    browser.post(reverse("schedule_pause", **place))
    schedule.refresh_from_db()
    late = business_date(now) - timedelta(days=1)
    Schedule.objects.update(starts_on=late, next_nominal=late, next_day=late)
    answer = browser.post(reverse("schedule_resume", **place), follow=True)
    assert "Its last date fell into the pause: nothing is left to pay." in answer.content.decode()
    schedule.refresh_from_db()
    assert schedule.state == "paused"


@pytest.mark.parametrize(
    ("unit", "start", "said"),
    [
        (Unit.MONTH, date(2026, 12, 31), "Every month on day 31, or on the last day where a month is shorter"),
        (Unit.MONTH, date(2026, 12, 28), "Every month on day 28"),
        (Unit.YEAR, date(2028, 2, 29), "Every year on 29 February, in years without it on 28 February"),
        (Unit.YEAR, date(2026, 12, 31), "Every year on 31 December"),
    ],
)
def test_a_rhythm_says_what_happens_where_its_day_is_missing(unit, start, said):
    assert words.rhythm(Rhythm(unit, start)) == said


def test_another_customers_order_is_not_there(browser, two, now):
    other = money.pair(now=now)
    schedule = make.agree(other, make.terms(other, starts_on=tomorrow(now)), now=now)
    for name in ("schedule", "schedule_change"):
        assert browser.get(reverse(name, args=[schedule.public_id])).status_code == 404
    for name in ("schedule_pause", "schedule_resume", "schedule_skip", "schedule_cancel"):
        assert browser.post(reverse(name, args=[schedule.public_id])).status_code == 404
    schedule.refresh_from_db()
    assert schedule.state == "active"


def test_a_browser_in_another_zone_does_not_move_the_banks_day(browser, two, now):
    """Hostile act 37: the date is the bank's, whatever the browser says of its own."""
    today = business_date(now).isoformat()
    with timezone.override(ZoneInfo("Pacific/Honolulu")):
        answer = browser.post(
            reverse("schedule_new"), filled(two, now, starts_on=today), headers={"accept-language": "en-US"}
        )
    assert "The first possible date is" in str(answer.context["form"].errors["starts_on"])


def test_the_overview_takes_the_same_queries_for_one_order_and_for_three(browser, two, now):
    make.agree(two, make.terms(two, starts_on=tomorrow(now), unit=Unit.DAY), now=now)
    browser.get(reverse("schedules"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("schedules"))
    for _number in range(2):
        make.agree(two, make.terms(two, starts_on=tomorrow(now), unit=Unit.DAY), now=now)
    with CaptureQueriesContext(connection) as three:
        browser.get(reverse("schedules"))
    assert len(one) == len(three)

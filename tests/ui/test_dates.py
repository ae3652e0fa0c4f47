"""Reading dates as people type them, and writing dates and figures."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui import dates, formats, typed


@pytest.mark.parametrize(
    "text",
    [
        "1990-03-05", "1990/3/5", "1990.3.5", "1990 3 5", "19900305", "1990年3月5日", "１９９０－０３－０５",
        "5 March 1990",
        "5 Mar 1990", "March 5, 1990", "5th March 1990", " 1990-3-5 ", "1990年03月05日", "1990-03-05\u200b",
    ],
)  # fmt: skip
def test_many_spellings_are_one_day(text):
    assert dates.parse(text) == date(1990, 3, 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", dates.Reason.EMPTY),
        ("03/05/1990", dates.Reason.AMBIGUOUS),
        ("5.3.1990", dates.Reason.AMBIGUOUS),
        ("31 April 1990", dates.Reason.NO_SUCH_DAY),
        ("1990-02-30", dates.Reason.NO_SUCH_DAY),
        ("0000-01-01", dates.Reason.NO_SUCH_DAY),
        ("yesterday", dates.Reason.TEXT),
        ("5 Smarch 1990", dates.Reason.TEXT),
        ("90-3-5", dates.Reason.TEXT),
        ("1990-03-05; DROP", dates.Reason.TEXT),
        ("1990\x00", dates.Reason.UNREADABLE),
    ],
)
def test_other_texts_are_refused_for_a_named_reason(text, reason):
    with pytest.raises(dates.DateError) as refused:
        dates.parse(text)
    assert refused.value.reason is reason


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["zh-hans", "en"]))
def test_every_date_the_portal_writes_can_be_typed_back(day, language):
    assert dates.parse(formats.day(day, language)) == day


def test_dates_are_written_as_the_language_writes_them():
    day = datetime(2026, 3, 5, 14, 5)
    assert formats.day(day, "zh-hans") == "2026年3月5日"
    assert formats.day(day, "en") == "5 March 2026"
    assert formats.moment(day, "zh-hans") == "2026年3月5日 14:05"
    assert formats.moment(day, "en") == "5 March 2026, 14:05"
    assert formats.month(day, "zh-hans") == "2026年3月"
    assert formats.short_day(day, "en") == "5 Mar 2026"


@pytest.mark.parametrize(
    ("value", "currency", "signed", "text"),
    [
        ("1234.50", "CNY", "auto", "¥1,234.50"),
        ("-1234.50", "CNY", "auto", "−¥1,234.50"),
        ("1234.50", "CNY", "always", "+¥1,234.50"),
        ("-5", "JPY", "never", "JPY\u00a05"),
        ("0.00", "CNY", "always", "¥0.00"),
        ("1234567.891", "KWD", "auto", "KWD\u00a01,234,567.891"),
    ],
)
def test_amounts_carry_sign_currency_and_groups(value, currency, signed, text):
    assert formats.amount(Decimal(value), currency, signed=signed) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  王  小明 ", "王 小明"),
        ("䶮㛃𬭩", "䶮㛃𬭩"),
        ("王\u200b小\u202e明", "王小明"),
        ("O’Brien-Li", "O’Brien-Li"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("e\u0301", "é"),
        ("\ufa19\U0002f80a", "\ufa19\U0002f80a"),
        ("王\n小明", "王 小明"),
    ],
)
def test_names_keep_rare_characters_and_lose_invisible_ones(text, kept):
    assert typed.name(text) == kept

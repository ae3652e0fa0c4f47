"""Components as tags: figures, dates, escaping, declared arguments."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation


@dataclass
class Sum:
    decimal: Decimal
    currency: str


EVIL = '"><script>alert(1)</script>'


def draw(source, language="en", **context):
    with translation.override(language):
        return Template("{% load ui %}" + source).render(Context(context))


def test_an_amount_is_one_element_the_eye_button_can_cover():
    html = draw("{% amount money sign='always' tone=True %}", money=Sum(Decimal("1234.50"), "CNY"))
    assert html == (
        '<data class="amount amount-credit" value="1234.50">'
        '<span>+<span class="amount-symbol">¥</span>1,234.50</span></data>'
    )


def test_money_out_keeps_its_sign_and_plain_ink():
    html = draw("{% amount money tone=True %}", money=Sum(Decimal("-1234.50"), "CZK"))
    assert "amount-credit" not in html
    assert "−" in html
    assert "CZK" in html


def test_a_currency_code_cannot_carry_markup():
    assert "<script>" not in draw("{% amount money %}", money=Sum(Decimal(1), EVIL))


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "2026年3月5日 14:05"), ("en", "5 March 2026, 14:05")])
def test_a_moment_is_told_in_the_banks_time_and_the_readers_language(language, text):
    html = draw("{% when at %}", language, at=datetime(2026, 3, 5, 6, 5, tzinfo=UTC))
    assert text in html
    assert 'datetime="2026-03-05T14:05+08:00"' in html


def test_a_date_has_no_time_of_day():
    assert draw("{% when on %}", on=date(2026, 3, 5)) == '<time datetime="2026-03-05">5 March 2026</time>'
    assert draw("{% when on %}", on=None) == ""


@pytest.mark.parametrize(
    "source",
    [
        "{% status text 'good' %}",
        "{% icon text %}",
        "{% icon 'bell' label=text %}",
        "{% notice 'bad' title=text %}x{% endnotice %}",
        "{% empty text text=text url=text action=text %}",
        "{% back text text %}",
        "{% breadcrumb pairs text %}",
        "{% tabs triples label=text %}",
        "{% summary rows %}",
        "{% timeline steps %}",
        "{% pagination newer=text older=text newer_text=text %}",
    ],
)
def test_no_component_lets_markup_through(source):
    html = draw(
        source,
        text=EVIL,
        pairs=[(EVIL, EVIL)],
        triples=[(EVIL, EVIL, True)],
        rows=[{"key": EVIL, "value": EVIL, "change_url": EVIL, "change_what": EVIL}],
        steps=[{"title": EVIL, "state": "now", "text": EVIL}],
    )
    assert "alert(1)" in html
    assert "<script>" not in html
    assert EVIL not in html


@pytest.mark.parametrize(
    "source", ["{% amount money sise='large' %}", "{% status 'x' tone='good' %}", "{% back address='/' %}"]
)
def test_a_misspelt_argument_is_an_error_and_not_a_blank(source):
    with pytest.raises(Exception, match=r"unexpected keyword argument|did not receive value"):
        draw(source, money=Sum(Decimal(1), "CNY"))


def test_an_unknown_state_is_an_error():
    with pytest.raises(KeyError):
        draw("{% status 'x' 'great' %}")

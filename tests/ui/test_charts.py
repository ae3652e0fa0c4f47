"""Charts drawn on the server: honest axes, escaped words, no inline style."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui import charts
from core.ui.charts import Series, scale_for

LABELS = ["Jan", "Feb", "Mar"]


def parts(html):
    return ET.fromstring(f"<div>{html}</div>")


def test_a_chart_is_drawn_for_phone_and_desk_with_title_and_summary():
    root = parts(charts.bars(key="m", title="Movements", labels=LABELS, series=[Series("All", (1, 2, 3))]))
    assert [svg.get("class") for svg in root] == ["chart-wide", "chart-narrow"]
    for svg in root:
        title, desc = svg.find("title"), svg.find("desc")
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert title.text == "Movements"
        assert "3" in desc.text


def test_ids_on_one_page_differ():
    html = charts.bars(key="m", title="A", labels=LABELS, series=[Series("All", (1, 2, 3))])
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("draw", [charts.bars, charts.lines])
def test_words_are_escaped_and_nothing_is_inline(draw):
    evil = '"><script>&'
    html = draw(key="k", title=evil, labels=[evil], series=[Series(evil, (1,)), Series("b", (2,))])
    assert "<script>" not in html
    assert "style=" not in html
    assert " on" not in re.sub(r">[^<]*<", "><", html)
    parts(html)


def bar_heights(html):
    wide = parts(html)[0]
    return [
        Decimal(rect.get("height"))
        for rect in wide.iter("rect")
        if rect.get("rx") == "2" and rect.get("height") != "14"
    ]


def test_bars_are_as_high_as_their_values():
    first, second, third = bar_heights(
        charts.bars(key="k", title="t", labels=LABELS, series=[Series("a", (100, 200, 400))])
    )
    assert abs(second - 2 * first) <= Decimal("0.2")
    assert abs(third - 4 * first) <= Decimal("0.4")


def test_a_gap_is_not_drawn_as_zero():
    assert len(bar_heights(charts.bars(key="k", title="t", labels=LABELS, series=[Series("a", (1, None, 3))]))) == 2
    line = charts.lines(key="k", title="t", labels=LABELS, series=[Series("a", (1, None, 3))])
    assert parts(line)[0].find(".//path[@class='line-mark dash-1']").get("d").count("M") == 2


def test_values_that_do_not_fit_the_labels_are_refused():
    with pytest.raises(ValueError, match="2 values for 3 labels"):
        charts.bars(key="k", title="t", labels=LABELS, series=[Series("a", (1, 2))])


def test_five_series_are_refused():
    with pytest.raises(ValueError, match="one to four"):
        charts.lines(key="k", title="t", labels=["a"], series=[Series(str(n), (n,)) for n in range(5)])


def test_money_can_be_covered():
    html = charts.bars(key="k", title="t", labels=LABELS, series=[Series("a", (1, 2, 3))], money=True)
    for text in parts(html)[0].iter("text"):
        if text.text in {"1", "2", "3"} and text.get("class") and "direct" in text.get("class"):
            assert "money" in text.get("class")


def test_an_empty_chart_is_still_a_chart():
    html = charts.bars(key="k", title="t", labels=[], series=[Series("a", ())])
    assert "<svg" in html
    assert "a" in charts.describe(labels=[], series=[Series("a", ())])


@given(
    st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=24),
    st.booleans(),
)
def test_the_axis_holds_every_value_and_starts_where_honesty_needs_it(values, from_zero):
    scale = scale_for(values, from_zero=from_zero)
    assert scale.low <= min(values)
    assert scale.high >= max(values)
    assert len(scale.ticks) <= 8
    assert scale.ticks[-1] == scale.high
    if from_zero:
        assert scale.low <= 0 <= scale.high

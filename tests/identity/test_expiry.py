"""A document's last good day, the days of grace after it, and what people are told on which day. Pure figures."""

from datetime import date, timedelta

import pytest

from accounts.identity import expiry
from accounts.identity.expiry import Stage, Terms

TERMS = Terms(notice_days=(90, 30, 7), grace_days=90)
LAST = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days_after", "stage"),
    [(-91, Stage.GOOD), (-90, Stage.SOON), (-1, Stage.SOON), (0, Stage.SOON), (1, Stage.GRACE), (90, Stage.GRACE),
     (91, Stage.STOPPED), (4000, Stage.STOPPED)],
)  # fmt: skip
def test_a_document_stands_by_the_day(days_after, stage):
    standing = expiry.standing(LAST, today=LAST + timedelta(days=days_after), terms=TERMS)
    assert (standing.stage, standing.days, standing.stops_on) == (stage, -days_after, date(2027, 2, 22))


def test_a_long_term_document_is_always_good():
    assert expiry.standing(None, today=LAST, terms=TERMS).stage is Stage.GOOD


def test_every_expiry_date_belongs_to_exactly_one_notice_or_to_none_yet():
    found = expiry.notices(today=LAST, terms=TERMS)
    assert [notice.stage for notice in found] == ["90", "30", "7", "0", "stopped"]
    for days in range(-200, 200):
        expires_on = LAST + timedelta(days=days)
        hit = [one.stage for one in found if (one.first or date.min) <= expires_on <= one.last]
        if days > 90:
            assert hit == []
        elif days > 30:
            assert hit == ["90"]
        elif days > 7:
            assert hit == ["30"]
        elif days > 0:
            assert hit == ["7"]
        else:
            assert hit == (["0"] if days >= -90 else ["stopped"])


def test_a_window_is_stopped_exactly_when_the_standing_says_so():
    stopped = expiry.notices(today=LAST, terms=TERMS)[-1]
    for expires_on in (stopped.last, stopped.last + timedelta(days=1)):
        stage = expiry.standing(expires_on, today=LAST, terms=TERMS).stage
        assert (stage is Stage.STOPPED) == (expires_on <= stopped.last)

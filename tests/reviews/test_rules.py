"""The life of a case as a table, and the rule that is frozen onto it."""

from datetime import datetime, timedelta

import pytest

from core.reviews.rules import ALLOWED, CLOSED, Act, Clock, Rule, State, WrongState, after, clock, lapsed

MOVES = [
    # state, act, approvals before, needed, state after
    (State.OPEN, Act.CLAIM, 0, 1, State.CLAIMED),
    (State.WAITING, Act.CLAIM, 1, 2, State.CLAIMED),
    (State.CLAIMED, Act.CLAIM, 0, 1, State.CLAIMED),  # taken over
    (State.CLAIMED, Act.RELEASE, 0, 1, State.OPEN),
    (State.CLAIMED, Act.RELEASE, 1, 2, State.WAITING),
    (State.CLAIMED, Act.APPROVE, 0, 1, State.APPROVED),
    (State.CLAIMED, Act.APPROVE, 0, 2, State.WAITING),
    (State.CLAIMED, Act.APPROVE, 1, 2, State.APPROVED),
    (State.CLAIMED, Act.DECLINE, 0, 1, State.DECLINED),
    (State.CLAIMED, Act.DECLINE, 1, 2, State.DECLINED),
    (State.OPEN, Act.WITHDRAW, 0, 1, State.WITHDRAWN),
    (State.WAITING, Act.WITHDRAW, 1, 2, State.WITHDRAWN),
    (State.CLAIMED, Act.WITHDRAW, 0, 1, State.WITHDRAWN),
    (State.CLAIMED, Act.ASK, 0, 1, State.ASKED),
    (State.ASKED, Act.ANSWER, 0, 1, State.OPEN),
    (State.ASKED, Act.ANSWER, 1, 2, State.WAITING),
    (State.ASKED, Act.WITHDRAW, 0, 1, State.WITHDRAWN),
    *[(state, Act.EXPIRE, 0, 1, State.EXPIRED) for state in State if state not in CLOSED],
]


@pytest.mark.parametrize(("state", "act", "approvals", "needed", "expected"), MOVES)
def test_a_case_moves_as_the_table_says(state: State, act: Act, approvals: int, needed: int, expected: State) -> None:
    assert after(state, act, approvals=approvals, needed=needed) == expected


@pytest.mark.parametrize(("state", "act"), [(s, a) for s in State for a in Act if a not in ALLOWED[s]])
def test_every_other_move_is_refused(state: State, act: Act) -> None:
    with pytest.raises(WrongState):
        after(state, act, approvals=0, needed=1)


def test_nothing_happens_to_a_closed_case() -> None:
    assert {state for state in State if not ALLOWED[state]} == CLOSED


def test_a_rule_reads_back_as_it_was_frozen() -> None:
    rule = Rule(steps=(("a", "b"), ("b",)), hours=24, claim_minutes=30, why=("age",))
    assert Rule.from_json(rule.as_json()) == rule
    assert rule.approvals == 2


@pytest.mark.parametrize("bad", [{"steps": ()}, {"steps": ((),)}, {"hours": 0}, {"claim_minutes": 0}])
def test_a_rule_that_nobody_could_follow_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="rule"):
        Rule(**{"steps": (("a",),), "hours": 1, "claim_minutes": 1, **bad})  # type: ignore[arg-type]


def test_the_clock_warns_in_the_last_fifth_and_at_the_end(now: datetime) -> None:
    due = now + timedelta(hours=10)
    at = lambda hours: clock(warn_at=now + timedelta(hours=8), due_at=due, now=now + timedelta(hours=hours))  # noqa: E731
    assert [at(0), at(7), at(8), at(9), at(10), at(11)] == [
        Clock.CALM, Clock.CALM, Clock.SOON, Clock.SOON, Clock.OVERDUE, Clock.OVERDUE,
    ]  # fmt: skip


def test_a_claim_lapses_after_the_minutes_of_the_rule(now: datetime) -> None:
    assert not lapsed(claimed_at=now, minutes=30, now=now + timedelta(minutes=29, seconds=59))
    assert lapsed(claimed_at=now, minutes=30, now=now + timedelta(minutes=30))

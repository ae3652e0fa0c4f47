"""The language of the rules, and every starter rule below, at and above each of its figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from core import policy
from core.policy.models import Figure
from payments.monitoring import conditions, measures, rules
from payments.monitoring.conditions import OPS, BadCondition, Value

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
STARTERS = {one.code: one for one in rules.starters()}


def figure(key: str) -> int:
    return int(measures.figures_for("CNY", on=DAY)(key) or 0)


def made(condition: Mapping[str, Any], wanted: bool) -> dict[str, Value]:
    """Values for which a condition comes out as wanted."""
    if "measure" in condition:
        bound = figure(condition["figure"])
        return {
            condition["measure"]: next(
                bound + step for step in (-1, 0, 1) if OPS[condition["op"]](bound + step, bound) is wanted
            )
        }
    return {name: value for part in parts(condition) for name, value in made(part, wanted).items()}


def parts(condition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return condition.get("all") or condition["any"]


def all_but(condition: Mapping[str, Any], number: int) -> dict[str, Value]:
    """Values that leave the whole condition to one of its comparisons."""
    if "measure" in condition:
        return {}
    values: dict[str, Value] = {}
    for part in parts(condition):
        size = len(list(conditions.comparisons(part)))
        values |= all_but(part, number) if 0 <= number < size else made(part, "all" in condition)
        number -= size
    return values


def cases() -> list[Any]:
    found = []
    for code, rule in STARTERS.items():
        for number, one in enumerate(conditions.comparisons(rule.condition)):
            found += [
                pytest.param(code, number, step, id=f"{code}-{number}-{one['measure']}-{name}")
                for name, step in (("below", -1), ("at", 0), ("above", 1), ("unknown", None))
            ]
    return found


@pytest.mark.parametrize(("code", "number", "step"), cases())
def test_every_rule_is_decided_by_each_of_its_figures(code: str, number: int, step: int | None) -> None:
    rule = STARTERS[code]
    one = list(conditions.comparisons(rule.condition))[number]
    values = dict.fromkeys(measures.MEASURES) | all_but(rule.condition, number)
    bound = figure(one["figure"])
    values[one["measure"]] = None if step is None else bound + step
    expected = step is not None and OPS[one["op"]](bound + step, bound)
    assert conditions.holds(rule.condition, measured=values, figure=figure) is expected


def test_every_starter_rule_names_only_what_exists_and_has_its_words() -> None:
    keys = set(Figure.objects.values_list("key", flat=True))
    assert len(STARTERS) == len(rules.starters()) >= 16
    for rule in STARTERS.values():
        used = {one["figure"] for one in conditions.comparisons(rule.condition)}
        conditions.check(rule.condition, measures=measures.MEASURES, figures=keys)
        assert all(policy.value(key, on=DAY) is not None for key in used)
        assert rule.title_en
        assert rule.title_zh
        assert rule.mode == "shadow"


def _deep(levels: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"measure": "amount", "op": ">", "figure": "f"}
    for _ in range(levels):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize(
    "text",
    [
        {},
        [],
        "amount > 5",
        None,
        {"all": []},
        {"any": "x"},
        {"all": [{}]},
        {"measure": "amount", "op": ">", "figure": "f", "else": 1},
        {"measure": "amount", "op": "==", "figure": "f"},
        {"measure": "amount", "op": ">", "figure": 5},
        {"measure": "password", "op": ">", "figure": "f"},
        {"measure": "amount); DROP TABLE ledger_entry; --", "op": ">", "figure": "f"},
        {"measure": "amount", "op": ">", "figure": "g"},
        {"all": [{"measure": "amount", "op": ">", "figure": "f"}] * 25},
        {"all": [], "any": []},
        _deep(6),
        _deep(5_000),
    ],
)
def test_what_is_no_condition_is_refused(text: Any) -> None:
    with pytest.raises(BadCondition):
        conditions.check(text, measures=measures.MEASURES, figures={"f"})


def test_five_levels_are_a_condition() -> None:
    conditions.check(_deep(5), measures=measures.MEASURES, figures={"f"})


def test_what_is_unknown_decides_nothing() -> None:
    known = {"measure": "amount", "op": ">", "figure": "f"}
    unknown = {"measure": "hour", "op": ">", "figure": "f"}
    values: dict[str, Value] = {"amount": 2, "hour": None}

    def true(condition: Mapping[str, Any]) -> bool:
        return conditions.holds(condition, measured=values, figure=lambda _: 1)

    assert true({"any": [known, unknown]})
    assert not true({"all": [known, unknown]})
    assert not true({"not": unknown})
    assert not true(unknown)
    assert true({"not": {"all": [unknown, {"not": known}]}})

"""The small language in which a rule says when it hits: measures compared with figures, joined by all, any and not.

    {"all": [{"measure": "payee_hours", "op": "<", "figure": "monitoring.payee.new_hours"},
             {"any": [{"measure": "amount", "op": ">=", "figure": "monitoring.payee.new_amount.cny"}, …]}]}

A condition names no number: what a measure is compared with is a dated figure of the policy table, which two people
change. What is unknown (a measure without a value) makes a comparison neither true nor false: `all` is false where one
part is false, `any` true where one part is true, and a condition that stays unknown does not hit. Pure.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

DEEPEST, MOST = 6, 24  # levels, comparisons
OPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
Condition = Mapping[str, Any]
Value = int | Decimal | None


class BadCondition(ValueError):
    """The text is no condition of this language, or names what does not exist. `kind`: shape, deep, many, unknown."""

    def __init__(self, message: str, *, kind: str = "shape", name: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.name = name  # the measure or figure that does not exist


def comparisons(condition: Condition) -> Iterator[Mapping[str, str]]:
    """This function will give every comparison of a condition, whatever its form is worth; raises BadCondition."""
    yield from _walk(condition, 1)


def check(condition: Any, *, measures: Collection[str], figures: Collection[str]) -> None:
    """This function will refuse whatever is no condition over these measures and figures. Raises BadCondition."""
    found = list(comparisons(condition))
    if not 1 <= len(found) <= MOST:
        raise BadCondition(f"a condition has between 1 and {MOST} comparisons, not {len(found)}", kind="many")
    for one in found:
        if one["measure"] not in measures:
            raise BadCondition(f"there is no measure {one['measure']!r}", kind="unknown", name=one["measure"])
        if one["figure"] not in figures:
            raise BadCondition(f"there is no figure {one['figure']!r}", kind="unknown", name=one["figure"])


def holds(condition: Condition, *, measured: Mapping[str, Value], figure: Callable[[str], Value]) -> bool:
    """This function will say whether a condition is true of what was measured; unknown is not true."""
    return _holds(condition, measured, figure) is True


def ordered(condition: Any) -> Any:
    """This function will write a condition with its keys in the order in which people read them."""
    if isinstance(condition, Mapping):
        keys = [*(key for key in ("measure", "op", "figure") if key in condition), *condition]
        return {key: ordered(condition[key]) for key in dict.fromkeys(keys)}
    return [ordered(part) for part in condition] if isinstance(condition, list) else condition


def _holds(condition: Condition, measured: Mapping[str, Value], figure: Callable[[str], Value]) -> bool | None:
    if "all" in condition:
        answers = [_holds(part, measured, figure) for part in condition["all"]]
        return False if False in answers else None if None in answers else True
    if "any" in condition:
        answers = [_holds(part, measured, figure) for part in condition["any"]]
        return True if True in answers else None if None in answers else False
    if "not" in condition:
        answer = _holds(condition["not"], measured, figure)
        return None if answer is None else not answer
    value, bound = measured[condition["measure"]], figure(condition["figure"])
    return None if value is None or bound is None else OPS[condition["op"]](value, bound)


def _walk(condition: Any, depth: int) -> Iterator[Mapping[str, str]]:
    if depth > DEEPEST:
        raise BadCondition(f"a condition goes at most {DEEPEST} levels deep", kind="deep")
    if not isinstance(condition, Mapping):
        raise BadCondition("a condition is a mapping")
    keys = set(condition)
    if keys == {"measure", "op", "figure"}:
        if not all(isinstance(part, str) for part in condition.values()) or condition["op"] not in OPS:
            raise BadCondition("a comparison names a measure, one of < <= > >=, and a figure")
        yield condition
    elif keys in ({"all"}, {"any"}):
        parts = condition["all" if "all" in keys else "any"]
        if not isinstance(parts, list) or not parts:
            raise BadCondition("all and any take a list of conditions")
        for part in parts:
            yield from _walk(part, depth + 1)
    elif keys == {"not"}:
        yield from _walk(condition["not"], depth + 1)
    else:
        raise BadCondition("a condition is a comparison, all, any or not, and nothing else")

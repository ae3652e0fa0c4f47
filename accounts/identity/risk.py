"""How much care a customer's money takes: written rules, each worth points of the policy table. Pure.

The edition of the rules is kept with each rating, so that a rating can be explained after the rules have changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

EDITION = "2026-11"


class Level(StrEnum):
    """How much care a customer takes."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Facts:
    """What the rules look at."""

    listed: bool  # resembles somebody on the watch list
    not_screened: bool
    look_alike: bool
    foreign_document: bool
    occupation: str
    income: str
    document_unread: bool


@dataclass(frozen=True)
class Points:
    """What each rule is worth, and from how many points on a rating is medium and high."""

    each: Mapping[str, int]
    medium_from: int
    high_from: int


@dataclass(frozen=True)
class Rating:
    """A level, its points, and the names of the rules that gave them."""

    level: Level
    points: int
    reasons: tuple[str, ...]
    edition: str = EDITION


EARNS_LITTLE = frozenset({"student", "home", "retired"})
EARNS_MUCH = frozenset({"to_1m", "over_1m"})

RULES: Mapping[str, Callable[[Facts], bool]] = {
    "listed": lambda facts: facts.listed,
    "not_screened": lambda facts: facts.not_screened,
    "look_alike": lambda facts: facts.look_alike,
    "foreign_document": lambda facts: facts.foreign_document,
    "income_unusual": lambda facts: facts.occupation in EARNS_LITTLE and facts.income in EARNS_MUCH,
    "cash_business": lambda facts: facts.occupation == "owner",
    "great_income": lambda facts: facts.income == "over_1m",
    "document_unread": lambda facts: facts.document_unread,
}


def rate(facts: Facts, points: Points) -> Rating:
    """This function will rate a customer: every rule that holds adds its points."""
    reasons = tuple(name for name, holds in RULES.items() if holds(facts))
    total = sum(points.each[name] for name in reasons)
    level = next(
        (one for one, least in ((Level.HIGH, points.high_from), (Level.MEDIUM, points.medium_from)) if total >= least),
        Level.LOW,
    )
    return Rating(level=level, points=total, reasons=reasons)

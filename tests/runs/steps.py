"""Steps for the tests: what they did is written down, and they fail when told to."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from core.runs import Declared, NotYet, Step

did: list[str] = []
fails: Counter[str] = Counter()  # key -> how often it still fails
held: set[str] = set()  # steps that may not go on yet
KEYS = ["1", "2", "3"]


def reset() -> None:
    did.clear()
    fails.clear()
    held.clear()
    together.clear()
    KEYS[:] = ["1", "2", "3"]


def day_of(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _at(hour: int):
    def starts(day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=UTC) + timedelta(hours=hour)

    return starts


def _items(_day: date, after: str, most: int) -> Sequence[str]:
    return [key for key in KEYS if key > after][:most]


def _doing(name: str):
    def do(key: str, day: date, _now: datetime) -> str:
        if name in held:
            raise NotYet(name)
        if fails[key]:
            fails[key] -= 1
            raise LookupError(f"{key} is not ready")
        did.append(f"{day:%d} {name} {key}")
        return "done"

    return do


MORNING = Step(name="morning", label="Morning", starts=_at(6), items=_items, do=_doing("morning"), page=2)
NIGHT = Step(name="night", label="Night", starts=_at(24), do=_doing("night"))
RUNS = {
    "test": Declared(
        label="Test", day_of="tests.runs.steps.day_of", steps=("tests.runs.steps.MORNING", "tests.runs.steps.NIGHT")
    )
}


def _together(keys: Sequence[str], day: date, now: datetime) -> list[str]:
    """All up to the first that must go by itself ("2"), unless a key of theirs fails."""
    together.append(list(keys))
    alone = keys.index("2") if "2" in keys else len(keys)
    return [_doing("many")(key, day, now) for key in keys[:alone]]


together: list[list[str]] = []
MANY = Step(
    name="many", label="Many", starts=_at(6), items=_items, do=_doing("one"), do_many=_together, advice="Look at it.",
)  # fmt: skip
RUNS["many"] = Declared(label="Many", day_of="tests.runs.steps.day_of", steps=("tests.runs.steps.MANY",))


def most_behind(_day: date) -> int:
    return 14

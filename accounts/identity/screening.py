"""Looking for somebody on the watch list. Pure arithmetic over the entries; nothing here decides anything.

A name is compared by its Chinese characters and by its plain Latin letters (names.py). Both are compared as wholes,
with small differences in spelling allowed. Characters that differ but sound alike count as near, not as the same. A
year of birth that is known and far off rules an entry out; one that fits is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.identity import names

SOUNDS_ALIKE = 88  # of 100: other characters, the same reading
MOST_HITS = 10


@dataclass(frozen=True)
class Entry:
    """Somebody on the list."""

    reference: str
    names: Sequence[str]
    birth_years: Sequence[int]
    note: str = ""


@dataclass(frozen=True)
class Hit:
    """An entry that resembles the person: how much (of 100), by which of its names, and what the year of birth says."""

    reference: str
    name: str
    score: int
    year_fits: bool | None  # None: the list knows none
    note: str = ""


def screen(
    *, name: str, birth_year: int | None, entries: Iterable[Entry], least_score: int, years_apart: int
) -> list[Hit]:
    """This function will list the entries that resemble a person with at least this score, the nearest first."""
    hits = []
    for entry in entries:
        fits = _year_fits(birth_year, entry.birth_years, years_apart)
        if fits is False:
            continue
        score, listed = max((alike(name, listed), listed) for listed in entry.names)
        if score >= least_score:
            hits.append(Hit(entry.reference, listed, score, fits, entry.note))
    return sorted(hits, key=lambda hit: (-hit.score, not hit.year_fits, hit.reference))[:MOST_HITS]


def alike(first: str, second: str) -> int:
    """This function will say how much two names resemble each other, from 0 to 100."""
    from rapidfuzz import fuzz  # reason: the worker's, not the web's

    if names.compare_key(first) == names.compare_key(second):
        return 100
    one, other = names.han(first), names.han(second)
    sound = _sound(first, second)
    if not (one and other):
        return sound
    return max(round(fuzz.ratio(one, other)), min(sound, SOUNDS_ALIKE))


def _sound(first: str, second: str) -> int:
    """Compare plain Latin letters: word by word whatever their order, and run together (Xiao He, Xiaohe)."""
    from rapidfuzz import fuzz  # reason: the worker's, not the web's

    one, other = names.romanised(first), names.romanised(second)
    if not one or not other:
        return 0
    joined = max(fuzz.ratio(a, b) for a in names.run_together(first) for b in names.run_together(second))
    return round(max(fuzz.ratio(one, other), joined))


def _year_fits(year: int | None, listed: Sequence[int], apart: int) -> bool | None:
    if year is None or not listed:
        return None
    return any(abs(year - one) <= apart for one in listed)

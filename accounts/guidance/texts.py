"""The text of an article in one language: its parts, and reading a shipped file. Pure.

An article answers what somebody asks before they start: what they need, what it costs, how long it takes, the steps.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {"zh-hans": "zh", "en": "en"}  # the portal's code -> the table of a shipped file
PARTS = ("title", "summary", "needs", "cost", "time", "steps", "more")
LINES = frozenset({"needs", "steps"})  # one thing a line
LONGEST = {"title": 80, "summary": 300, "needs": 1000, "cost": 300, "time": 300, "steps": 3000, "more": 4000}
MAY_BE_EMPTY = frozenset({"needs", "more"})

Texts = dict[str, dict[str, str]]


class WrongArticle(ValueError):
    """A shipped file cannot be used; the message names it."""


@dataclass(frozen=True)
class Shipped:
    """An article as it came with the portal."""

    slug: str
    topic: str
    start: str
    shown_at: tuple[str, ...]
    order: int
    texts: Texts


def lines(text: str) -> list[str]:
    """This function will give the things of a part that lists one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def digest(texts: Mapping[str, Mapping[str, str]]) -> str:
    """This function will give a text that changes whenever a word of the article does."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read(path: Path) -> Shipped:
    """This function will read one shipped file (TOML). Raises WrongArticle."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = {code: _language(found[table], path, table) for code, table in LANGUAGES.items()}
        return Shipped(
            slug=path.stem,
            topic=found["topic"],
            start=found.get("start", ""),
            shown_at=tuple(found.get("shown_at", ())),
            order=int(found["order"]),
            texts=texts,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise WrongArticle(f"{path.name}: {error!r}") from error


def _language(given: Mapping[str, object], path: Path, table: str) -> dict[str, str]:
    texts = {}
    for part in PARTS:
        value = given.get(part, "")
        text = "\n".join(map(str, value)) if isinstance(value, list) else str(value).strip()
        if (not text and part not in MAY_BE_EMPTY) or len(text) > LONGEST[part]:
            raise WrongArticle(f"{path.name}: [{table}] {part} is empty or too long")
        texts[part] = text
    if unknown := set(given) - set(PARTS):
        raise WrongArticle(f"{path.name}: [{table}] has unknown parts {sorted(unknown)}")
    return texts

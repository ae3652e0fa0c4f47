"""Finding an article by what somebody types, in Chinese and English, with a typing error or two. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

WEIGHTS = {"title": 8, "summary": 4, "steps": 2, "needs": 1, "cost": 1, "time": 1, "more": 1}
LONGEST_QUERY = 80
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_WORD = re.compile(r"[a-z0-9]{2,}")
_ASKING = re.compile("请问|怎么样|怎么|怎样|如何|什么|我的|我要|我想|我|吗|呢|的")  # how, what, my: in every question
_CLOSE = 80  # of a hundred
_SMALL = frozenset(
    {"a", "an", "the", "to", "my", "i", "do", "how", "can", "is", "of", "for", "what", "and", "in", "it", "or"}
)


def terms(query: str) -> list[str]:
    """This function will take a query apart: words of Latin letters, and pairs of neighbouring Han characters."""
    text = unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).casefold()
    found = [word for word in _WORD.findall(text) if word not in _SMALL]
    for run in _HAN.findall(_ASKING.sub(" ", text)):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return list(dict.fromkeys(found))


def score(query: str, articles: Iterable[Mapping[str, str]]) -> int:
    """This function will say how well an article answers; 0 when it does not. `articles` are its texts by language.

    Latin words may be a letter or so off; at least half of the terms must be found somewhere.
    """
    wanted = terms(query)
    if not wanted:
        return 0
    total, hits = 0, 0
    parts = [
        (part, unicodedata.normalize("NFKC", text).casefold()) for texts in articles for part, text in texts.items()
    ]
    for term in wanted:
        best = max((WEIGHTS[part] for part, text in parts if _found(term, text)), default=0)
        total, hits = total + best, hits + (best > 0)
    return total if hits * 2 >= len(wanted) else 0


def _found(term: str, text: str) -> bool:
    if term in text:
        return True
    if len(term) < 4 or not term.isascii():
        return False
    return any(
        abs(len(word) - len(term)) <= 2 and SequenceMatcher(None, term, word).ratio() * 100 >= _CLOSE
        for word in _WORD.findall(text)
    )

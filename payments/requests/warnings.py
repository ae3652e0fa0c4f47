"""Words that people who cheat others use in requests for money. Pure; `warning_words.csv` says where each is from."""

import csv
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("warning_words.csv")


def found(words: str) -> bool:
    """This function will say whether words hold one that deserves a warning, however it is written."""
    plain = _plain(words)
    return any(word in plain for word in _known())


@cache
def _known() -> tuple[str, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_plain(row["words"]) for row in csv.DictReader(file))


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())

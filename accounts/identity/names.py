"""Whether two ways of writing a name are one name, and what a legal name may be made of. Pure.

What is shown is never changed: only the key by which names are compared is.
"""

import unicodedata
from enum import StrEnum
from functools import lru_cache

from core.ui import typed

MOST_LETTERS = 60
# The dot between the parts of a name, as keyboards and documents give it: 阿卜杜拉·买买提.
DOTS = "\u00b7\u2022\u30fb\u2027\u2219\u22c5\uff65\uff0e."
JOINERS = "-\u2010\u2011\u2013'\u2019\u2018\u02bc,"


class Fault(StrEnum):
    """Why a text cannot stand as a legal name."""

    INVISIBLE = "invisible"
    SIGNS = "signs"
    LONG = "long"


def fault(text: str) -> Fault | None:
    """This function will say what keeps a text from being a legal name; None when nothing does.

    Invisible and direction-changing characters are refused, not dropped: a name that hides one was made to deceive,
    or was copied from where it should not be copied from.
    """
    if any(char in typed.INVISIBLE for char in text):
        return Fault.INVISIBLE
    if any(not _belongs(char) for char in text):
        return Fault.SIGNS
    return Fault.LONG if sum(char.isalpha() for char in text) > MOST_LETTERS else None


def compare_key(name: str) -> str:
    """This function will give the text by which a name is compared: kinds of dots, case, width and spaces aside."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in wide if char not in DOTS and char not in JOINERS and not char.isspace())


def address_key(address: str) -> str:
    """This function will give the one spelling of an address: spaces, width, case and punctuation aside."""
    return "".join(char for char in unicodedata.normalize("NFKC", address).casefold() if char.isalnum())


def han(name: str) -> str:
    """This function will give the Chinese characters of a name, nothing else."""
    return "".join(char for char in compare_key(name) if is_han(char))


def is_han(char: str) -> bool:
    """This function will say whether a character is a Chinese one, however rare."""
    return unicodedata.name(char, "").startswith("CJK ")


@lru_cache(maxsize=65536)
def romanised(name: str) -> str:
    """This function will write a name in plain Latin letters, words in order of the alphabet, tones and accents aside.

    Chinese characters by their most usual reading (pypinyin, MIT): a surname with a rare reading (单, 仇, 查) or a
    character outside its table is compared by its characters only.
    """
    return " ".join(sorted(_syllables(name)))


@lru_cache(maxsize=65536)
def run_together(name: str) -> tuple[str, ...]:
    """This function will write a name in Latin letters without gaps, family name first and last: 林晓禾 is Lin Xiaohe
    and Xiaohe Lin.
    """
    words = _syllables(name)
    return tuple({"".join(words), "".join([*words[1:], *words[:1]]), "".join([*words[-1:], *words[:-1]])})


def _syllables(name: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # reason: its tables are large, and the web never needs them

    spoken = " ".join(lazy_pinyin(name, style=Style.NORMAL, errors=_between, v_to_u=False))
    plain = unicodedata.normalize("NFKD", spoken).casefold()
    letters = "".join(char if char.isascii() and char.isalpha() else " " for char in plain if not _is_mark(char))
    return letters.split()


def _between(text: str) -> str:
    return "".join(" " if char in DOTS or char in "-," else char for char in text if not is_han(char))


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M") or char in "'\u2019\u2018\u02bc"


def _belongs(char: str) -> bool:
    return char.isalpha() or char.isspace() or char in DOTS or char in JOINERS or _is_mark(char)

"""What people really type, made plain: full-width characters, invisible ones, spaces. Pure."""

import re
import unicodedata

ZERO_WIDTH = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff")
DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = ZERO_WIDTH | DIRECTION
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def readable(text: str) -> bool:
    """Say whether a text can be stored and shown: no NUL, no half of a surrogate pair."""
    return not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def visible(text: str) -> str:
    """Give the text without zero-width and direction-changing characters."""
    return "".join(char for char in text if char not in INVISIBLE)


def without_spaces(text: str) -> str:
    """Give the text without any kind of space."""
    return "".join(char for char in text if not char.isspace())


def half_width(text: str) -> str:
    """Give full-width letters, digits and signs (１２３，．￥) in their ordinary form; everything else stays as it is.

    Narrower than NFKC on purpose: that would also turn ① into 1 and ² into 2, and a rare character of a name into
    another one.
    """
    return "".join(
        chr(ord(char) - 0xFEE0)
        if "\uff01" <= char <= "\uff5e"
        else ("¥" if char == "\uffe5" else (" " if char == "\u3000" else char))
        for char in text
    )


def name(text: str) -> str:
    """Give a person's name as it should be kept: composed, one space between words, nothing invisible.

    Rare characters (䶮, 㛃, 𬭩) stay as they are. Letters are composed (NFC), but the compatibility Han characters are
    left alone, which NFC would exchange for look-alikes that stand in no document.
    """
    composed = "".join(
        part if _COMPATIBILITY.fullmatch(part) else unicodedata.normalize("NFC", part)
        for part in _COMPATIBILITY.split(visible(text))
    )
    return " ".join("".join(char for char in composed if char.isspace() or unicodedata.category(char) != "Cc").split())

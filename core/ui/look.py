"""How the portal looks to one reader: light or dark, theme colour, size of type, the simplified layout. Pure.

Before sign-in a look lives in one cookie; after it, in the reader's preferences (settings.READER), and the cookie
follows them so that pages which stand without the database look the same. A cookie can only choose among what is
listed here: anything else in it is as if it were not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

COOKIE = "look"
EARLIER_COOKIE = "theme"  # held "light" or "dark" before there was more to choose

MODES = ("light", "dark")  # "" follows the reader's system
COLOURS = ("lantern", "indigo", "plum", "sandalwood", "contrast")
SIZES = (100, 125, 150, 200)  # per cent
CHOOSABLE = ("mode", "colour", "size", "simple", "language")  # what a visitor may have chosen in this browser


@dataclass(frozen=True, slots=True)
class Look:
    """What is written on <html>. `covered`: amounts are covered until the reader asks to see them."""

    mode: str = ""
    colour: str = COLOURS[0]
    size: int = SIZES[0]
    simple: bool = False
    covered: bool = False

    def with_(self, **changes: Any) -> "Look":
        return valid(replace(self, **changes))


PLAIN = Look()


def valid(look: Look) -> Look:
    """Give the look with everything that is not on offer at its plainest."""
    return Look(
        mode=look.mode if look.mode in MODES else "",
        colour=look.colour if look.colour in COLOURS else COLOURS[0],
        size=look.size if look.size in SIZES else SIZES[0],
        simple=bool(look.simple),
        covered=bool(look.covered),
    )


@lru_cache(maxsize=512)
def attributes(look: Look) -> str:
    """Write the attributes of <html> that carry the look; every value is one of this module's own words."""
    found = []
    if look.mode:
        found.append(f' data-theme="{look.mode}"')
    if look.colour != COLOURS[0]:
        found.append(f' data-colour="{look.colour}"')
    if look.size != SIZES[0]:
        found.append(f' data-size="{look.size}"')
    if look.simple:
        found.append(" data-simple")
    if look.covered:
        found.append(' data-amounts="hidden" data-amounts-default="hidden"')
    return "".join(found)


# ── The cookie ───────────────────────────────────────────────────────────────


def from_cookies(cookies: Mapping[str, str]) -> Look:
    """Read the look this browser keeps."""
    text = cookies.get(COOKIE)
    if text is not None:
        return read(text)[0]
    return valid(Look(mode=cookies.get(EARLIER_COOKIE, "")))


def chosen_in(cookies: Mapping[str, str]) -> frozenset[str]:
    """Say which parts of the look were chosen in this browser while nobody was signed in."""
    text = cookies.get(COOKIE)
    return read(text)[1] if text is not None else frozenset()


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Look, frozenset[str]]:
    """Read a cookie: the look, and what a visitor chose of it."""
    parts = dict(part.split("-", 1) for part in text[:200].split(".") if "-" in part)
    size = parts.get("size", "")
    look = valid(
        Look(
            mode=parts.get("mode", ""),
            colour=parts.get("colour", ""),
            size=int(size) if size.isascii() and size.isdigit() else SIZES[0],
            simple=parts.get("simple") == "on",
        )
    )
    return look, frozenset(parts.get("chosen", "").split("+")) & frozenset(CHOOSABLE)


def write(look: Look, chosen: frozenset[str] = frozenset()) -> str:
    """Write a cookie. Whether amounts are covered stays out: it concerns nobody before sign-in."""
    parts = [f"mode-{look.mode}" if look.mode else "", f"colour-{look.colour}", f"size-{look.size}"]
    parts.append("simple-on" if look.simple else "")
    parts.append("chosen-" + "+".join(sorted(chosen)) if chosen else "")
    return ".".join(part for part in parts if part)

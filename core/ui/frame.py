"""The frame around every page: drawn once by its templates for each kind of page, then filled in for each reader.

What a part depends on is said in two halves. `facts` are few (language, colours, a count): each combination is drawn
once and kept. `blanks` are the reader's own (the form token, the present address): their places are left open in what
is kept, and filled in, escaped, every time. A template sees both as ordinary variables; it may only print a blank.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Fact = str | int | bool
_PLACE = re.compile("\x02(\\w+)\x03")  # characters no page contains, and which escaping leaves alone


def part(template: str, *, facts: Mapping[str, Fact], blanks: Mapping[str, object] | None = None) -> SafeString:
    """This function will draw a part of the frame. The reader's language is one of the facts."""
    blanks = blanks or {}
    pieces = list(_pieces(template, tuple(facts.items()), tuple(blanks)))
    for place in range(1, len(pieces), 2):
        pieces[place] = escape(blanks[pieces[place]])
    return mark_safe("".join(pieces))  # drawn by an escaping template, filled in with escaped text


def forget() -> None:
    """Draw the frame anew (tests that change settings or templates)."""
    _pieces.cache_clear()


@lru_cache(maxsize=2048)
def _pieces(template: str, facts: tuple[tuple[str, Fact], ...], blanks: tuple[str, ...]) -> tuple[str, ...]:
    """Draw a template once: texts to keep, with the names of blanks between them."""
    open_places = {name: f"\x02{name}\x03" for name in blanks}
    return tuple(_PLACE.split(render_to_string(template, {**dict(facts), **open_places})))

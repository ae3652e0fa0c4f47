"""What the menu shows. The entries stand in settings.MENU (a dotted path into the wiring board); this room draws them.

An entry whose address is absent is left out, so no menu leads to what does not work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One place in the portal.

    `audience` is who sees it; `prefixes` are further addresses that belong to this place (its own is counted already);
    `in_tabbar` says whether a phone shows it at the thumb; `exact` marks a place that is one page only (home).
    """

    key: str
    label: Any  # lazy text
    icon: str
    url_name: str
    audience: str
    prefixes: tuple[str, ...] = ()
    in_tabbar: bool = True
    exact: bool = False


@dataclass(frozen=True)
class Place:
    """An entry as drawn on one page."""

    entry: Entry
    url: str
    current: bool


Audiences = Callable[..., frozenset[str]]


@lru_cache(maxsize=1)
def entries() -> tuple[tuple[Entry, str], ...]:
    """Give the entries that have an address, each with it."""
    found = []
    for entry in import_string(settings.MENU):
        try:
            found.append((entry, reverse(entry.url_name)))
        except NoReverseMatch:  # the app that offers this place is not part of this portal
            continue
    return tuple(found)


def audiences_of(user: Any, *, held: frozenset[str] | None = None) -> frozenset[str]:
    """Say which kinds of reader somebody is, as settings.AUDIENCES decides; `held` are their groups where known."""
    decide: Audiences = import_string(settings.AUDIENCES)
    return decide(user) if held is None else decide(user, held=held)


def current_key(path: str) -> str:
    """Give the key of the place an address belongs to: the longest beginning that fits; "" for none."""
    best, length = "", -1
    for entry, url in entries():
        if entry.exact and path == url:
            return entry.key
        for prefix in ((url,) if not entry.exact else ()) + entry.prefixes:
            if path.startswith(prefix) and len(prefix) > length:
                best, length = entry.key, len(prefix)
    return best


@lru_cache(maxsize=256)
def drawn(template: str, language: str, audiences: frozenset[str], current: str) -> SafeString:
    """Give the menu as drawn for one kind of reader in one language; the same for everybody of that kind."""
    del language  # part of the key: labels are translated while drawing
    places = [Place(entry, url, entry.key == current) for entry, url in entries() if entry.audience in audiences]
    return mark_safe(render_to_string(template, {"places": places}))  # drawn by an escaping template


def forget() -> None:
    """Draw menus anew (tests that change the entries)."""
    entries.cache_clear()
    drawn.cache_clear()

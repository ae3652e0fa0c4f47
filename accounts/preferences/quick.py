"""Quick functions on the home page: offered by the wiring board (settings.QUICK_FUNCTIONS), chosen by each person."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

MOST = 8  # what two rows of a phone hold


@dataclass(frozen=True, kw_only=True)
class Quick:
    """One function. `account_url_name` leads straight to a customer's first account where they have one."""

    key: str
    label: Any  # lazy text
    icon: str
    url_name: str
    account_url_name: str = ""
    at_first: bool = False  # shown to somebody who has chosen nothing


@lru_cache(maxsize=1)
def offered() -> tuple[tuple[Quick, str], ...]:
    """This function will give the functions that have an address, each with it."""
    found = []
    for one in import_string(settings.QUICK_FUNCTIONS):
        try:
            found.append((one, reverse(one.url_name)))
        except NoReverseMatch:  # the app that offers it is not part of this portal
            continue
    return tuple(found)


def shown(chosen: Sequence[str] | None) -> list[str]:
    """This function will give the keys to show, in order: what was chosen and is still offered, or the usual ones."""
    by_key = [one.key for one, _url in offered()]
    if chosen is None:
        return [one.key for one, _url in offered() if one.at_first]
    return tidy(key for key in chosen if key in by_key)


@dataclass(frozen=True)
class Link:
    """A function as one home page shows it."""

    label: Any
    icon: str
    url: str


def links(chosen: Sequence[str] | None, *, account: uuid.UUID | None = None) -> list[Link]:
    """This function will give the links to show, in order; `account` is the customer's first one."""
    by_key = {one.key: (one, url) for one, url in offered()}
    found = []
    for key in shown(chosen):
        one, url = by_key[key]
        if account is not None and one.account_url_name:
            url = reverse(one.account_url_name, args=[account])
        found.append(Link(one.label, one.icon, url))
    return found


def tidy(keys: Iterable[str]) -> list[str]:
    """This function will keep each key once and no more than a home page shows."""
    return list(dict.fromkeys(keys))[:MOST]


def forget() -> None:
    """Find the addresses anew (tests that change what is offered)."""
    offered.cache_clear()

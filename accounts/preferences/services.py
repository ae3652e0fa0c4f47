"""Keeping what a person chooses. A choice that changes nothing leaves nothing behind; a change has its audit row."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.preferences import events, quick
from accounts.preferences.models import Preferences
from core import audit
from core.ui import look as looks

ACT = "preferences.changed"
LOOK = ("mode", "colour", "size", "simple", "covered")


class NotOffered(ValueError):
    """A value that the portal does not offer."""


def keep(*, user: User, name: str, value: Any, now: datetime) -> bool:
    """This function will keep one choice, and answer whether it changed anything. Raises NotOffered."""
    return keep_all(user=user, choices={name: value}, now=now)


def keep_all(*, user: User, choices: Mapping[str, Any], now: datetime) -> bool:
    """This function will keep several choices together, and answer whether they changed anything. Raises NotOffered.

    `language` stands on the person, so that everybody who writes to them finds it; the rest in their row.
    """
    for name, value in choices.items():
        _offered(name, value)
    with transaction.atomic():
        held = _locked(user, now)
        person = User.objects.only("language").get(pk=user.pk)
        before = {name: getattr(person if name == "language" else held, name) for name in choices}
        changed = {name: value for name, value in choices.items() if before[name] != value}
        if not changed:
            return False
        if "language" in changed:
            User.objects.filter(pk=user.pk).update(language=changed["language"])
            user.language = changed["language"]
        fields = [name for name in changed if name != "language"]
        if fields:
            for name in fields:
                setattr(held, name, changed[name])
            held.changed_at = now
            held.save(update_fields=[*fields, "changed_at"])
        audit.record(
            act=ACT,
            subject=user,
            actor=user,
            before={name: _said(before[name]) for name in changed},
            after={name: _said(value) for name, value in changed.items()},
            now=now,
        )
    return True


def arrange(*, user: User, act: str, key: str, now: datetime) -> list[str]:
    """This function will add, remove, or move a quick function up or down, and answer the new order.

    Asking for what is so already (adding what is there, moving the first up) changes nothing. Raises NotOffered.
    """
    if key not in {one.key for one, _url in quick.offered()} or act not in {"add", "remove", "up", "down"}:
        raise NotOffered(act, key)
    with transaction.atomic():
        held = _locked(user, now)
        order = quick.shown(held.quick)
        wanted = _moved(order, act, key)
        if wanted != order:
            keep(user=user, name="quick", value=wanted, now=now)
    return wanted


def choose_channels(*, user: User, wishes: Mapping[str, Iterable[str]], now: datetime) -> bool:
    """This function will keep by which ways somebody wants to be told, for the events named; others stay as they are.

    What concerns security is left out of it. Raises NotOffered for an event nobody declared or an unknown channel.
    """
    known = {event.key for event in events.declared() if not event.always}
    for key, channels in wishes.items():
        if key not in known or not set(channels) <= set(events.OPTIONAL):
            raise NotOffered(key, channels)
    with transaction.atomic():
        held = _locked(user, now)
        chosen = {**held.channels, **{key: sorted(channels) for key, channels in wishes.items()}}
        return keep(user=user, name="channels", value=chosen, now=now)


def take_over(*, user: User, cookies: Mapping[str, str], language: str, now: datetime) -> None:
    """This function will keep with a person what they chose in this browser before they signed in."""
    chosen, seen = looks.chosen_in(cookies), looks.from_cookies(cookies)
    choices = {name: getattr(seen, name) for name in chosen if name != "language"}
    if user.is_staff:
        choices.pop("simple", None)  # the back office has one layout
    if "language" in chosen and language in dict(settings.LANGUAGES):
        choices["language"] = language
    if choices:
        keep_all(user=user, choices=choices, now=now)


def _locked(user: User, now: datetime) -> Preferences:
    """Find a person's row, made if need be, and hold it until the transaction ends."""
    Preferences.objects.bulk_create([Preferences(user_id=user.pk, changed_at=now)], ignore_conflicts=True)
    return Preferences.objects.select_for_update().get(user_id=user.pk)


def _offered(name: str, value: Any) -> None:
    right = {
        "language": lambda: value in dict(settings.LANGUAGES),
        "mode": lambda: value in ("", *looks.MODES),
        "colour": lambda: value in looks.COLOURS,
        "size": lambda: value in looks.SIZES,
        "simple": lambda: isinstance(value, bool),
        "covered": lambda: isinstance(value, bool),
        "quick": lambda: value == quick.tidy(value),
        "channels": lambda: isinstance(value, dict),
    }
    if name not in right or not right[name]():
        raise NotOffered(name, value)


def _moved(order: list[str], act: str, key: str) -> list[str]:
    wanted = list(order)
    if act == "add":
        return quick.tidy([*wanted, key])
    if key not in wanted:
        return wanted
    place = wanted.index(key)
    if act == "remove":
        wanted.pop(place)
        return wanted
    other = place + (-1 if act == "up" else 1)
    if 0 <= other < len(wanted):
        wanted[place], wanted[other] = wanted[other], wanted[place]
    return wanted


def _said(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict) or value is None else str(value)

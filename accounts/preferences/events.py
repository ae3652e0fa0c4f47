"""Of what a person is told, and by which ways. Each room declares its events; settings.NOTICES names the lists.

A room writes, beside the code that sends:

    EVENTS = (
        Event("payments.received", _("Money received"), MONEY),
        Event("payments.sent", _("Money sent"), MONEY),
    )

An event whose key ends in a dot stands for every event that begins so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

INBOX, EMAIL, SMS = "inbox", "email", "sms"
OPTIONAL = (EMAIL, SMS)  # the inbox always has everything
SECURITY_EVENTS = "security."  # reach a person by every way there is, whatever they chose
EVERYTHING_ELSE = "*"

MONEY, ABOUT_ME, SERVICE, WORK, SECURITY = "money", "me", "service", "work", "security"
GROUPS: dict[str, Any] = {
    MONEY: _("Money in and out"),
    ABOUT_ME: _("About me"),
    SERVICE: _("Service"),
    WORK: _("My work"),
    SECURITY: _("Security"),
}
CHANNELS: dict[str, Any] = {INBOX: _("Messages"), EMAIL: _("E-mail"), SMS: _("Text message")}


@dataclass(frozen=True)
class Event:
    """One kind of notice. `default` are the channels besides the inbox for somebody who has chosen nothing.

    What stands under WORK is asked of colleagues alone, and the rest but SECURITY of customers alone.
    """

    key: str
    label: Any  # lazy text
    group: str
    default: tuple[str, ...] = (EMAIL,)

    @property
    def always(self) -> bool:
        """Whether nobody can turn it off."""
        return self.key.startswith(SECURITY_EVENTS)

    def concerns(self, *, staff: bool) -> bool:
        return self.group == SECURITY or (self.group == WORK) == staff

    def covers(self, key: str) -> bool:
        return key == self.key or (self.key.endswith(".") and key.startswith(self.key))


@lru_cache(maxsize=1)
def declared() -> tuple[Event, ...]:
    """This function will gather every room's events in the order of the wiring board."""
    found: list[Event] = []
    for path in import_string(settings.NOTICES):
        found.extend(import_string(path))
    return tuple(found)


def declared_for(key: str) -> Event | None:
    """This function will find the declaration that covers an event: the closest one, or None."""
    fitting = [event for event in declared() if event.covers(key)]
    return max(fitting, key=lambda event: len(event.key), default=None)


def chosen_channels(key: str, stored: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """This function will say by which ways an event reaches somebody with these stored wishes; always the inbox."""
    if key.startswith(SECURITY_EVENTS):
        return frozenset((INBOX, *OPTIONAL))
    event = declared_for(key)
    wished = stored.get(event.key if event else key)
    if wished is None:
        wished = stored.get(EVERYTHING_ELSE)
    if wished is None:
        wished = event.default if event else (EMAIL,)
    return frozenset((INBOX, *(channel for channel in wished if channel in OPTIONAL)))


def forget() -> None:
    """Gather the events anew (tests that change the board)."""
    declared.cache_clear()

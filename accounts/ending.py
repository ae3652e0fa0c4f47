"""What a room says stands against the end of a relationship (`settings.CLOSING_CHECKS`, asked by accounts.mydata)."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that must be settled first, and where to settle it."""

    key: str
    text: str | Promise
    url: str
    url_text: str | Promise

"""Counting what one caller may ask in a minute, in the shared cache: for public pages that need no row of their own."""

import hashlib
from datetime import datetime

from django.core.cache import cache

WINDOW = 60  # seconds


def wait(*, purpose: str, caller: str, most: int, now: datetime) -> int | None:
    """This function will count one more question and answer None, or the seconds to wait once `most` were asked."""
    second = int(now.timestamp())
    window = second // WINDOW
    key = f"throttle:{purpose}:{window}:{hashlib.sha256(caller.encode()).hexdigest()[:32]}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        asked = cache.incr(key)
    except ValueError:  # it was thrown out of a full cache between the two calls: this is the first of a new count
        cache.set(key, 1, timeout=2 * WINDOW)
        asked = 1
    return None if asked <= most else (window + 1) * WINDOW - second

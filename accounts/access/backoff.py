"""How long somebody waits after wrong codes: four are forgiven, then the wait doubles from half a minute to an hour."""

from datetime import datetime, timedelta

FORGIVEN = 4
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """This function will say how long to wait after so many wrong codes in a row."""
    if failures <= FORGIVEN:
        return timedelta(0)
    doublings = min(failures - FORGIVEN - 1, 7)  # 30 s · 2^7 is past the hour
    return min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def locked_until(*, failures: int, last: datetime | None, now: datetime) -> datetime | None:
    """This function will say until when no code is looked at, or None when one may be tried now."""
    if last is None:
        return None
    until = last + wait_after(failures)
    return until if now < until else None

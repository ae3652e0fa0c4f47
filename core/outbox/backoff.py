"""How long a delivery waits after each try."""

from datetime import timedelta

STEPS = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MOST_TRIES = len(STEPS) + 1


def pause(attempts: int) -> timedelta:
    """This function will answer how long to wait after the try of this number (1 is the first)."""
    return STEPS[min(attempts, len(STEPS)) - 1]

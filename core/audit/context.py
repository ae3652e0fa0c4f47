"""Where an act comes from: the request or the fact that is being worked on, carried in a context variable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


def _nobody() -> Any:
    return None


@dataclass(frozen=True)
class Origin:
    """What the audit trail copies from the request: reference, address, who is signed in, in which emergency."""

    reference: str = ""
    ip: str | None = None
    emergency: str = ""  # somebody acts with rights they do not hold otherwise: every row says so
    person: Callable[[], Any] = _nobody  # asked only when an act is recorded: sign-in may change in mid-request


_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())  # noqa: B039 - frozen


def current() -> Origin:
    """This function will answer where the present act comes from."""
    return _origin.get()


@contextmanager
def origin(value: Origin) -> Iterator[None]:
    """This function will make `value` the origin of everything recorded inside the block."""
    token = _origin.set(value)
    try:
        yield
    finally:
        _origin.reset(token)

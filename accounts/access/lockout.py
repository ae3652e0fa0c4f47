"""Waiting after wrong passwords, so that guessing does not pay and nobody can lock somebody else out.

Wrong passwords are counted

- for each e-mail address or number, known or not, over everybody who is a stranger to it. Four are forgiven; then one
  try at a time is looked at, and the wait between two doubles from half a minute to an hour (policy `entrance.*`);
- for each browser the person has signed in with before, by itself. It has its own four tries and its own waits, so it
  gets in while strangers are kept waiting, and strangers' tries cost it nothing;
- for each network address, over all the people it tries (`ACCOUNT_RATE_LIMITS["login_failed"]`). A known browser is
  not counted there: its person may share the address with the stranger.

A try is counted before the password is looked at, so that fifty at once are no more than five. The counts live in the
cache that all processes share; without it nobody signs in.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest

from accounts.access.limits import figure
from accounts.access.models import KnownDevice
from accounts.contacts import Contact


class Locked(Exception):
    """No password is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass
class Try:
    """A password that is about to be looked at. It counts as wrong until `right` is called."""

    bucket: str
    usage: ratelimit.RateLimitUsage | None

    def right(self) -> None:
        """This function will take the count back: the password was right."""
        cache.delete_many([_count(self.bucket), _slot(self.bucket)])
        if self.usage is not None:
            self.usage.rollback()


def begin(*, request: HttpRequest, contact: Contact, device: str, now: datetime) -> Try:
    """This function will count one more try to sign in as somebody, or refuse it. `device` is the browser's cookie.

    Raises Locked.
    """
    known = _is_known(contact, device)
    bucket = _bucket(contact, device if known else "")
    free = figure("entrance.signin_free_tries", now)
    memory = figure("entrance.signin_memory_hours", now) * 3600
    cache.add(_count(bucket), 0, timeout=memory)
    failures = cache.incr(_count(bucket))
    cache.touch(_count(bucket), memory)
    if failures > free:
        wait = _wait(failures - free, now)
        if not cache.add(_slot(bucket), (now + wait).timestamp(), timeout=wait.total_seconds()):
            cache.decr(_count(bucket))  # not looked at, so not wrong
            raise Locked(_until(bucket, now))
    if known:
        return Try(bucket, None)
    usage = ratelimit.consume(request, app="allauth.account", action="login_failed")
    if usage is None:
        cache.decr(_count(bucket))
        raise Locked(now + timedelta(minutes=1))
    return Try(bucket, usage)


def forgive(*, contact: Contact) -> None:
    """This function will forget strangers' wrong passwords: the person has shown that they read what is sent there."""
    bucket = _bucket(contact, "")
    cache.delete_many([_count(bucket), _slot(bucket)])


def _wait(beyond: int, now: datetime) -> timedelta:
    """How long until the next try, after so many wrong ones beyond those that are forgiven."""
    first = figure("entrance.signin_first_wait_seconds", now)
    longest = figure("entrance.signin_longest_wait_seconds", now)
    return timedelta(seconds=min(first * 2 ** min(beyond - 1, 20), longest))


def _until(bucket: str, now: datetime) -> datetime:
    until = cache.get(_slot(bucket))
    return now if until is None else datetime.fromtimestamp(until, tz=now.tzinfo)


def _is_known(contact: Contact, device: str) -> bool:
    """Asked with the same single query whether or not anybody has this address; without a cookie never."""
    if not 32 <= len(device) <= 64:
        return False
    digest = hashlib.sha256(device.encode()).hexdigest()
    whose = Q(user__phone_index=contact.index) if contact.is_phone else Q(user__email=contact.value)
    return KnownDevice.objects.filter(whose, digest=digest).exists()


def _bucket(contact: Contact, device: str) -> str:
    return hashlib.sha256(f"{contact.index}\x00{device}".encode()).hexdigest()[:40]


def _count(bucket: str) -> str:
    return f"access:wrong:{bucket}"


def _slot(bucket: str) -> str:
    return f"access:wait:{bucket}"

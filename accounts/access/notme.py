"""The link in a notice about a new device by which its owner says "it wasn't me": signed, for this purpose alone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.urls import reverse

from accounts.access.limits import figure
from accounts.models import User

SALT = "accounts.access.notme"


class NoGood(Exception):
    """The link was made for something else, was changed, or its days are over."""


@dataclass(frozen=True)
class Said:
    """What a link stands for: whose access, which device in words, when; and the digest by which it is used once."""

    person: str  # public id
    device: str
    at: datetime
    digest: str


def link(*, user: User, device: str, now: datetime) -> str:
    """This function will make the path of the page on which the owner says so, for this person and device alone."""
    content = {"u": str(user.public_id), "d": device, "t": now.timestamp(), "n": secrets.token_urlsafe(16)}
    return reverse("not_me", args=[signing.dumps(content, salt=SALT, compress=True)])


def read(token: str, *, now: datetime) -> Said:
    """This function will read a link's token. Raises NoGood."""
    try:
        content = signing.loads(token, salt=SALT)
        at = datetime.fromtimestamp(content["t"], tz=now.tzinfo)
        said = Said(content["u"], content["d"], at, hashlib.sha256(token.encode()).hexdigest())
    except (signing.BadSignature, KeyError, TypeError, ValueError, OverflowError) as error:
        raise NoGood from error
    if now - said.at > timedelta(days=figure("access.not_me_days", now)):
        raise NoGood
    return said

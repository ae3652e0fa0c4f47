"""What was being typed when a session ended: kept sealed for the same person, given back after they sign in again.

Passwords, codes, tokens and files are never kept. One form for each person: the newest takes the place of the one
before. It goes when it is sent, when the person discards it, and by itself after `session.kept_hours`.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from accounts import vault
from accounts.access import limits
from accounts.access.models import KeptForm
from accounts.models import User

PURPOSE = "kept-form"
MARK = "_kept"  # the field by which a form that was given back is known when it is sent
MOST_FIELDS, MOST_BYTES = 200, 65_536  # beyond that it is no form that a person types

# Words of field names that carry secrets, and the wings whose forms are made of them.
SECRET = {
    "password", "password1", "password2", "oldpassword", "code", "token", "csrfmiddlewaretoken", "assertion",
    "credential", "challenge", "secret", "pin", "cvv", "otp", MARK.strip("_"),
}  # fmt: skip
ENTRANCE = "/auth/"
SECRET_PAGES = (ENTRANCE, "/security/")
MACHINE = re.compile(r"([a-z]+:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|on|")  # what no person typed


@dataclass(frozen=True)
class Typed:
    """A kept form: where it goes, its fields in order, and the words in it a person would know again."""

    public_id: uuid.UUID
    path: str
    fields: list[tuple[str, str]]
    kept_at: datetime

    @property
    def words(self) -> list[str]:
        return [value for _name, value in self.fields if not MACHINE.fullmatch(value)]


def keep(*, user: User, path: str, posted: Mapping[str, list[str]], now: datetime) -> bool:
    """This function will keep the fields of a form sent to `path`, and say whether there was something to keep."""
    if not path.startswith("/") or path.startswith(("//", "/\\", *SECRET_PAGES)):
        return False
    fields = [(name, value) for name, values in posted.items() if not _is_secret(name) for value in values]
    content = json.dumps({"path": path, "fields": fields}).encode()
    if not any(value for _name, value in fields) or len(fields) > MOST_FIELDS or len(content) > MOST_BYTES:
        return False
    KeptForm.objects.update_or_create(
        user=user,
        defaults={"public_id": uuid.uuid4(), "sealed": vault.encrypt(content, PURPOSE), "kept_at": now},
    )
    return True


def kept_of(*, user: User, now: datetime) -> Typed | None:
    """This function will give back what a person was typing; None when nothing is kept, or for longer than a day."""
    row = KeptForm.objects.filter(user=user, kept_at__gt=_since(now)).first()
    if row is None:
        return None
    held = json.loads(vault.decrypt(bytes(row.sealed), PURPOSE))
    return Typed(row.public_id, held["path"], [(name, value) for name, value in held["fields"]], row.kept_at)


def forget(*, user: User, public_id: str | None = None) -> None:
    """This function will drop what a person was typing: whatever it is, or this one only."""
    rows = KeptForm.objects.filter(user=user)
    if public_id is not None:
        try:
            rows = rows.filter(public_id=uuid.UUID(public_id))
        except ValueError:
            return
    rows.delete()


def forget_old(*, now: datetime) -> int:
    """This function will drop what nobody came back for, and answer how many."""
    return KeptForm.objects.filter(kept_at__lte=_since(now)).delete()[0]


def of_request(request: HttpRequest, *, now: datetime) -> bool:
    """This function will keep the form of a request that came after its session's end."""
    user = request.user
    if request.method != "POST" or not isinstance(user, User):
        return False
    fields = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    return keep(user=user, path=request.get_full_path(), posted=fields, now=now)


def _is_secret(name: str) -> bool:
    return bool(SECRET & set(re.split(r"[^a-z0-9]+", name.lower())))


def _since(now: datetime) -> datetime:
    return now - timedelta(hours=limits.figure("session.kept_hours", now))

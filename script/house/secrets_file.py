"""The secrets of this set-up: made once, kept in `.portal/env`, readable by its owner alone."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from house.say import Trouble


def _text() -> str:
    return secrets.token_urlsafe(48)


def _field_keys() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: Mapping[str, Callable[[], str]] = {
    "DJANGO_SECRET_KEY": _text,
    "PORTAL_FIELD_KEYS": _field_keys,
    "PORTAL_INDEX_KEY": _text,
    "PORTAL_AUDIT_KEY": _text,
    "PORTAL_CLEARING_KEY_OUT": _text,
    "PORTAL_CLEARING_KEY_IN": _text,
    "EMBEDDED_SUPERUSER_PASSWORD": lambda: secrets.token_hex(24),
    "EMBEDDED_OWNER_PASSWORD": lambda: secrets.token_hex(24),
    "EMBEDDED_APP_PASSWORD": lambda: secrets.token_hex(24),
}


def parse(text: str) -> dict[str, str]:
    """This function will read NAME=value lines; blank lines and comments are passed over. Raises Trouble."""
    found = {}
    for number, raw in enumerate(text.splitlines(), 1):
        row = raw.strip()
        if not row or row.startswith("#"):
            continue
        name, equals, value = row.partition("=")
        if not equals or not name.strip().isidentifier():
            raise Trouble(
                f"Line {number} of .portal/env is not NAME=value. Mend it; the other lines hold this bank's keys."
            )
        found[name.strip()] = value.strip()
    return found


def complete(known: Mapping[str, str]) -> dict[str, str]:
    """This function will add whatever secret is missing and leave every known one as it is."""
    return {**known, **{name: make() for name, make in MAKERS.items() if name not in known}}


def load(path: Path, *, data_exists: bool) -> dict[str, str]:
    """This function will read the file, making it or what it lacks; refuses when data exists whose keys are gone."""
    known = parse(path.read_text(encoding="utf-8")) if path.exists() else {}
    if data_exists and not known:
        raise Trouble(
            f"{path} is gone, and with it the keys to the data that is still there. Put your copy of the file back, "
            "or start over with an empty bank: script/server --reset"
        )
    whole = complete(known)
    if whole != known:
        write(path, whole)
    return whole


def write(path: Path, values: Mapping[str, str]) -> None:
    """This function will put the file in place in one move, on disk and readable by its owner alone."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# Keys and passwords of this bank. Without them its personal data cannot be read: keep a copy.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)

"""Pages of documents on disk: sealed, under generated names, outside every public folder."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from accounts import vault

FOLDER = "abroad"
PURPOSE = "crossborder.page:"


class FileGone(LookupError):
    """The file is not there, or cannot be opened with the keys that are there."""


def write(jpeg: bytes) -> str:
    """This function will seal a page, store it durably under a new name, and answer the name."""
    name = f"{FOLDER}/{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(vault.encrypt(jpeg, PURPOSE + name))
        file.flush()
        os.fsync(file.fileno())
    return name


def read(name: str) -> bytes:
    """This function will open a sealed page. Raises FileGone."""
    try:
        return vault.decrypt(_path(name).read_bytes(), PURPOSE + name)
    except (OSError, vault.Unreadable) as error:
        raise FileGone(name) from error


def remove(name: str) -> None:
    """This function will delete a page; one that is gone already is fine."""
    _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name

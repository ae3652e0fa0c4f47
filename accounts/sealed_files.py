"""A folder of files on disk: sealed, under generated names, outside every public folder."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from accounts import vault


class FileGone(LookupError):
    """The file is not there, or cannot be opened with the keys that are there."""


class SealedFolder:
    """The files of one room. Each is sealed for `purpose` and its own name, so that none can stand in for another."""

    def __init__(self, folder: str, *, purpose: str) -> None:
        self.folder, self.purpose = folder, purpose

    def write(self, content: bytes) -> str:
        """This method will seal a file, store it durably under a new name, and answer the name."""
        name = f"{self.folder}/{secrets.token_hex(1)}/{secrets.token_hex(16)}"
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(vault.encrypt(content, self.purpose + name))
            file.flush()
            os.fsync(file.fileno())
        return name

    def read(self, name: str) -> bytes:
        """This method will open a sealed file. Raises FileGone."""
        try:
            return vault.decrypt(self._path(name).read_bytes(), self.purpose + name)
        except (OSError, vault.Unreadable) as error:
            raise FileGone(name) from error

    def remove(self, name: str) -> None:
        """This method will delete a file; one that is gone already is fine."""
        self._path(name).unlink(missing_ok=True)

    @staticmethod
    def _path(name: str) -> Path:
        return Path(settings.MEDIA_ROOT) / name

"""The way to the clearing systems: one small protocol, and the gateway that exchanges files through folders.

Which class is used is named by `settings.CLEARING_GATEWAY`; an empty text means that this bank reaches no other bank.
The bank writes into `out/` and reads from `in/`; what was read moves to `done/` or, under a name that no message has,
to `aside/`. A message becomes visible under its name only when it is whole and its signature stands beside it.
"""

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from payments.clearing import signing

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.xml")
SIGNATURE = ".sig"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that came: `content` is None when it is larger than may be read; `signature` None when there is none."""

    name: str
    size: int
    digest: str
    content: bytes | None
    signature: bytes | None
    well_named: bool


class Gateway(Protocol):
    """What every gateway can do. Nothing here runs inside a transaction of the database."""

    def send(self, *, name: str, content: bytes) -> None:
        """This function will hand a message over; handing the same one over again does no harm. Raises OSError."""

    def collect(self, *, most_bytes: int) -> Iterator[Incoming]:
        """This function will give what waits, each until `done` is called for it. Raises OSError."""

    def done(self, incoming: Incoming) -> None:
        """This function will take a file off the waiting line, whatever became of it."""


def chosen() -> Gateway | None:
    """This function will give the gateway of this installation; None where there is none."""
    if not settings.CLEARING_GATEWAY:
        return None
    made: Gateway = import_string(settings.CLEARING_GATEWAY)()
    return made


class FileGateway:
    """Exchanges signed files through the folder `settings.CLEARING_DIR`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder or settings.CLEARING_DIR)

    def send(self, *, name: str, content: bytes) -> None:
        signature = signing.sign(name=name, content=content, key=settings.CLEARING_KEY_OUT, direction="out")
        put(self.folder / "out", name, content, signature)

    def collect(self, *, most_bytes: int) -> Iterator[Incoming]:
        box = _made(self.folder / "in")
        for path in sorted(box.iterdir(), key=lambda each: each.name):
            if path.name.startswith(".") or path.name.endswith(SIGNATURE):
                continue
            with contextlib.suppress(FileNotFoundError):  # another worker was quicker
                yield _read(path, most_bytes)

    def done(self, incoming: Incoming) -> None:
        target = _made(self.folder / ("done" if incoming.well_named else "aside"))
        for name in (incoming.name, incoming.name + SIGNATURE):
            with contextlib.suppress(FileNotFoundError):
                (self.folder / "in" / name).rename(target / name)


def put(folder: Path, name: str, content: bytes, signature: bytes) -> None:
    """This function will put a message and its signature into a folder, visible only when both are whole on disk."""
    _made(folder)
    for each, data in ((name + SIGNATURE, signature), (name, content)):
        half = folder / f".{each}.half"
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(folder / each)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _read(path: Path, most_bytes: int) -> Incoming:
    """Read a file without following a link and without taking more into memory than a message may have."""
    well_named = bool(NAME.fullmatch(path.name))
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        return Incoming(path.name, 0, hashlib.sha256(path.name.encode(errors="replace")).hexdigest(), None, None, False)
    content, digest = bytearray(), hashlib.sha256()
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if len(content) <= most_bytes:
                content += chunk
    fits = found.st_size <= most_bytes and len(content) <= most_bytes
    return Incoming(
        path.name, found.st_size, digest.hexdigest(), bytes(content) if fits else None, _signature(path), well_named
    )


def _signature(path: Path) -> bytes | None:
    beside = path.with_name(path.name + SIGNATURE)
    try:
        handle = os.open(beside, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(signing.MOST_BYTES + 1)

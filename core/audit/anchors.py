"""Anchors: where the chain stood at a moment, written outside the database.

A chain alone does not show that its end was cut off. Each line here names a position and its digest; the same line goes
to the log, which is shipped to another machine. `check_audit` compares every line with the chain.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

EVERY = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anchor:
    """One line: the chain's digest (hex) at a position, and when it was written."""

    position: int
    digest: str
    at: datetime
    where: str = ""  # file and line, for people


class UnreadableAnchor(ValueError):
    """A line of an anchor file is not what was written there."""


def folder() -> Path:
    """This function will answer where anchor files live."""
    return Path(settings.DATA_DIR) / "anchors"


def all_anchors(where: Path | None = None) -> Iterator[Anchor]:
    """This function will read every anchor of a folder, oldest first; raises UnreadableAnchor."""
    for path in sorted((where or folder()).glob("audit-*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            place = f"{path.name if where is None else path} line {number}"
            try:
                found = json.loads(line)
                yield Anchor(int(found["position"]), str(found["digest"]), datetime.fromisoformat(found["at"]), place)
            except (ValueError, KeyError, TypeError) as error:
                raise UnreadableAnchor(place) from error


def last() -> Anchor | None:
    """This function will answer the newest anchor, or None; raises UnreadableAnchor."""
    newest = None
    for anchor in all_anchors():
        newest = anchor
    return newest


def write(*, position: int, digest: bytes, now: datetime) -> Anchor:
    """This function will add a line and see it onto the disk."""
    anchor = Anchor(position, digest.hex(), now)
    line = json.dumps({"position": position, "digest": anchor.digest, "at": now.isoformat()})
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f"audit-{now:%Y-%m}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    log.info("audit chain anchored: %s", line)
    return anchor

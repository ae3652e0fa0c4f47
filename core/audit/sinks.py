"""Where anchors go besides this machine's disk: whoever owns machine and database cannot take back what left both.

`settings.AUDIT_SINKS` lists addresses, each a sink of its own:

    file:///mnt/other-machine/anchors      a folder that is mounted from elsewhere, or written once only
    syslog://collector.example:514         one datagram for each anchor (RFC 5424)
    https://notary.example/anchors         one POST of one JSON line (its host is in OUTGOING_HOSTS)
    mailto:anchors@example.com             one letter

An anchor is a position, a digest and a time: it tells nothing about what the trail holds.
"""

import json
import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail

from core import outgoing
from core.audit.anchors import Anchor

SECONDS: Final = 10.0  # at most, for one anchor


class WrongSink(ValueError):
    """An address names no sink."""


class Sink(ABC):
    """Something outside this machine that keeps lines."""

    def __init__(self, address: str) -> None:
        self.address = address

    @abstractmethod
    def send(self, line: str, *, month: str) -> None:
        """This function will hand one line over; raises OSError or whatever went wrong. A repeat does no harm."""


class FolderSink(Sink):
    """A folder on another machine, in files as this machine's own; `check_audit` reads it, too."""

    @property
    def folder(self) -> Path:
        return Path(urlsplit(self.address).path)

    def send(self, line: str, *, month: str) -> None:
        if not self.folder.is_dir():  # never made here: an empty mount point would look like the other machine
            raise NotADirectoryError(str(self.folder))
        with (self.folder / f"audit-{month}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


class SyslogSink(Sink):
    """A collector of log lines."""

    PRIORITY = 13 * 8 + 5  # log audit, notice

    def send(self, line: str, *, month: str) -> None:  # noqa: ARG002 - the collector dates its lines
        parts = urlsplit(self.address)
        text = f"<{self.PRIORITY}>1 - {socket.gethostname()} portal {os.getpid()} audit-anchor - {line}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SECONDS)
            wire.sendto(text.encode(), (parts.hostname or "", parts.port or 514))


class HttpSink(Sink):
    """Somebody who answers 2xx to a POST."""

    def send(self, line: str, *, month: str) -> None:  # noqa: ARG002 - the other side dates what it gets
        outgoing.post_json(self.address, json.loads(line), seconds=SECONDS)


class MailSink(Sink):
    """A mailbox that somebody else keeps."""

    def send(self, line: str, *, month: str) -> None:  # noqa: ARG002 - a letter has its date
        send_mail("audit anchor", line, None, [urlsplit(self.address).path])


KINDS: Final[dict[str, Callable[[str], Sink]]] = {
    "file": FolderSink,
    "syslog": SyslogSink,
    "https": HttpSink,
    "mailto": MailSink,
}


def made() -> list[Sink]:
    """This function will make every sink that settings name. Raises WrongSink."""
    found = []
    for address in settings.AUDIT_SINKS:
        kind = KINDS.get(urlsplit(address).scheme)
        if kind is None:
            raise WrongSink(f"{address}: a sink begins with one of {', '.join(f'{name}:' for name in KINDS)}")
        found.append(kind(address))
    return found


def folders() -> list[Path]:
    """This function will list the folders among the sinks, which a check of the trail reads."""
    return [sink.folder for sink in made() if isinstance(sink, FolderSink)]


def line_of(anchor: Anchor) -> str:
    """This function will write an anchor as its line."""
    return json.dumps({"position": anchor.position, "digest": anchor.digest, "at": anchor.at.isoformat()})
